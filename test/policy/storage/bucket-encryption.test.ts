import { s3 } from "../../../policy/lib/types.ts";
import { bucketEncryption } from "../../../policy/rules/storage/bucket-encryption.ts";
import { bucketStack } from "../fixtures.ts";
import { change, testRule, UNKNOWN, without } from "../support.ts";

const good = bucketStack();
const { BucketServerSideEncryptionConfiguration: Encryption } = s3;
const encrypted = (sseAlgorithm: unknown, kmsMasterKeyId?: string, bucket = "data") => {
  const applied = { sseAlgorithm, ...(kmsMasterKeyId && { kmsMasterKeyId }) };
  const rules = [{ applyServerSideEncryptionByDefault: applied }];
  return change(good, Encryption, { rules }, bucket);
};
const requireKms = false;

testRule(bucketEncryption, {
  good,
  bad: {
    "no configuration": {
      stack: without(good, Encryption),
      finds: ["data", "logs"],
      says: /^data: it does not say how it is encrypted; .*"aws:kms"/,
    },
    "no configuration of the bucket that logs go to": {
      stack: good.filter(({ type, name }) => type !== Encryption.token || name !== "logs"),
      finds: ["logs"],
      says: /"AES256"/,
    },
    "S3's own keys": {
      stack: encrypted("AES256"),
      finds: ["data"],
      says: /it is encrypted with S3's own keys;/,
    },
  },
  nearMiss: {
    "two layers of KMS": encrypted("aws:kms:dsse"),
    "a key by its alias": encrypted("aws:kms", "arn:aws:kms:us-west-2:123456789012:alias/data"),
    "S3's own keys in the bucket that logs go to": good,
    "KMS there": encrypted("aws:kms", undefined, "logs"),
  },
  unknown: { "the algorithm": encrypted(UNKNOWN) },
  missing: {
    "the default of a rule": {
      stack: change(good, Encryption, { rules: [{ bucketKeyEnabled: true }] }, "data"),
      finds: ["data"],
    },
  },
  config: {
    "S3's own keys, where they are enough": {
      stack: encrypted("AES256"),
      settings: { requireKms },
      finds: [],
    },
    "no configuration, where they are enough": {
      stack: without(good, Encryption),
      settings: { requireKms },
      finds: ["data", "logs"],
      says: /^data: .*"AES256"/,
    },
  },
});
