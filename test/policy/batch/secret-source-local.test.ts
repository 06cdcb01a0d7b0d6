import { batch } from "../../../policy/lib/types.ts";
import { secretSourceLocal } from "../../../policy/rules/batch/secret-source-local.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { batchStack, container, running, runningTwo, secretArn } from "../workloads.ts";

const good = batchStack();
const from = (valueFrom: string) => running(good, { secrets: [{ name: "PASSWORD", valueFrom }] });
const elsewhere = secretArn.replace("123456789012", "210987654321");
const finds = ["job"];

testRule(secretSourceLocal, {
  good,
  bad: {
    "another account": {
      stack: from(`${elsewhere}:password::`),
      finds,
      says: /PASSWORD comes from account 210987654321; write a secret of 123456789012 in us-west-2\./,
    },
    "another region": {
      stack: from(secretArn.replace("us-west-2", "us-east-1")),
      finds,
      says: /PASSWORD comes from region us-east-1;/,
    },
    "another account and region": {
      stack: from(elsewhere.replace("us-west-2", "us-east-1")),
      finds,
      says: /PASSWORD comes from account 210987654321, region us-east-1;/,
    },
    "another region, without an execution role that tells the account": {
      stack: running(good, {
        executionRoleArn: undefined,
        secrets: [{ name: "PASSWORD", valueFrom: secretArn.replace("us-west-2", "us-east-1") }],
      }),
      finds,
      says: /write a secret of us-west-2\./,
    },
    "a parameter of another region": {
      stack: from("arn:aws:ssm:eu-west-1:123456789012:parameter/password"),
      finds,
    },
    "both of two": {
      stack: running(good, {
        secrets: ["A", "B"].map((name) => ({ name, valueFrom: elsewhere })),
      }),
      finds: ["job", "job"],
    },
    "a secret of the log driver": {
      stack: running(good, {
        logConfiguration: {
          logDriver: "splunk",
          secretOptions: [{ name: "splunk-token", valueFrom: elsewhere }],
        },
      }),
      finds,
    },
    "the password of a registry": {
      stack: running(good, { repositoryCredentials: { credentialsParameter: elsewhere } }),
      finds,
    },
    "the second of two containers": {
      stack: runningTwo(good, {}, { secrets: [{ name: "PASSWORD", valueFrom: elsewhere }] }),
      finds,
    },
    "the job's own region": {
      stack: change(good, batch.JobDefinition, { region: "us-east-1" }),
      finds,
    },
  },
  nearMiss: {
    "a field of the secret": from(`${secretArn}:password::`),
    "a parameter": from("arn:aws:ssm:us-west-2:123456789012:parameter/password"),
    "a parameter by its name": from("/jobs/password"),
  },
  unknown: {
    "the container": change(good, batch.JobDefinition, { containerProperties: UNKNOWN }),
  },
  missing: {
    secrets: { stack: running(good, { secrets: undefined }), finds: [] },
    "an execution role, which tells the account": {
      stack: running(good, {
        executionRoleArn: undefined,
        secrets: [{ name: "PASSWORD", valueFrom: elsewhere }],
      }),
      finds: [],
    },
    "a provider, which tells the region": {
      stack: change(
        good.map(({ provider: _, ...one }) => one),
        batch.JobDefinition,
        {
          containerProperties: JSON.stringify({
            ...container,
            secrets: [{ name: "PASSWORD", valueFrom: secretArn.replace("west", "east") }],
          }),
        },
      ),
      finds: [],
    },
  },
});
