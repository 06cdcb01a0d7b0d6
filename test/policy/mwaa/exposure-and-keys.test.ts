import { mwaa, s3 } from "../../../policy/lib/types.ts";
import { exposureAndKeys } from "../../../policy/rules/mwaa/exposure-and-keys.ts";
import { change, testRule, UNKNOWN, without } from "../support.ts";
import { airflowStack } from "../workloads.ts";

const good = airflowStack();
const having = (props: Parameters<typeof change<object>>[2]) =>
  change(good, mwaa.Environment, props);
const option = (name: string, value: unknown) =>
  having({ airflowConfigurationOptions: { [name]: value } });
const versioned = (status: unknown) =>
  change(good, s3.BucketVersioning, { versioningConfiguration: { status } }, "data");
const finds = ["airflow"];

testRule(exposureAndKeys, {
  good,
  bad: {
    "a public web server": { stack: having({ webserverAccessMode: "PUBLIC_ONLY" }), finds },
    "a web server that is also public": {
      stack: having({ webserverAccessMode: "PUBLIC_AND_PRIVATE" }),
      finds,
    },
    "no key": { stack: having({ kmsKey: undefined }), finds },
    "a bucket whose versioning is suspended": { stack: versioned("Suspended"), finds },
    "a bucket without versions": { stack: without(good, s3.BucketVersioning), finds },
    "a password": { stack: option("smtp.smtp_password", "hunter2"), finds },
    "a key of Airflow's own": { stack: option("core.fernet_key", "made-up"), finds },
    "a password in an address": {
      stack: option("database.sql_alchemy_conn", "postgresql://airflow:hunter2@db/airflow"),
      finds,
    },
    "a secret in JSON": {
      stack: option("secrets.backend_kwargs", '{"url":"https://vault","token":"made-up"}'),
      finds,
    },
  },
  nearMiss: {
    "prefixes of the secrets backend": option(
      "secrets.backend_kwargs",
      '{"connections_prefix":"airflow/connections","variables_prefix":"airflow/variables"}',
    ),
    "the backend's class": option(
      "secrets.backend",
      "airflow.providers.amazon.aws.secrets.secrets_manager.SecretsManagerBackend",
    ),
    "a switch": option("webserver.require_password", "True"),
    "JSON that is no object": option("custom.list", "[1]"),
    "JSON that is nothing": option("custom.nothing", "null"),
    "a switch in JSON": option("secrets.backend_kwargs", '{"token":true}'),
    "a password that is not known yet": option("smtp.smtp_password", UNKNOWN),
    "an option that is not known yet": option("custom.default_job_queue", UNKNOWN),
    "a key that is not known yet": having({ kmsKey: UNKNOWN }),
    "a web server that AWS decides on": having({ webserverAccessMode: UNKNOWN }),
  },
  unknown: { "the bucket's versioning": versioned(UNKNOWN) },
  missing: {
    "webserverAccessMode, which is then private": {
      stack: having({ webserverAccessMode: undefined }),
      finds: [],
    },
    options: { stack: having({ airflowConfigurationOptions: undefined }), finds: [] },
    "a bucket of the stack": { stack: without(good, s3.Bucket), finds: [] },
  },
  config: {
    "a public web server, allowed": {
      stack: having({ webserverAccessMode: "PUBLIC_ONLY" }),
      settings: { allowPublicWebserver: true },
      finds: [],
    },
    "AWS's own key, allowed": {
      stack: having({ kmsKey: undefined }),
      settings: { requireKmsKey: false },
      finds: [],
    },
  },
});
