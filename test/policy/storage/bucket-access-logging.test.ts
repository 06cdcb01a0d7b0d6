import { s3 } from "../../../policy/lib/types.ts";
import { bucketAccessLogging } from "../../../policy/rules/storage/bucket-access-logging.ts";
import { bucketStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN, without } from "../support.ts";

const good = bucketStack();
const { Bucket, BucketLogging: Logging } = s3;
const to = (bucket: string, targetBucket: unknown) =>
  fixture(Logging, bucket, { bucket, targetBucket, targetPrefix: "log/" });

testRule(bucketAccessLogging, {
  good,
  bad: {
    "no logging": { stack: without(good, Logging), finds: ["data", "logs"] },
    "a bucket that logs to itself": { stack: [...good, to("logs", "logs")], finds: ["logs"] },
    "a bucket that nothing logs to": {
      stack: [...good, fixture(Bucket, "other", { bucket: "other" })],
      finds: ["other"],
    },
  },
  nearMiss: {
    "the log bucket itself": good,
    "a log bucket of another program": [
      fixture(Bucket, "data", { bucket: "data" }),
      to("data", "elsewhere"),
    ],
    "a log bucket that logs to a third": [
      ...good,
      fixture(Bucket, "third", { bucket: "third" }),
      to("logs", "third"),
    ],
  },
  unknown: {},
  missing: {
    "a prefix": { stack: change(good, Logging, { targetPrefix: undefined }), finds: [] },
    "a known target": {
      stack: [fixture(Bucket, "data", { bucket: "data" }), to("data", UNKNOWN)],
      finds: [],
    },
  },
});
