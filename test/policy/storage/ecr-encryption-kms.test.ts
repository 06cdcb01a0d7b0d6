import { ecr } from "../../../policy/lib/types.ts";
import { ecrEncryptionKms } from "../../../policy/rules/storage/ecr-encryption-kms.ts";
import { repositoryStack } from "../fixtures.ts";
import { change, testRule, UNKNOWN } from "../support.ts";

const good = repositoryStack();
const kmsKey = "arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const encrypted = (...encryptionConfigurations: object[]) =>
  change(good, ecr.Repository, { encryptionConfigurations });

testRule(ecrEncryptionKms, {
  good,
  bad: {
    AES256: { stack: encrypted({ encryptionType: "AES256" }), finds: ["images"] },
    "AWS's own key": {
      stack: encrypted({ encryptionType: "KMS" }),
      finds: ["images"],
      says: /encrypted with a key of AWS's own;/,
    },
  },
  nearMiss: { "two layers of KMS": encrypted({ encryptionType: "KMS_DSSE", kmsKey }) },
  unknown: {
    "the type": encrypted({ encryptionType: UNKNOWN }),
    "the key": encrypted({ encryptionType: "KMS", kmsKey: UNKNOWN }),
  },
  missing: {
    "the configuration": {
      stack: change(good, ecr.Repository, { encryptionConfigurations: undefined }),
      finds: ["images"],
    },
    "the type": {
      stack: encrypted({ kmsKey }),
      finds: ["images"],
      says: /its images are encrypted with AES256;/,
    },
  },
  config: {
    "AWS's own key, where it is enough": {
      stack: encrypted({ encryptionType: "KMS" }),
      settings: { customerKey: false },
      finds: [],
    },
    "AES256, where that is": {
      stack: encrypted({ encryptionType: "AES256" }),
      settings: { customerKey: false },
      finds: ["images"],
    },
  },
});
