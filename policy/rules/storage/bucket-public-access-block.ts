import { stackRule } from "../../lib/rule.ts";
import { s3 } from "../../lib/types.ts";

const flags = [
  "blockPublicAcls",
  "blockPublicPolicy",
  "ignorePublicAcls",
  "restrictPublicBuckets",
] as const;

export const bucketPublicAccessBlock = stackRule({
  name: "s3-bucket-public-access-block",
  description: "Every bucket blocks public access in all four ways.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["S3.8"],
    cis5: ["2.1.4"],
    cis3: ["2.1.4"],
    nist: ["AC-4(21)", "SC-7"],
    checkov: ["CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
    nag: ["AwsSolutions-S2"],
  },
  remediationSteps:
    "Give the bucket an aws.s3.BucketPublicAccessBlock, and set all four flags to true.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8",
  types: [s3.Bucket],
  *check(bucket, { stack }) {
    const blocks = stack.companions(bucket, s3.BucketPublicAccessBlock, "bucket");
    const missing = flags.filter((flag) => !blocks.some(({ props }) => props[flag] === true));
    if (missing.length > 0)
      yield {
        wrong:
          blocks.length === 0
            ? "it has no public access block"
            : `its public access block lacks ${missing.join(", ")}`,
        write: `an aws.s3.BucketPublicAccessBlock of it with ${flags.join(", ")}: true`,
      };
  },
});
