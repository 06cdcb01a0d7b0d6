import { addressesOf } from "../../lib/network.ts";
import { stackRule } from "../../lib/rule.ts";
import { ec2 } from "../../lib/types.ts";

export const cidrDisjoint = stackRule({
  name: "net-cidr-disjoint",
  description: "Subnets lie inside their VPC and share no address.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["SC-7"] },
  remediationSteps: "Give the subnet a range inside the VPC's that no other subnet has a part of.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
  types: [ec2.Subnet],
  *check(subnet, { stack }) {
    const { cidrBlock } = subnet.props;
    // One with IPv6 alone.
    if (!cidrBlock) return;
    const own = addressesOf(cidrBlock);
    for (const vpc of stack.targets(subnet, "vpcId", ec2.Vpc)) {
      const ranges = [
        vpc,
        ...stack.companions(vpc, ec2.VpcIpv4CidrBlockAssociation, "vpcId"),
      ].flatMap(({ props }) => props.cidrBlock ?? []);
      const isInside = ranges
        .map(addressesOf)
        .some(({ first, last }) => first <= own.first && own.last <= last);
      if (!isInside)
        yield {
          wrong: `its range ${cidrBlock} lies outside the VPC's ${ranges.join(", ")}`,
          write: "a cidrBlock inside it",
          detail: "vpc",
        };
      for (const { name, props } of stack.companions(vpc, ec2.Subnet, "vpcId")) {
        // Each pair once.
        if (!props.cidrBlock || name <= subnet.name) continue;
        const { first, last } = addressesOf(props.cidrBlock);
        if (first <= own.last && own.first <= last)
          yield {
            wrong: `its range ${cidrBlock} overlaps ${props.cidrBlock} of ${name}`,
            write: "a cidrBlock that no other subnet has a part of",
            detail: name,
          };
      }
    }
  },
});
