import { kms, mwaa, s3 } from "../../../policy/lib/types.ts";
import { oneKey } from "../../../policy/rules/mwaa/one-key.ts";
import { change, type Fixture, fixture, testRule, UNKNOWN, without } from "../support.ts";
import { airflowStack } from "../workloads.ts";

const good = airflowStack();
const { BucketServerSideEncryptionConfiguration: Encryption } = s3;
const arn = "arn:aws:kms:us-west-2:123456789012:key/";
const withKey = (kmsKey: unknown, stack: readonly Fixture[] = good) =>
  change(stack, mwaa.Environment, { kmsKey });
const encrypted = (kmsMasterKeyId: unknown, stack: readonly Fixture[] = good) =>
  change(
    stack,
    Encryption,
    {
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId } }],
    },
    "data",
  );
const finds = ["airflow"];

const [first, second] = ["first", "second"].map((name) => fixture(kms.Key, name, {}));
if (!first || !second) throw new Error("there are no keys");
/** The stack with keys of its own, whose ids are not known yet. */
const own = (environment: Fixture, bucket: Fixture): Fixture[] =>
  [...encrypted(UNKNOWN, withKey(UNKNOWN)), first, second].map((one) =>
    one.type === mwaa.Environment.token
      ? { ...one, dependencies: { ...one.dependencies, kmsKey: [environment.urn] } }
      : one.type === Encryption.token && one.name === "data"
        ? { ...one, dependencies: { ...one.dependencies, rules: [bucket.urn] } }
        : one,
  );

testRule(oneKey, {
  good,
  bad: {
    "another key of the bucket": {
      stack: encrypted(`${arn}other`),
      finds,
      says: /it has the key arn:\S+, and its bucket data has the key arn:\S+other;/,
    },
    "no key of the bucket": {
      stack: encrypted(undefined),
      finds,
      says: /its bucket data has no key of the account;/,
    },
    "no encryption of the bucket": { stack: without(good, Encryption), finds },
    "no key of the environment": { stack: withKey(undefined), finds },
    "two keys of the stack": { stack: own(first, second), finds },
    "an alias": { stack: encrypted("alias/dse", withKey("alias/dse")), finds },
    "the ARN of an alias": {
      stack: encrypted(
        "arn:aws:kms:us-west-2:123456789012:alias/dse",
        withKey("arn:aws:kms:us-west-2:123456789012:alias/dse"),
      ),
      finds,
    },
    "a multi-Region key": { stack: encrypted(`${arn}mrk-1`, withKey(`${arn}mrk-1`)), finds },
    "a multi-Region key of the stack": {
      stack: change(own(first, first), kms.Key, { multiRegion: true }, "first"),
      finds,
    },
  },
  nearMiss: {
    "the same key, by its id and by its ARN": encrypted("1234", withKey(`${arn}1234`)),
    "one key of the stack": own(first, first),
    "neither has a key": encrypted(undefined, withKey(undefined)),
  },
  unknown: { "a key of another stack": withKey(UNKNOWN) },
  missing: {
    "a bucket of the stack": { stack: without(good, s3.Bucket), finds: [] },
    "rules of the encryption": { stack: change(good, Encryption, { rules: [] }, "data"), finds },
    "the default of the encryption": {
      stack: change(good, Encryption, { rules: [{}] }, "data"),
      finds,
    },
  },
});
