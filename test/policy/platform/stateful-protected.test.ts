import { ecr, kms, mwaa, s3, secretsmanager } from "../../../policy/lib/types.ts";
import { statefulProtected } from "../../../policy/rules/platform/stateful-protected.ts";
import { bucketStack, repositoryStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN } from "../support.ts";

const good = [...bucketStack(), ...repositoryStack()];
const protect = { opts: { protect: true } };
const secret = (props: object) => [fixture(secretsmanager.Secret, "secret", props, protect)];

testRule(statefulProtected, {
  good,
  bad: {
    "a bucket": { stack: [fixture(s3.Bucket, "data", {})], finds: ["data"] },
    "a repository": { stack: [fixture(ecr.Repository, "images", {})], finds: ["images"] },
    "a key": { stack: [fixture(kms.Key, "key", {})], finds: ["key"] },
    "an Airflow environment": {
      stack: [fixture(mwaa.Environment, "airflow", {})],
      finds: ["airflow"],
    },
    "a bucket that is emptied": {
      stack: change(good, s3.Bucket, { forceDestroy: true }, "data"),
      finds: ["data"],
    },
    "a repository that is emptied": {
      stack: change(good, ecr.Repository, { forceDelete: true }),
      finds: ["images"],
    },
    "a secret that is deleted at once": {
      stack: secret({ recoveryWindowInDays: 0 }),
      finds: ["secret"],
    },
  },
  nearMiss: {
    "what belongs to a bucket": [fixture(s3.BucketVersioning, "data", {}), ...good],
    "a secret that can be had again": secret({ recoveryWindowInDays: 7 }),
  },
  unknown: { "whether it is emptied": change(good, s3.Bucket, { forceDestroy: UNKNOWN }, "data") },
  missing: {
    "how it is deleted": {
      stack: change(good, s3.Bucket, { forceDestroy: undefined }, "data"),
      finds: [],
    },
    "a recovery window": { stack: secret({}), finds: [] },
  },
});
