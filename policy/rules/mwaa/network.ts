import { z } from "zod";
import { Routing } from "../../lib/network.ts";
import type { Resource } from "../../lib/resource.ts";
import { type Finding, stackRule } from "../../lib/rule.ts";
import type { StackResources } from "../../lib/stack.ts";
import { type ArgsOf, ec2, mwaa, vpc } from "../../lib/types.ts";
import { known } from "../../lib/unknown.ts";

export const network = stackRule({
  name: "mwaa-network",
  description:
    "Airflow stands in two private subnets of two zones; its parts reach each other, nobody else reaches them.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-4(21)", "CP-10", "SC-7"] },
  remediationSteps:
    "Give the environment exactly two private subnets in two zones, and a security group whose only ingress is itself.",
  url: "https://docs.aws.amazon.com/mwaa/latest/userguide/networking-about.html",
  settings: {
    webserverRanges: z
      .array(z.string().min(1))
      .default([])
      .describe("Address ranges that may reach a private web server, by tcp 443."),
  },
  types: [mwaa.Environment],
  *check(environment, { stack, settings }) {
    yield* securityGroups(environment, stack, settings.webserverRanges);
    yield* subnets(environment, stack);
  },
});

type Environment = Resource<ArgsOf<typeof mwaa.Environment>>;

function* subnets(environment: Environment, stack: StackResources): Iterable<Finding> {
  // Those of an existing network are not in the stack: AWS looks at them when it makes the environment.
  const own = stack.targets(environment, "networkConfiguration", ec2.Subnet);
  const { networkConfiguration } = environment.props;
  // To the provider they are a set, which is unknown as a whole as long as one of them is to be made.
  const { length } =
    own.length > 0 && known(() => networkConfiguration.subnetIds) === undefined
      ? own
      : networkConfiguration.subnetIds;
  if (length !== 2)
    yield { wrong: `it has ${String(length)} subnets`, write: "exactly two", detail: "subnets" };
  const routing = new Routing(stack);
  for (const subnet of own)
    if (routing.isPublic(subnet))
      yield {
        wrong: `it stands in the public subnet ${subnet.name}`,
        write: "private subnets",
        detail: subnet.name,
      };
  const zones = own.map(({ props }) => props.availabilityZone ?? props.availabilityZoneId);
  if (own.length > 1 && new Set(zones).size === 1)
    yield {
      wrong: `its subnets are all in ${zones[0] ?? "one zone"}`,
      write: "subnets of two zones",
      detail: "zones",
    };
}

/** https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-security.html */
function* securityGroups(
  environment: Environment,
  stack: StackResources,
  webserverRanges: readonly string[],
): Iterable<Finding> {
  const groups = stack.targets(environment, "networkConfiguration", ec2.SecurityGroup);
  const rules = groups.flatMap((group) => ingressOf(group, stack));
  if (groups.length > 0 && !rules.some(({ self }) => self))
    yield {
      wrong: "its parts do not reach each other: no security group of it lets itself in",
      write: "an ingress rule of all protocols from the group itself",
      detail: "self",
    };
  for (const { ranges, webserver } of rules)
    for (const range of ranges)
      if (!(webserver && webserverRanges.includes(range)))
        yield {
          wrong: `its security group lets ${range} in`,
          write: "no ingress but the group itself",
          detail: range,
        };
}

interface Ingress {
  readonly self: boolean;
  readonly ranges: readonly string[];
  /** Whether it is about tcp 443 alone. */
  readonly webserver: boolean;
}

type Group = Resource<ArgsOf<typeof ec2.SecurityGroup>>;

/** What a group lets in, by its own rules or by those that are resources of their own. */
function ingressOf(group: Group, stack: StackResources): Ingress[] {
  const isGroup = ({ urn }: Resource) => urn === group.urn;
  return [
    // Unknown before it is made where the program leaves it out; the rules are then resources.
    ...(known(() => group.props.ingress) ?? []).map((rule) => ({
      self: rule.self ?? false,
      ranges: [...(rule.cidrBlocks ?? []), ...(rule.ipv6CidrBlocks ?? [])],
      webserver: isHttps(rule.protocol, rule.fromPort, rule.toPort),
    })),
    ...stack
      .companions(group, ec2.SecurityGroupRule, "securityGroupId")
      .filter(({ props }) => props.type === "ingress")
      .map((rule) => ({
        self:
          (rule.props.self ?? false) ||
          stack.targets(rule, "sourceSecurityGroupId", ec2.SecurityGroup).some(isGroup),
        ranges: [...(rule.props.cidrBlocks ?? []), ...(rule.props.ipv6CidrBlocks ?? [])],
        webserver: isHttps(rule.props.protocol, rule.props.fromPort, rule.props.toPort),
      })),
    ...stack.companions(group, vpc.SecurityGroupIngressRule, "securityGroupId").map((rule) => ({
      self: stack.targets(rule, "referencedSecurityGroupId", ec2.SecurityGroup).some(isGroup),
      ranges: [rule.props.cidrIpv4, rule.props.cidrIpv6].filter((range) => range !== undefined),
      webserver: isHttps(rule.props.ipProtocol, rule.props.fromPort, rule.props.toPort),
    })),
  ];
}

const isHttps = (protocol: string, from: number | undefined, to: number | undefined) =>
  protocol === "tcp" && from === 443 && to === 443;
