import { z } from "zod";
import { stackRule } from "../../lib/rule.ts";
import { s3 } from "../../lib/types.ts";

export const bucketEncryption = stackRule({
  name: "s3-bucket-encryption",
  description:
    "Every bucket says how it encrypts, with a KMS key where the environment asks for one.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["S3.17"], nist: ["SC-28(1)"], checkov: ["CKV_AWS_145"] },
  remediationSteps:
    "Give the bucket an aws.s3.BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-17",
  settings: {
    requireKms: z
      .boolean()
      .default(true)
      .describe("Whether S3's own keys, AES256, are not enough."),
  },
  types: [s3.Bucket],
  *check(bucket, { stack, settings }) {
    const algorithms = stack
      .companions(bucket, s3.BucketServerSideEncryptionConfiguration, "bucket")
      .flatMap(({ props }) => props.rules)
      .map((rule) => rule.applyServerSideEncryptionByDefault?.sseAlgorithm);
    const kms = ["aws:kms", "aws:kms:dsse"].some((one) => algorithms.includes(one));
    // S3 delivers access logs to no bucket that is encrypted with KMS:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    const isLogTarget = stack.companions(bucket, s3.BucketLogging, "targetBucket").length > 0;
    const aes = algorithms.includes("AES256");
    if (kms || (aes && (isLogTarget || !settings.requireKms))) return;
    const algorithm = isLogTarget || !settings.requireKms ? "AES256" : "aws:kms";
    yield {
      wrong: aes ? "it is encrypted with S3's own keys" : "it does not say how it is encrypted",
      write: `an aws.s3.BucketServerSideEncryptionConfiguration of it with sseAlgorithm "${algorithm}"`,
    };
  },
});
