import { s3 } from "../../../policy/lib/types.ts";
import { bucketTlsOnly } from "../../../policy/rules/storage/bucket-tls-only.ts";
import { bucketStack, document } from "../fixtures.ts";
import { change, testRule, UNKNOWN, without } from "../support.ts";

const good = bucketStack();
const deny = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const policy = (...statements: object[]) =>
  change(
    good,
    s3.BucketPolicy,
    { policy: document(...statements.map((statement) => ({ ...deny, ...statement }))) },
    "data",
  );
const both = ["data", "data"];

testRule(bucketTlsOnly, {
  good,
  bad: {
    "no policy": {
      stack: without(good, s3.BucketPolicy),
      finds: [...both, "logs", "logs"],
      says: /^data: it answers requests without TLS; write a statement in its policy with Effect "Deny", Principal "\*", Action "s3:\*", the bucket and its objects as Resource, and Condition \{ Bool: \{ "aws:SecureTransport": "false" \} \}\.$/,
    },
    "the objects alone": { stack: policy({ Resource: "arn:aws:s3:::data/*" }), finds: ["data"] },
    "the bucket alone": { stack: policy({ Resource: "arn:aws:s3:::data" }), finds: ["data"] },
    "some objects": {
      stack: policy({ Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/public/*"] }),
      finds: ["data"],
    },
    "objects of one kind": {
      stack: policy({ Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*.csv"] }),
      finds: ["data"],
      says: /its objects are given to requests without TLS;/,
    },
    "one action": { stack: policy({ Action: "s3:GetObject" }), finds: both },
    "actions that read": { stack: policy({ Action: "s3:Get*" }), finds: both },
    "actions on objects": { stack: policy({ Action: "s3:*Object" }), finds: both },
    "a condition that tests the contrary": {
      stack: policy({ Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      finds: both,
    },
    "a condition that tests the contrary, by its operator": {
      stack: policy({ Condition: { StringNotEquals: { "aws:SecureTransport": "false" } } }),
      finds: both,
    },
    "a condition on something else": {
      stack: policy({ Condition: { Bool: { "aws:PrincipalIsAWSService": "false" } } }),
      finds: both,
    },
    "a second condition beside it": {
      stack: policy({
        Condition: {
          Bool: { "aws:SecureTransport": "false" },
          StringEquals: { "aws:PrincipalAccount": "123456789012" },
        },
      }),
      finds: both,
    },
    "one principal": {
      stack: policy({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
      finds: both,
    },
    "Allow without TLS": { stack: policy({ Effect: "Allow" }), finds: both },
    "Allow with TLS": {
      stack: policy({ Effect: "Allow", Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      finds: both,
    },
  },
  nearMiss: {
    "Action *": policy({ Action: "*" }),
    "actions in capitals": policy({ Action: "S3:*" }),
    "all actions, and one of them": policy({ Action: ["s3:GetObject", "s3:*"] }),
    "the boolean false": policy({ Condition: { Bool: { "aws:SecureTransport": false } } }),
    "False, as Python writes it": policy({
      Condition: { Bool: { "aws:SecureTransport": "False" } },
    }),
    "two statements that cover it together": policy(
      { Resource: "arn:aws:s3:::data" },
      { Resource: "arn:aws:s3:::data/*" },
    ),
    "a wildcard for bucket and objects": policy({ Resource: "arn:aws:s3:::data*" }),
    "other statements beside it": policy({}, { Effect: "Allow", Condition: {} }),
    "everyone as an AWS principal": policy({ Principal: { AWS: "*" } }),
    "the condition in two forms": policy({
      Condition: {
        Bool: { "aws:SecureTransport": "false" },
        BoolIfExists: { "aws:SecureTransport": "false" },
      },
    }),
    BoolIfExists: policy({ Condition: { BoolIfExists: { "aws:SecureTransport": "false" } } }),
  },
  unknown: { "the policy": change(good, s3.BucketPolicy, { policy: UNKNOWN }, "data") },
  missing: { "a condition": { stack: policy({ Condition: undefined }), finds: both } },
});
