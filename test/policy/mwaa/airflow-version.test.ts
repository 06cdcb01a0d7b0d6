import assert from "node:assert/strict";
import { airflowVersionWarning } from "../../../components/lib/airflow.ts";
import { mwaa } from "../../../policy/lib/types.ts";
import { airflowVersion } from "../../../policy/rules/mwaa/airflow-version.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { airflowStack } from "../workloads.ts";

const good = airflowStack();
const of = (version: unknown) => change(good, mwaa.Environment, { airflowVersion: version });
const finds = ["airflow"];

testRule(airflowVersion, {
  good,
  bad: {
    "the reference's version": {
      stack: of("2.4.3"),
      finds,
      says: /write airflowVersion, one of 2\.7\.2, 2\.8\.1, /,
    },
  },
  nearMiss: { "the oldest that AWS offers": of("2.7.2") },
  unknown: { "the version": of(UNKNOWN) },
  missing: { "a version": { stack: of(undefined), finds } },
  config: {
    "a newer version": { stack: of("3.1.0"), settings: { supported: ["3.1.0"] }, finds: [] },
    "a version that is supported no more": {
      stack: good,
      settings: { supported: ["3.1.0"] },
      finds,
    },
  },
});

describe("mwaa-airflow-version", () => {
  it("supports the versions that the program makes without a warning, and no other", () => {
    const { supported } = airflowVersion.readConfig({}).settings as { supported: string[] };
    for (const version of supported) assert.equal(airflowVersionWarning(version), undefined);
    // The program's warning lists all that it knows.
    assert.ok(airflowVersionWarning("9.9.9")?.includes(`(${supported.join(", ")})`));
  });
});
