import { isOf } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { iam } from "../../lib/types.ts";

export const noAccessKey = resourceRule({
  name: "iam-no-access-key",
  description: "No program makes an access key or a password: it would stand in the stack's state.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["IAM.3"],
    cis5: ["1.10", "1.11", "1.12", "1.13"],
    cis3: ["1.11", "1.12", "1.13", "1.14"],
  },
  remediationSteps:
    "Remove the resource. Make the key by hand and keep it where it is used, or use a role.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-3",
  types: [iam.AccessKey, iam.UserLoginProfile],
  *check(resource) {
    if (isOf(resource, iam.AccessKey))
      yield {
        wrong: `it is an access key of ${resource.props.user}`,
        write: "a role, or make the key by hand and keep it where it is used",
      };
    else if (!resource.props.pgpKey)
      yield {
        wrong: `it is a password of ${resource.props.user} that stands in the state`,
        write: "pgpKey, or give people a password by hand",
      };
  },
});
