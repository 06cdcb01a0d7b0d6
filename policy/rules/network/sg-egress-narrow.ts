import { groupRulesOf, groupRuleTypes, isInternet } from "../../lib/network.ts";
import { resourceRule } from "../../lib/rule.ts";

export const egressNarrow = resourceRule({
  name: "ec2-sg-egress-narrow",
  description: "No security group lets everything out to the internet.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-4", "SC-7"], checkov: ["CKV_AWS_382"] },
  remediationSteps: "Name the protocol and the ports that need to go out, such as tcp 443.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  types: groupRuleTypes,
  *check(resource) {
    for (const rule of groupRulesOf(resource, "egress"))
      for (const range of rule.ranges.filter(isInternet))
        if (rule.isAllPorts)
          yield {
            wrong: `it lets everything out to ${range}`,
            write: "the protocol and the ports that need to go out",
            detail: range,
          };
  },
});
