import { isPublic, statementsOf } from "../../lib/document.ts";
import { isOf } from "../../lib/resource.ts";
import { type Finding, resourceRule } from "../../lib/rule.ts";
import { kms } from "../../lib/types.ts";

export const kmsRotationAndPolicy = resourceRule({
  name: "kms-rotation-and-policy",
  description: "Keys that AWS can rotate are rotated, and no key is open to the public.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["KMS.4", "KMS.5"],
    cis5: ["3.6"],
    cis3: ["3.6"],
    checkov: ["CKV_AWS_7", "CKV_AWS_33"],
    nag: ["AwsSolutions-KMS5"],
  },
  remediationSteps:
    "Set enableKeyRotation of the key, and name the accounts or roles as principals of its policy.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-4",
  types: [kms.Key, kms.KeyPolicy],
  *check(resource) {
    if (isOf(resource, kms.Key)) {
      const { customerMasterKeySpec = "SYMMETRIC_DEFAULT", enableKeyRotation } = resource.props;
      // https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
      if (customerMasterKeySpec === "SYMMETRIC_DEFAULT" && enableKeyRotation !== true)
        yield {
          wrong: "it is never rotated",
          write: "enableKeyRotation: true",
          detail: "rotation",
        };
    }
    // Without a policy AWS gives a key the default one, which names the account alone.
    if (resource.props.policy) yield* publicStatements(resource.props.policy);
  },
});

function* publicStatements(policy: unknown): Iterable<Finding> {
  for (const statement of statementsOf(policy))
    if (isPublic(statement))
      yield {
        wrong: `its policy allows anyone ${statement.actions.join(", ")}`,
        write: "the accounts or roles as Principal, or a condition on kms:CallerAccount",
        detail: statement.sid ?? "policy",
      };
}
