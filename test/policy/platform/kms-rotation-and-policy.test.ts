import { kms } from "../../../policy/lib/types.ts";
import { kmsRotationAndPolicy } from "../../../policy/rules/platform/kms-rotation-and-policy.ts";
import { ACCOUNT_ID, document } from "../fixtures.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const root = {
  Sid: "Root",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
  Action: "kms:*",
  Resource: "*",
};
const key = (props: object) => [
  fixture(kms.Key, "key", { enableKeyRotation: true, policy: document(root), ...props }),
];
const policy = (statement: object) => key({ policy: document(root, { ...root, ...statement }) });
const anyone = { Sid: "Anyone", Principal: "*", Action: "kms:Decrypt" };

testRule(kmsRotationAndPolicy, {
  good: key({}),
  bad: {
    "rotation off": { stack: key({ enableKeyRotation: false }), finds: ["key"] },
    "a symmetric key, said to be one": {
      stack: key({
        enableKeyRotation: false,
        customerMasterKeySpec: "SYMMETRIC_DEFAULT",
        keyUsage: "ENCRYPT_DECRYPT",
      }),
      finds: ["key"],
    },
    anyone: { stack: policy(anyone), finds: ["key"] },
    "anyone, in two statements that are told apart by their Sid": {
      stack: key({
        policy: document(root, { ...root, ...anyone }, { ...root, ...anyone, Sid: "Others" }),
      }),
      finds: ["key", "key"],
    },
    "anyone, by two actions": {
      stack: policy({ ...anyone, Action: ["kms:Decrypt", "kms:Encrypt"] }),
      finds: ["key"],
      says: /its policy allows anyone kms:Decrypt, kms:Encrypt;/,
    },
    "anyone, by a policy of its own": {
      stack: [
        fixture(kms.KeyPolicy, "policy", {
          keyId: "key",
          policy: document(anyone, { ...root, ...anyone }),
        }),
      ],
      finds: ["policy"],
    },
  },
  nearMiss: {
    "an asymmetric key": key({ enableKeyRotation: false, customerMasterKeySpec: "RSA_2048" }),
    "an HMAC key": key({
      enableKeyRotation: false,
      customerMasterKeySpec: "HMAC_256",
      keyUsage: "GENERATE_VERIFY_MAC",
    }),
    "the account itself": key({}),
    "anyone of the account": policy({
      ...anyone,
      Condition: { StringEquals: { "kms:CallerAccount": ACCOUNT_ID } },
    }),
  },
  unknown: {
    "the rotation": key({ enableKeyRotation: UNKNOWN }),
    "the policy": key({ policy: UNKNOWN }),
  },
  missing: {
    "the rotation": { stack: key({ enableKeyRotation: undefined }), finds: ["key"] },
    "the policy": { stack: key({ policy: undefined }), finds: [] },
    "a Sid": { stack: policy({ ...anyone, Sid: undefined }), finds: ["key"] },
  },
});
