import { noNotElement } from "../../../policy/rules/identity/no-not-element.ts";
import { policyStack } from "../fixtures.ts";
import { testRule, UNKNOWN } from "../support.ts";

const Resource = "arn:aws:s3:::data/*";
const throughSqs = { StringLike: { "kms:ViaService": "sqs.us-west-2.amazonaws.com" } };
const keyOfQueues = {
  Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt"],
  NotResource: "arn:aws:kms:*:123456789012:key/*",
  Condition: throughSqs,
};
const like = (change: object) => ({
  stack: policyStack({ ...keyOfQueues, ...change }),
  finds: ["policy"],
});

testRule(noNotElement, {
  good: policyStack({ Action: "s3:GetObject", Resource }),
  bad: {
    "all but some actions": {
      stack: policyStack({ NotAction: ["iam:*", "sts:*"], Resource }),
      finds: ["policy"],
      says: /it allows all but iam:\*, sts:\*;/,
    },
    "all but some resources": {
      stack: policyStack({
        Action: ["s3:GetObject", "s3:PutObject"],
        NotResource: [Resource, "arn:aws:s3:::logs/*"],
      }),
      finds: ["policy"],
      says: /it allows s3:GetObject, s3:PutObject on all but arn:aws:s3:::data\/\*, arn:aws:s3:::logs\/\*;/,
    },
    both: {
      stack: policyStack({ NotAction: "iam:*", NotResource: Resource }),
      finds: ["policy", "policy"],
      says: /it allows all but iam:\* on all but arn:aws:s3:::data\/\*;/,
    },
    "the key of queues, without a condition": like({ Condition: undefined }),
    "the key of queues, through other services": like({
      Condition: { StringLike: { "kms:ViaService": "s3.us-west-2.amazonaws.com" } },
    }),
    "the key of queues, through other services, too": like({
      Condition: {
        StringLike: {
          "kms:ViaService": ["sqs.us-west-2.amazonaws.com", "s3.us-west-2.amazonaws.com"],
        },
      },
    }),
    "the key of queues, by another condition": like({
      Condition: { StringLike: { "kms:EncryptionContext:aws:sqs:arn": "sqs.dse" } },
    }),
    "the key of queues, and all else but objects": like({
      NotResource: ["arn:aws:kms:*:123456789012:key/*", Resource],
    }),
    "the key of queues, but for those that end alike": like({
      NotResource: "arn:aws:kms:*:123456789012:key/*90ab",
    }),
    "the key of queues, through any service": like({
      Condition: { StringLike: { "kms:ViaService": "*" } },
    }),
    "the key of queues, through none": like({
      Condition: { StringLikeIfExists: { "kms:ViaService": "sqs.us-west-2.amazonaws.com" } },
    }),
    "the key of queues, with further actions": like({
      Action: ["kms:Decrypt", "kms:PutKeyPolicy"],
    }),
    "the key of queues, with all actions but some": {
      stack: policyStack({ ...keyOfQueues, Action: undefined, NotAction: "iam:*" }),
      finds: ["policy", "policy"],
    },
    "the key of queues, but for one": like({
      NotResource: "arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    }),
  },
  nearMiss: {
    "all but some actions, denied": policyStack({
      Effect: "Deny",
      NotAction: ["iam:EnableMFADevice"],
      Resource: "*",
      Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
    }),
    "the key of Airflow's queues": policyStack(keyOfQueues),
    "the key of Airflow's queues, in the region": policyStack({
      ...keyOfQueues,
      NotResource: "arn:aws:kms:us-west-2:123456789012:key/*",
    }),
  },
  unknown: { "a resource": policyStack({ Action: "s3:GetObject", NotResource: [UNKNOWN] }) },
  missing: { actions: { stack: policyStack({ Resource }), finds: [] } },
});
