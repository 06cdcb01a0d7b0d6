import { s3 } from "../../../policy/lib/types.ts";
import { bucketLifecycle } from "../../../policy/rules/storage/bucket-lifecycle.ts";
import { bucketStack } from "../fixtures.ts";
import { change, testRule, UNKNOWN, without } from "../support.ts";

const good = bucketStack();
const { BucketLifecycleConfiguration: Lifecycle } = s3;
const rule = {
  id: "all",
  status: "Enabled",
  filter: {},
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  noncurrentVersionExpiration: { noncurrentDays: 90 },
};
const rules = (...changes: object[]) =>
  change(good, Lifecycle, { rules: changes.map((one) => ({ ...rule, ...one })) }, "data");
const both = ["data", "data"];

testRule(bucketLifecycle, {
  good,
  bad: {
    "no lifecycle": { stack: without(good, Lifecycle), finds: [...both, "logs", "logs"] },
    "versions without an end": {
      stack: rules({ noncurrentVersionExpiration: undefined }),
      finds: ["data"],
    },
    "unfinished uploads without an end": {
      stack: rules({ abortIncompleteMultipartUpload: undefined }),
      finds: ["data"],
    },
    "a rule that is off": { stack: rules({ status: "Disabled" }), finds: both },
    "a rule for some objects": { stack: rules({ filter: { prefix: "tmp/" } }), finds: both },
    "a rule for a tag": {
      stack: rules({ filter: { tag: { key: "a", value: "b" } } }),
      finds: both,
    },
    "a rule for a tag beside all prefixes": {
      stack: rules({ filter: { and: { prefix: "", tags: { a: "b" } } } }),
      finds: both,
    },
    "a rule for large objects": {
      stack: rules({ filter: { objectSizeGreaterThan: 1024 } }),
      finds: both,
    },
    "a rule for small objects": {
      stack: rules({ filter: { objectSizeLessThan: 1024 } }),
      finds: both,
    },
    "a rule for some objects, in the older form": {
      stack: rules({ filter: undefined, prefix: "tmp/" }),
      finds: both,
    },
  },
  nearMiss: {
    "one rule for both": rules({}),
    "two rules": rules(
      { noncurrentVersionExpiration: undefined },
      { abortIncompleteMultipartUpload: undefined },
    ),
    "no versions, and so no end of them": change(
      rules({ noncurrentVersionExpiration: undefined }),
      s3.BucketVersioning,
      { versioningConfiguration: { status: "Suspended" } },
      "data",
    ),
    "versions that were never asked for": without(
      rules({ noncurrentVersionExpiration: undefined }),
      s3.BucketVersioning,
    ),
    "an empty prefix": rules({ filter: { prefix: "" } }),
  },
  unknown: { "a status": rules({ status: UNKNOWN }) },
  missing: {
    "a filter": { stack: rules({ filter: undefined }), finds: [] },
    rules: { stack: change(good, Lifecycle, { rules: undefined }, "data"), finds: both },
  },
});
