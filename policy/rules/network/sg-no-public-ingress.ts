import { groupRulesOf, groupRuleTypes, isInternet } from "../../lib/network.ts";
import { resourceRule } from "../../lib/rule.ts";

export const noPublicIngress = resourceRule({
  name: "ec2-sg-no-public-ingress",
  description: "No security group lets the internet in.",
  severity: "critical",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["EC2.13", "EC2.14", "EC2.18"],
    cis5: ["5.3", "5.4"],
    cis3: ["5.2", "5.3"],
    checkov: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"],
    nag: ["AwsSolutions-EC23"],
  },
  remediationSteps: "Name the addresses or the security group that need to come in.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18",
  types: groupRuleTypes,
  *check(resource) {
    for (const { ranges } of groupRulesOf(resource, "ingress"))
      for (const range of ranges.filter(isInternet))
        yield {
          wrong: `it lets ${range} in`,
          write: "the addresses or the security group that need to come in",
          detail: range,
        };
  },
});
