import { isOf } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { iam } from "../../lib/types.ts";

export const noUserAttachment = resourceRule({
  name: "iam-no-user-attachment",
  description: "Users have rights by their groups alone.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["IAM.2"],
    cis5: ["1.14"],
    cis3: ["1.15"],
    nist: ["AC-6"],
    checkov: ["CKV_AWS_40"],
  },
  remediationSteps: "Attach the policy to a group, and make the user its member.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-2",
  types: [iam.PolicyAttachment, iam.UserPolicy, iam.UserPolicyAttachment],
  *check(resource) {
    const users = isOf(resource, iam.PolicyAttachment)
      ? (resource.props.users ?? [])
      : [resource.props.user];
    for (const user of users.map(String))
      yield {
        wrong: `it gives a policy to the user ${user} alone`,
        write: "an attachment to a group with the user in it",
        detail: user,
      };
  },
});
