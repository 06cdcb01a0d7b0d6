import { z } from "zod";
import { covers } from "../../lib/document.ts";
import { Routing } from "../../lib/network.ts";
import { stackRule } from "../../lib/rule.ts";
import { ec2 } from "../../lib/types.ts";

export const tierRoutes = stackRule({
  name: "net-tier-routes",
  description:
    "Public subnets have a route to an internet gateway, private ones none, and all a table of their own.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-4(21)", "SC-7"] },
  remediationSteps:
    "Associate the subnet with a route table of its tier: public with a route to the internet gateway, private without.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html",
  settings: {
    publicNames: z
      .string()
      .default("*public*")
      .describe("What public subnets of the program are named like; `*` for any characters."),
    privateNames: z
      .string()
      .default("*private*")
      .describe("What private subnets of the program are named like; `*` for any characters."),
  },
  types: [ec2.Subnet],
  *check(subnet, { stack, settings }) {
    const routing = new Routing(stack);
    const isOpen = routing.isPublic(subnet);
    if (routing.tablesOf(subnet).length === 0)
      yield {
        wrong: "it is in no route table of its own, and so in the VPC's main one",
        write: "an aws.ec2.RouteTableAssociation of it",
      };
    else if (isOpen && covers(settings.privateNames, subnet.name))
      yield {
        wrong: "it is private, and its route table leads to an internet gateway",
        write: "a route table without such a route",
      };
    else if (!isOpen && covers(settings.publicNames, subnet.name))
      yield {
        wrong: "it is public, and its route table leads to no internet gateway",
        write: "a route table with a route to one",
      };
  },
});
