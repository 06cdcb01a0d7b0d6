import { isOnEverything } from "../../lib/lifecycle.ts";
import { stackRule } from "../../lib/rule.ts";
import { s3 } from "../../lib/types.ts";

export const bucketLifecycle = stackRule({
  name: "s3-bucket-lifecycle",
  description:
    "Every bucket gives up unfinished uploads, and old versions where it keeps versions.",
  severity: "low",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["S3.10", "S3.13"],
    checkov: ["CKV2_AWS_61", "CKV_AWS_300"],
  },
  remediationSteps:
    "Give the bucket an aws.s3.BucketLifecycleConfiguration whose rules, for all objects, abort unfinished uploads and " +
    "expire noncurrent versions.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-13",
  types: [s3.Bucket],
  *check(bucket, { stack }) {
    const rules = stack
      .companions(bucket, s3.BucketLifecycleConfiguration, "bucket")
      .flatMap(({ props }) => props.rules ?? [])
      .filter(isOnEverything);
    if (!rules.some((rule) => rule.abortIncompleteMultipartUpload?.daysAfterInitiation))
      yield {
        wrong: "it keeps the parts of unfinished uploads for ever",
        write: "a lifecycle rule for all objects with abortIncompleteMultipartUpload",
        detail: "uploads",
      };
    const versioned = stack
      .companions(bucket, s3.BucketVersioning, "bucket")
      .some(({ props }) => props.versioningConfiguration.status === "Enabled");
    if (versioned && !rules.some((rule) => rule.noncurrentVersionExpiration?.noncurrentDays))
      yield {
        wrong: "it keeps noncurrent versions for ever",
        write: "a lifecycle rule for all objects with noncurrentVersionExpiration",
        detail: "versions",
      };
  },
});
