import { allowedBy, identityPolicyTypes, isServiceWildcard } from "../../lib/identity.ts";
import { resourceRule } from "../../lib/rule.ts";

export const noServiceWildcard = resourceRule({
  name: "iam-no-service-wildcard",
  description: "No policy allows all actions, or all of a service.",
  severity: "critical",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["IAM.1", "IAM.21"],
    cis5: ["1.15"],
    cis3: ["1.16"],
    nist: ["AC-6"],
    checkov: ["CKV_AWS_62", "CKV_AWS_63"],
    nag: ["AwsSolutions-IAM5"],
  },
  remediationSteps: "Name the actions that are needed.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21",
  types: identityPolicyTypes,
  *check(resource) {
    for (const { actions } of allowedBy(resource))
      for (const action of actions.filter(isServiceWildcard))
        yield {
          wrong: `it allows ${action}`,
          write: "the actions that are needed",
          detail: action,
        };
  },
});
