import { stackRule } from "../../lib/rule.ts";
import { s3 } from "../../lib/types.ts";

export const bucketAccessLogging = stackRule({
  name: "s3-bucket-access-logging",
  description: "Every bucket logs access to another bucket, the log bucket itself excepted.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["S3.9"],
    nist: ["AU-12"],
    checkov: ["CKV_AWS_18"],
    nag: ["AwsSolutions-S1"],
  },
  remediationSteps: "Give the bucket an aws.s3.BucketLogging whose target is the log bucket.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-9",
  types: [s3.Bucket],
  *check(bucket, { stack }) {
    const own = stack.companions(bucket, s3.BucketLogging, "bucket");
    const received = stack.companions(bucket, s3.BucketLogging, "targetBucket");
    const ofItself = received.filter(({ urn }) => own.some((logging) => logging.urn === urn));
    const write = "an aws.s3.BucketLogging of it with the log bucket as targetBucket";
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
    if (ofItself.length > 0)
      yield { wrong: "it logs to itself, and so logs its own logs for ever", write };
    else if (own.length === 0 && received.length === 0)
      yield { wrong: "it logs access nowhere", write };
  },
});
