import { s3, s3Legacy } from "../../../policy/lib/types.ts";
import { noLegacyTypes } from "../../../policy/rules/storage/no-legacy-types.ts";
import { bucketStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN, urnOf } from "../support.ts";

const good = bucketStack();
const old = (type: (typeof s3Legacy)["BucketV2"]) => ({
  stack: [...good, fixture(type, "old", {})],
  finds: ["old"],
});
const inline = (props: object) => change(good, s3.Bucket, props, "data");
const concerns = {
  accelerationStatus: "Enabled",
  acl: "private",
  corsRules: [{ allowedMethods: ["GET"], allowedOrigins: ["https://example.com"] }],
  grants: [{ type: "CanonicalUser", id: "owner", permissions: ["READ"] }],
  lifecycleRules: [{ enabled: true, expiration: { days: 30 } }],
  logging: { targetBucket: "logs" },
  objectLockConfiguration: { objectLockEnabled: "Enabled" },
  policy: "{}",
  replicationConfiguration: { role: "arn:aws:iam::123456789012:role/copies", rules: [] },
  requestPayer: "Requester",
  serverSideEncryptionConfiguration: { rule: {} },
  versioning: { enabled: true },
  website: { indexDocument: "index.html" },
};

testRule(noLegacyTypes, {
  good,
  bad: {
    BucketV2: old(s3Legacy.BucketV2),
    BucketVersioningV2: {
      ...old(s3Legacy.BucketVersioningV2),
      says: /write aws\.s3\.BucketVersioning\.$/,
    },
    BucketObject: { ...old(s3Legacy.BucketObject), says: /write aws\.s3\.BucketObjectv2\.$/ },
    ...Object.fromEntries(
      Object.entries(concerns).map(([property, value]) => [
        `${property} inline`,
        {
          stack: inline({ [property]: value }),
          finds: ["data"],
          says: new RegExp(
            `it sets ${property} inline, .*; write a resource of its own for ${property}\\.$`,
          ),
        },
      ]),
    ),
    "ACL and policy inline": {
      stack: inline({ acl: "private", policy: "{}" }),
      finds: ["data", "data"],
    },
  },
  nearMiss: {
    "a bucket that was a BucketV2": good.map((one) =>
      one.name === "data"
        ? { ...one, opts: { ...one.opts, aliases: [urnOf("aws:s3/bucketV2:BucketV2", "data")] } }
        : one,
    ),
  },
  unknown: {},
  missing: {
    "a name": { stack: inline({ bucket: undefined }), finds: [] },
    "a known value inline": { stack: inline({ policy: UNKNOWN }), finds: ["data"] },
  },
});
