import { broadPolicies } from "../../lib/actions.ts";
import { covers } from "../../lib/document.ts";
import { isOf } from "../../lib/resource.ts";
import { type Finding, resourceRule } from "../../lib/rule.ts";
import { iam } from "../../lib/types.ts";
import { known } from "../../lib/unknown.ts";

export const noBroadOrInline = resourceRule({
  name: "iam-no-broad-or-inline",
  description:
    "No role or group has an administrator's policy of AWS, or one that stands in it alone.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: {
    nist: ["AC-6"],
    checkov: ["CKV_AWS_274", "CKV2_AWS_56"],
    nag: ["AwsSolutions-IAM4"],
  },
  remediationSteps:
    "Write an aws.iam.Policy with what is needed, and attach it: it can be found, reviewed and shared.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
  types: [
    iam.GroupPolicy,
    iam.GroupPolicyAttachment,
    iam.PolicyAttachment,
    iam.Role,
    iam.RolePolicy,
    iam.RolePolicyAttachment,
    iam.UserPolicyAttachment,
  ],
  *check(resource) {
    if (isOf(resource, iam.GroupPolicy) || isOf(resource, iam.RolePolicy))
      yield inline(resource.name);
    else if (isOf(resource, iam.Role)) {
      const { inlinePolicies = [], managedPolicyArns = [] } = resource.props;
      for (const { name = "without a name" } of inlinePolicies) yield inline(name);
      yield* broad(managedPolicyArns);
    } else yield* broad([known(() => resource.props.policyArn) ?? []].flat());
  },
});

const inline = (policy: string): Finding => ({
  wrong: `it has the inline policy ${policy}`,
  write: "an aws.iam.Policy and its attachment",
  detail: policy,
});

/** An ARN that is not known yet is that of a policy that the program makes: AWS's own it can only name. */
function* broad(policyArns: readonly string[]): Iterable<Finding> {
  for (const arn of policyArns) {
    const [, policy = ""] = /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
    if (broadPolicies.some((pattern) => covers(pattern, policy)))
      yield {
        wrong: `it attaches AWS's ${policy}`,
        write: "an aws.iam.Policy with what is needed",
        detail: policy,
      };
  }
}
