import { z } from "zod";
import { isOnEverything } from "../../lib/lifecycle.ts";
import { stackRule } from "../../lib/rule.ts";
import { s3 } from "../../lib/types.ts";

export const bucketVersioning = stackRule({
  name: "s3-bucket-versioning",
  description: "Every bucket keeps the versions of its objects, unless all of them expire soon.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["S3.14"],
    nist: ["CP-9"],
    checkov: ["CKV_AWS_21"],
  },
  remediationSteps: "Give the bucket an aws.s3.BucketVersioning with status Enabled.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-14",
  settings: {
    scratchExpiryDays: z
      .int()
      .min(0)
      .default(0)
      .describe("A bucket whose objects all expire within these days needs no versions; 0: none."),
  },
  types: [s3.Bucket],
  *check(bucket, { stack, settings }) {
    const versioned = stack
      .companions(bucket, s3.BucketVersioning, "bucket")
      .some(({ props }) => props.versioningConfiguration.status === "Enabled");
    if (versioned) return;
    const scratch = stack
      .companions(bucket, s3.BucketLifecycleConfiguration, "bucket")
      .flatMap(({ props }) => props.rules ?? [])
      .some(
        (rule) =>
          isOnEverything(rule) && (rule.expiration?.days ?? Infinity) <= settings.scratchExpiryDays,
      );
    if (!scratch)
      yield {
        wrong: "it keeps no versions",
        write: 'an aws.s3.BucketVersioning of it with status "Enabled"',
      };
  },
});
