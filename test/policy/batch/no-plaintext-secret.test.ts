import { batch } from "../../../policy/lib/types.ts";
import { noPlaintextSecret } from "../../../policy/rules/batch/no-plaintext-secret.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { batchStack, running, runningTwo, secretArn } from "../workloads.ts";

const good = batchStack();
const { JobDefinition } = batch;
const variable = (name: string, value: string) => running(good, { environment: [{ name, value }] });
const finds = ["job"];

testRule(noPlaintextSecret, {
  good,
  bad: {
    "a password": { stack: variable("SNOWFLAKE_PASSWORD", "hunter2"), finds },
    "a passphrase in camel case": { stack: variable("keyPassphrase", "open sesame"), finds },
    "a token of anybody": { stack: variable("GITHUB_TOKEN", "made-up"), finds },
    "a private key under any name": {
      stack: variable("CONFIG", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
      finds,
    },
    "an access key under any name": { stack: variable("ID", "AKIAIOSFODNN7EXAMPLE"), finds },
    "a password in an address": {
      stack: variable("DATABASE", "postgresql://dse:hunter2@db.internal/dse"),
      finds,
    },
    "a password in the command": {
      stack: running(good, { command: ["load", "--password=hunter2"] }),
      finds,
    },
    "a password after its option": {
      stack: running(good, { command: ["--password", "hunter2"] }),
      finds,
    },
    "a token as a part of the command": {
      stack: running(good, { command: [`curl -H 'Authorization: ghp_${"a".repeat(36)}'`] }),
      finds,
    },
    "a parameter": { stack: change(good, JobDefinition, { parameters: { password: "x" } }), finds },
    "the second of two containers": {
      stack: runningTwo(good, {}, { environment: [{ name: "API_KEY", value: "hunter2" }] }),
      finds,
    },
    "capital letters, as CloudFormation writes": {
      stack: change(good, JobDefinition, {
        containerProperties: '{"Image":"x","Environment":[{"Name":"PASSWORD","Value":"hunter2"}]}',
      }),
      finds,
    },
  },
  nearMiss: {
    "an option inside a word": running(good, { command: ["load", "run--token=made-up"] }),
    "the same name under secrets": running(good, {
      secrets: [{ name: "SNOWFLAKE_PASSWORD", valueFrom: `${secretArn}:password::` }],
    }),
    "where the secret is": variable("SNOWFLAKE_SECRET", secretArn),
    "the secret's name": variable("SECRET_NAME", "snowflake"),
    "a switch": variable("REQUIRE_PASSWORD", "true"),
    "a key of a table": variable("PRIMARY_KEY", "id"),
    "a count of tokens": variable("MAX_TOKENS", "many"),
    "an address without a password": variable("API", "https://user@example.com:443/a:b@c"),
    "a part of the command without a name": running(good, { command: ["password", "hunter2"] }),
  },
  unknown: { "the container": change(good, JobDefinition, { containerProperties: UNKNOWN }) },
  missing: {
    "an environment": { stack: running(good, { environment: undefined }), finds: [] },
    "a value": { stack: running(good, { environment: [{ name: "PASSWORD" }] }), finds: [] },
    "a command": { stack: running(good, { command: undefined }), finds: [] },
  },
});
