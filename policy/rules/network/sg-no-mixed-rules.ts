import { type GroupRule, groupRulesOf } from "../../lib/network.ts";
import { stackRule } from "../../lib/rule.ts";
import { ec2, vpc } from "../../lib/types.ts";
import { known } from "../../lib/unknown.ts";

export const noMixedRules = stackRule({
  name: "ec2-sg-no-mixed-rules",
  description:
    "The rules of a security group are all inline or all resources of their own, in each direction.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["CM-6"] },
  remediationSteps:
    "Move the rules of that direction to one place: all inline, or all resources of their own.",
  url: "https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/",
  types: [ec2.SecurityGroup],
  *check(group, { stack }) {
    const separate = [
      ...stack.companions(group, ec2.SecurityGroupRule, "securityGroupId"),
      ...stack.companions(group, vpc.SecurityGroupEgressRule, "securityGroupId"),
      ...stack.companions(group, vpc.SecurityGroupIngressRule, "securityGroupId"),
    ];
    for (const direction of ["ingress", "egress"] as const) {
      const others = separate.flatMap((one) => groupRulesOf(one, direction));
      // A list that the program left out is unknown before AWS answers, and has the others in it thereafter.
      const inline = known(() => groupRulesOf(group, direction)) ?? [];
      if (others.length > 0 && inline.some((rule) => !isAmong(others, rule)))
        yield {
          wrong: `it has rules of ${direction} inline and as resources, which undo each other`,
          write: "all of them inline, or all as resources",
          detail: direction,
        };
    }
  },
});

function isAmong(rules: readonly GroupRule[], { ports, ranges }: GroupRule): boolean {
  const same = rules.filter((rule) => rule.ports === ports);
  const theirs = same.flatMap((rule) => rule.ranges);
  return same.length > 0 && ranges.every((range) => theirs.includes(range));
}
