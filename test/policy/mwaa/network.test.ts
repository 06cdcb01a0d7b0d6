import { ec2, mwaa, vpc } from "../../../policy/lib/types.ts";
import { network } from "../../../policy/rules/mwaa/network.ts";
import { change, type Fixture, fixture, testRule, UNKNOWN, without } from "../support.ts";
import { airflowStack, subnetsOf } from "../workloads.ts";

const good = airflowStack();
const { SecurityGroup, SecurityGroupRule } = ec2;
const { SecurityGroupIngressRule: IngressRule } = vpc;
const group = good.find(({ type }) => type === SecurityGroup.token);
if (!group) throw new Error("the stack has no security group");
const refs = { securityGroupId: group };

/** The environment in other subnets of the stack, as many as there are. */
function standingIn(subnets: readonly Fixture[]): Fixture[] {
  return change(good, mwaa.Environment, {
    networkConfiguration: { subnetIds: subnets.map(() => UNKNOWN), securityGroupIds: [UNKNOWN] },
  }).map((one) =>
    one.type === mwaa.Environment.token
      ? {
          ...one,
          dependencies: { ...one.dependencies, networkConfiguration: urns([...subnets, group]) },
        }
      : one,
  );
}
const urns = (of: readonly (Fixture | undefined)[]) => of.flatMap((one) => one?.urn ?? []);
const closed = subnetsOf(good, "private");
const open = subnetsOf(good, "public");

const notKnown = (stack: readonly Fixture[]) =>
  change(stack, mwaa.Environment, {
    networkConfiguration: { subnetIds: UNKNOWN, securityGroupIds: UNKNOWN },
  });

const lettingIn = (ingress?: unknown) => change(good, SecurityGroup, { ingress });
const letting = (...ingress: unknown[]) =>
  lettingIn([...(group.props["ingress"] as unknown[]), ...ingress]);
const from = (range: string, port = 443) => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  cidrBlocks: [range],
});
const all = { protocol: "-1", fromPort: 0, toPort: 0 };
const finds = ["airflow"];

testRule(network, {
  good,
  bad: {
    "three subnets": {
      stack: standingIn([...closed, ...open.slice(0, 1)]),
      finds: ["airflow", "airflow"],
    },
    "one subnet": { stack: standingIn(closed.slice(0, 1)), finds },
    "one subnet, which is not known": { stack: notKnown(standingIn(closed.slice(0, 1))), finds },
    "both subnets in one zone": {
      stack: change(
        standingIn(closed),
        ec2.Subnet,
        { availabilityZone: "us-west-2a" },
        "private-b",
      ),
      finds,
      says: /subnets are all in us-west-2a;/,
    },
    "a public subnet": { stack: standingIn([...open.slice(0, 1), ...closed.slice(1)]), finds },
    "no rule of the group itself": { stack: lettingIn([]), finds },
    "a range in the place of the group itself": {
      stack: lettingIn([from("10.0.0.0/8")]),
      finds: ["airflow", "airflow"],
    },
    "a range in a rule of its own, in the place of the group itself": {
      stack: [
        ...lettingIn([]),
        fixture(SecurityGroupRule, "range", { type: "ingress", ...from("10.0.0.0/8") }, { refs }),
      ],
      finds: ["airflow", "airflow"],
    },
    "a range in a rule of the newer type, in the place of the group itself": {
      stack: [
        ...lettingIn([]),
        fixture(IngressRule, "range", { ipProtocol: "-1", cidrIpv4: "10.0.0.0/8" }, { refs }),
      ],
      finds: ["airflow", "airflow"],
    },
    "another group as the source of a rule, in the place of itself": {
      stack: [
        ...lettingIn([]),
        fixture(
          SecurityGroupRule,
          "other",
          { type: "ingress", ...all },
          { refs: { ...refs, sourceSecurityGroupId: fixture(SecurityGroup, "other", {}) } },
        ),
        fixture(SecurityGroup, "other", {}),
      ],
      finds,
    },
    "a rule of the group itself, but outwards": {
      stack: [
        ...lettingIn([]),
        fixture(SecurityGroupRule, "self", { type: "egress", ...all, self: true }, { refs }),
      ],
      finds,
    },
    "an address range": { stack: letting(from("10.0.0.0/8")), finds },
    "an address range of IPv6": {
      stack: letting({ ...all, ipv6CidrBlocks: ["fd00::/8"] }),
      finds,
    },
    "an address range in a rule of its own": {
      stack: [
        ...good,
        fixture(SecurityGroupRule, "range", { type: "ingress", ...from("10.0.0.0/8") }, { refs }),
      ],
      finds,
    },
    "an address range in a rule of the newer type": {
      stack: [
        ...good,
        fixture(IngressRule, "range", { ipProtocol: "-1", cidrIpv4: "10.0.0.0/8" }, { refs }),
      ],
      finds,
    },
    "another group in the place of itself": {
      stack: [
        ...lettingIn([]),
        fixture(
          IngressRule,
          "other",
          { ipProtocol: "-1" },
          {
            refs: { ...refs, referencedSecurityGroupId: fixture(SecurityGroup, "other", {}) },
          },
        ),
        fixture(SecurityGroup, "other", {}),
      ],
      finds,
    },
  },
  nearMiss: {
    "two subnets of the stack, which are a set and so not known": notKnown(good),
    "the group itself in a rule of its own": [
      ...lettingIn([]),
      fixture(SecurityGroupRule, "self", { type: "ingress", ...all, self: true }, { refs }),
    ],
    "the group itself as the source of a rule": [
      ...lettingIn([]),
      fixture(
        SecurityGroupRule,
        "self",
        { type: "ingress", ...all },
        {
          refs: { ...refs, sourceSecurityGroupId: group },
        },
      ),
    ],
    "the group itself in a rule of the newer type": [
      ...lettingIn(UNKNOWN),
      fixture(
        IngressRule,
        "self",
        { ipProtocol: "-1" },
        {
          refs: { ...refs, referencedSecurityGroupId: group },
        },
      ),
    ],
    "an address range outwards": [
      ...good,
      fixture(SecurityGroupRule, "out", { type: "egress", ...from("0.0.0.0/0") }, { refs }),
    ],
    "one subnet of the stack, and one of another": standingIn(closed.slice(0, 1)).map((one) =>
      one.type === mwaa.Environment.token
        ? {
            ...one,
            props: {
              ...one.props,
              networkConfiguration: {
                subnetIds: [UNKNOWN, "subnet-9"],
                securityGroupIds: [UNKNOWN],
              },
            },
          }
        : one,
    ),
    "security groups of another stack": without(good, SecurityGroup),
    "subnets of another stack": standingIn([]).map((one) =>
      one.type === mwaa.Environment.token
        ? {
            ...one,
            props: {
              ...one.props,
              networkConfiguration: { subnetIds: ["subnet-8", "subnet-9"], securityGroupIds: [] },
            },
          }
        : one,
    ),
  },
  unknown: {
    "how many subnets of another stack": notKnown(without(good, ec2.Subnet)),
    "a zone": change(good, ec2.Subnet, { availabilityZone: UNKNOWN }, "private-a"),
  },
  missing: {
    "ingress, where nothing else lets the group itself in": { stack: lettingIn(), finds },
    "the zones": {
      stack: ["private-a", "private-b"].reduce<readonly Fixture[]>(
        (stack, name) => change(stack, ec2.Subnet, { availabilityZone: undefined }, name),
        good,
      ),
      finds,
      says: /all in one zone;/,
    },
    "a zone's name, where its id is given": {
      stack: change(
        change(
          good,
          ec2.Subnet,
          { availabilityZone: undefined, availabilityZoneId: "usw2-az1" },
          "private-a",
        ),
        ec2.Subnet,
        { availabilityZone: undefined, availabilityZoneId: "usw2-az1" },
        "private-b",
      ),
      finds,
    },
  },
  config: {
    "a range that may reach the web server": {
      stack: letting(from("10.0.0.0/8")),
      settings: { webserverRanges: ["10.0.0.0/8"] },
      finds: [],
    },
    "the same range by another port": {
      stack: letting(from("10.0.0.0/8", 5432)),
      settings: { webserverRanges: ["10.0.0.0/8"] },
      finds,
    },
    ...Object.fromEntries(
      [
        { protocol: "udp" },
        { protocol: "-1" },
        { fromPort: 80 },
        { fromPort: 80, toPort: 443 },
        { toPort: 8443 },
      ].map((other) => [
        `the same range with ${JSON.stringify(other)}`,
        {
          stack: letting({ ...from("10.0.0.0/8"), ...other }),
          settings: { webserverRanges: ["10.0.0.0/8"] },
          finds,
        },
      ]),
    ),
    "another range": {
      stack: letting(from("0.0.0.0/0")),
      settings: { webserverRanges: ["10.0.0.0/8"] },
      finds,
    },
  },
});
