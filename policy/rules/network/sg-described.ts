import { groupRulesOf, groupRuleTypes } from "../../lib/network.ts";
import { isOf } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { ec2 } from "../../lib/types.ts";

export const described = resourceRule({
  name: "ec2-sg-described",
  description: "Every security group and every rule of one says what it is for.",
  severity: "low",
  enforcementLevel: "advisory",
  controls: { checkov: ["CKV_AWS_23"], nag: ["AwsSolutions-EC27"] },
  remediationSteps:
    "Give the group and each of its rules a description. AWS changes that of a rule in place, that of a group never.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  types: groupRuleTypes,
  *check(resource) {
    if (isOf(resource, ec2.SecurityGroup) && !says(resource.props.description))
      yield { wrong: "it does not say what it is for", write: "a description", detail: "group" };
    for (const direction of ["ingress", "egress"] as const)
      if (groupRulesOf(resource, direction).some(({ description }) => !says(description)))
        yield {
          wrong: `a rule of ${direction} does not say what it is for`,
          write: "a description of each rule",
          detail: direction,
        };
  },
});

/** "Managed by Pulumi" is what the provider writes where a program writes nothing. */
const says = (description = ""): boolean => !/^(\s*|managed by .*)$/i.test(description);
