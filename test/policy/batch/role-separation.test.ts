import { iam } from "../../../policy/lib/types.ts";
import { roleSeparation } from "../../../policy/rules/batch/role-separation.ts";
import { document } from "../fixtures.ts";
import { change, type Fixture, fixture, testRule, UNKNOWN } from "../support.ts";
import { attachment, batchStack, roleArn, running, runningTwo } from "../workloads.ts";

const good = batchStack();
const granting = (statement: object): Fixture[] =>
  change(
    good,
    iam.Policy,
    { policy: document({ Effect: "Allow", Resource: "*", ...statement }) },
    "scratch",
  );
const jobRole = good.find(({ type, name }) => type === iam.Role.token && name === "job");
const secrets = good.find(({ type, name }) => type === iam.Policy.token && name === "secrets");
if (!jobRole || !secrets) throw new Error("the stack has no job role");
const attached = (policyArn: unknown, stack: readonly Fixture[] = good) => [
  ...stack,
  fixture(iam.RolePolicyAttachment, "job-foreign", { policyArn }, { refs: { role: jobRole } }),
];
const scratchArn = "arn:aws:iam::123456789012:policy/scratch";

testRule(roleSeparation, {
  good,
  bad: {
    "the same role for both": {
      stack: running(good, { jobRoleArn: roleArn("exec"), executionRoleArn: roleArn("exec") }),
      // The role of both also reads the secrets.
      finds: ["job", "job"],
    },
    "the same role of two containers": {
      stack: runningTwo(good, { executionRoleArn: roleArn("job") }),
      finds: ["job"],
    },
    "the execution role's policy on the job role": {
      stack: [...good, attachment(jobRole, secrets)],
      finds: ["job"],
    },
    "secrets by a wildcard": {
      stack: granting({ Action: "secretsmanager:*" }),
      finds: ["job", "job"],
    },
    "secrets by all that is not named": {
      stack: granting({ NotAction: ["s3:*", "secretsmanager:BatchGetSecretValue"] }),
      finds: ["job"],
    },
    "an inline policy": {
      stack: [
        ...good,
        fixture(
          iam.RolePolicy,
          "inline",
          {
            policy: document({
              Effect: "Allow",
              Action: "secretsmanager:GetSecretValue",
              Resource: "*",
            }),
          },
          { refs: { role: jobRole } },
        ),
      ],
      finds: ["job"],
    },
    "every bucket": {
      stack: granting({ Action: ["s3:Get*"] }),
      finds: ["job"],
      says: /reaches every bucket;/,
    },
    "a bucket by the ARN of an access point": {
      stack: granting({
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:us-west-2:123456789012:accesspoint/water/object/*",
      }),
      finds: ["job"],
      says: /reaches the bucket accesspoint;/,
    },
    "every bucket but one": {
      stack: granting({
        Action: "s3:PutObject",
        Resource: undefined,
        NotResource: "arn:aws:s3:::dse-scratch/*",
      }),
      finds: ["job"],
    },
    "another bucket": {
      stack: granting({
        Action: "s3:ListBucket",
        Resource: ["arn:aws:s3:::dse-scratch", "arn:aws:s3:::aae-water"],
      }),
      finds: ["job"],
      says: /reaches the bucket aae-water;/,
    },
    "buckets whose names only begin alike": {
      stack: granting({ Action: "s3:GetObject", Resource: "arn:aws:s3:::dse-*/*" }),
      finds: ["job"],
    },
    "a policy of AWS": {
      stack: attached("arn:aws:iam::aws:policy/AmazonS3FullAccess"),
      finds: ["job"],
    },
  },
  nearMiss: {
    "a policy that is not made yet": attached(UNKNOWN),
    "a policy of the stack, by its ARN": attached(
      scratchArn,
      good.map((one) =>
        one.type === iam.Policy.token && one.name === "scratch"
          ? { ...one, props: { ...one.props, arn: scratchArn } }
          : one,
      ),
    ),
    "the same trust on two roles": change(
      change(good, iam.Role, { assumeRolePolicy: document() }, "job"),
      iam.Role,
      { assumeRolePolicy: document() },
      "exec",
    ),
    "a list of all buckets": granting({ Action: "s3:ListAllMyBuckets" }),
    "secrets denied": granting({ Effect: "Deny", Action: "secretsmanager:*" }),
    "a role of another stack": running(good, { jobRoleArn: roleArn("of-others") }),
    "two containers": runningTwo(good, {}),
  },
  unknown: {
    "the container": running(good, {}).map((one) =>
      one.name === "job" && "containerProperties" in one.props
        ? { ...one, props: { ...one.props, containerProperties: UNKNOWN } }
        : one,
    ),
    "the job role's policy": change(good, iam.Policy, { policy: UNKNOWN }, "scratch"),
  },
  missing: {
    "a job role": { stack: running(good, { jobRoleArn: undefined }), finds: [] },
    "a name of the role": { stack: change(good, iam.Role, { name: UNKNOWN }, "job"), finds: [] },
  },
  config: {
    "other buckets": {
      stack: granting({ Action: "s3:GetObject", Resource: "arn:aws:s3:::aae-water/*" }),
      settings: { buckets: ["aae-*"] },
      finds: [],
    },
    "no bucket": {
      stack: good,
      settings: { buckets: [] },
      finds: ["job"],
      says: /write buckets among none\./,
    },
    "two buckets": {
      stack: good,
      settings: { buckets: ["aae-a", "aae-b"] },
      finds: ["job"],
      says: /write buckets among aae-a, aae-b\./,
    },
  },
});
