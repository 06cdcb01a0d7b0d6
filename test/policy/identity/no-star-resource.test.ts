import { noStarResource } from "../../../policy/rules/identity/no-star-resource.ts";
import { policyStack } from "../fixtures.ts";
import { testRule, UNKNOWN } from "../support.ts";

const here = (service: string, resource: string) =>
  `arn:aws:${service}:us-west-2:123456789012:${resource}`;
const allows = (Action: string | string[], Resource: string | string[], more: object = {}) =>
  policyStack({ Action, Resource, ...more });
const found = (...stack: Parameters<typeof allows>) => ({
  stack: allows(...stack),
  finds: ["policy"],
});
const where = (operator: string, key: string, value = "infra") => ({
  Condition: { [operator]: { [key]: value } },
});
const changes = "ec2:DeleteSubnet";

testRule(noStarResource, {
  good: allows("secretsmanager:GetSecretValue", here("secretsmanager", "secret:dse/*")),
  bad: {
    "every secret": found("secretsmanager:GetSecretValue", here("secretsmanager", "secret:*")),
    "every secret, beside one": found("secretsmanager:GetSecretValue", [
      here("secretsmanager", "secret:dse"),
      "arn:aws:secretsmanager:*:*:secret:*",
    ]),
    "every queue": found("batch:SubmitJob", "*"),
    "jobs in every queue": found("batch:SubmitJob", [
      here("batch", "job/*"),
      here("batch", "job-queue/*"),
    ]),
    "every job": found("batch:CancelJob", here("batch", "job/*")),
    "every bucket": found("s3:PutObject", "arn:aws:s3:::*"),
    "every object": found("s3:PutObject", "arn:aws:s3:::*/*"),
    "every role": found("iam:GetRole", "arn:aws:iam::123456789012:role/*"),
    "everything of IAM": found("iam:GetRole", "arn:aws:iam::*"),
    "every topic": found("sns:Publish", here("sns", "*")),
    "an action of a service that is not listed": found("glue:StartJobRun", "*"),
    "some of several actions": found(["batch:SubmitJob", "batch:DescribeJobs"], "*"),
    "a wildcard that covers such actions": found("batch:*Job", "*"),
    "tags that a request may lack": found(
      changes,
      "*",
      where("StringEqualsIfExists", "aws:ResourceTag/Project"),
    ),
    "any tag": found(changes, "*", where("StringLike", "aws:ResourceTag/Project", "*")),
    "another condition": found(changes, "*", where("StringEquals", "aws:RequestedRegion")),
    "a tag of who asks, called like one of a resource": found(
      changes,
      "*",
      where("StringEquals", "aws:PrincipalTag/dse:ResourceTag/Project"),
    ),
  },
  nearMiss: {
    "actions that AWS limits to nothing": allows(
      [
        "ecr:GetAuthorizationToken",
        "batch:DescribeJobs",
        "cloudwatch:PutMetricData",
        "ec2:DescribeVpcs",
      ],
      "*",
    ),
    "the same, in other letters": allows("ECR:getauthorizationtoken", "*"),
    "a wildcard that covers no others": allows("ec2:DescribeSubnet*", "*"),
    "reads of what there is": allows("s3:GetBucketLocation", "arn:aws:s3:::*"),
    "the making of what has no name yet": allows("ec2:CreateVpc", here("ec2", "*")),
    "jobs, in one queue": allows("batch:SubmitJob", [
      here("batch", "job/*"),
      here("batch", "job-queue/dse"),
    ]),
    "objects of one bucket": allows("s3:PutObject", "arn:aws:s3:::data/*"),
    "all of a kind that the action is not about": allows("iam:GetUser", [
      "arn:aws:iam::123456789012:user/ann",
      "arn:aws:iam::123456789012:mfa/*",
    ]),
    "roles with a path": allows("iam:GetRole", "arn:aws:iam::123456789012:role/dse/*"),
    "oneself, in any account": allows("iam:GetUser", "arn:aws:iam::*:user/${aws:username}"),
    "what has the tags": allows(changes, "*", where("StringEquals", "aws:ResourceTag/Project")),
    "what has the tags, by a key of the service": allows(
      changes,
      "*",
      where("StringEquals", "ec2:ResourceTag/Project"),
    ),
    "what gets the tags": allows(
      "ec2:CreateTags",
      "*",
      where("StringEquals", "aws:RequestTag/Project"),
    ),
    "tags of what is made": allows(
      "ec2:CreateTags",
      "*",
      where("StringEquals", "ec2:CreateAction", "CreateVpc"),
    ),
    "everything, denied": policyStack({ Effect: "Deny", Action: "s3:PutObject", Resource: "*" }),
  },
  unknown: { "a resource": allows("s3:PutObject", [UNKNOWN]) },
  missing: {
    "a resource": {
      stack: policyStack({ Action: "s3:PutObject", NotResource: "arn:aws:s3:::data/*" }),
      finds: [],
    },
  },
});
