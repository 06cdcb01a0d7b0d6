import { z } from "zod";
import { Routing } from "../../lib/network.ts";
import { stackRule } from "../../lib/rule.ts";
import { ec2 } from "../../lib/types.ts";
import { known } from "../../lib/unknown.ts";

export const natPerZone = stackRule({
  name: "net-nat-per-az",
  description:
    "A zonal NAT gateway stands in a public subnet and serves the subnets of its own zone.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["CP-10", "SC-5"] },
  remediationSteps:
    "Make a NAT gateway in a public subnet of each zone, and route each zone's private subnets through its own.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
  settings: {
    shared: z
      .boolean()
      .default(false)
      .describe("Whether one NAT gateway may serve several zones, which is cheaper."),
  },
  types: [ec2.NatGateway],
  *check(nat, { stack, settings }) {
    // A private one has no need of the internet, a regional one is in every zone by itself. Where the program leaves
    // the mode out, it is zonal, and unknown before AWS answers.
    if (nat.props.connectivityType === "private") return;
    if (known(() => nat.props.availabilityMode) === "regional") return;
    const routing = new Routing(stack);
    const homes = stack.targets(nat, "subnetId", ec2.Subnet);
    for (const home of homes)
      if (!routing.tablesOf(home).some((table) => routing.reachesInternet(table)))
        yield {
          wrong: `it stands in ${home.name}, which has no route to an internet gateway`,
          write: "subnetId of a public subnet",
          detail: "subnet",
        };
    const zones = new Set(
      [...homes, ...routing.subnetsThrough(nat)].map(({ props }) => props.availabilityZone),
    );
    if (zones.size > 1 && !settings.shared)
      yield {
        wrong: `it serves ${[...zones].join(", ")}, which all lose the internet with its own`,
        write: "a NAT gateway in each zone",
        detail: "zones",
      };
  },
});
