import { actionMatchesResource } from "../../../policy/rules/identity/action-matches-resource.ts";
import { policyStack } from "../fixtures.ts";
import { testRule, UNKNOWN } from "../support.ts";

const here = (service: string, resource: string) =>
  `arn:aws:${service}:us-west-2:123456789012:${resource}`;
const bucket = "arn:aws:s3:::data";
const objects = "arn:aws:s3:::data/*";
const queue = here("batch", "job-queue/dse");
const allows = (Action: string | string[], Resource: string | string[]) =>
  policyStack({ Action, Resource });
const found = (...stack: Parameters<typeof allows>) => ({
  stack: allows(...stack),
  finds: ["policy"],
});

testRule(actionMatchesResource, {
  good: allows("s3:ListBucket", bucket),
  bad: {
    "a bucket's action on objects": found("s3:ListBucket", objects),
    "an object's action on a bucket": found("s3:GetObject", bucket),
    "an action about nothing on a queue": found("batch:ListJobs", queue),
    "an action about jobs on a queue": found("batch:CancelJob", queue),
    "an action on another service's resource": found("sqs:SendMessage", here("sns", "dse")),
    "some of several actions": found(["s3:ListBucket", "s3:GetObject"], objects),
    "a wildcard that covers a bucket's actions alone": found("s3:GetBucket*", objects),
    "a denial without effect": {
      stack: policyStack({
        Effect: "Deny",
        Action: "s3:ListAllMyBuckets",
        Resource: [bucket, objects],
      }),
      finds: ["policy"],
      says: /its Deny of s3:ListAllMyBuckets on arn:aws:s3:::data, arn:aws:s3:::data\/\* has no/,
    },
  },
  nearMiss: {
    "bucket and objects in one statement": allows(
      ["s3:ListBucket", "s3:GetObject"],
      [bucket, objects],
    ),
    "an action about several on one of them": allows("batch:SubmitJob", queue),
    "an action about nothing on everything": allows("batch:ListJobs", "*"),
    "an action about all buckets on all of them": allows("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
    "any object of buckets that begin alike": allows("s3:GetObject", "arn:aws:s3:::data*"),
    "a kind with a wildcard": allows("batch:CancelJob", here("batch", "j*")),
    "a log group by its streams": allows(
      "logs:DescribeLogStreams",
      here("logs", "log-group:dse:*"),
    ),
    "an action that is not listed": allows("glue:StartJobRun", queue),
    "a wildcard that covers an object's action too": allows("s3:Get*", objects),
  },
  unknown: { "a resource": allows("s3:ListBucket", [UNKNOWN]) },
  missing: {
    "a resource": {
      stack: policyStack({ Action: "s3:ListBucket", NotResource: objects }),
      finds: [],
    },
  },
});
