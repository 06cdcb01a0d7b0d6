import { stackRule } from "../../lib/rule.ts";
import { s3 } from "../../lib/types.ts";

export const bucketAclsDisabled = stackRule({
  name: "s3-bucket-acls-disabled",
  description:
    "No bucket has ACLs: its account owns all objects, and policies alone say who may do what.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["S3.12"], nist: ["AC-3", "AC-6"], checkov: ["CKV2_AWS_65"] },
  remediationSteps:
    "Give the bucket aws.s3.BucketOwnershipControls with BucketOwnerEnforced, and remove its BucketAcl.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-12",
  types: [s3.Bucket],
  *check(bucket, { stack }) {
    const enforced = stack
      .companions(bucket, s3.BucketOwnershipControls, "bucket")
      .some(({ props }) => props.rule.objectOwnership === "BucketOwnerEnforced");
    if (!enforced)
      yield {
        wrong: "it does not turn ACLs off",
        write: 'an aws.s3.BucketOwnershipControls of it with objectOwnership "BucketOwnerEnforced"',
        detail: "ownership",
      };
    for (const { name } of stack.companions(bucket, s3.BucketAcl, "bucket"))
      yield {
        wrong: `it has the ACL ${name}`,
        write: "a bucket policy for what the ACL grants, and remove the aws.s3.BucketAcl",
        detail: name,
      };
  },
});
