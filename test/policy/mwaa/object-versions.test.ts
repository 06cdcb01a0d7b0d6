import { mwaa } from "../../../policy/lib/types.ts";
import { objectVersions } from "../../../policy/rules/mwaa/object-versions.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { airflowStack } from "../workloads.ts";

const good = airflowStack();
const having = (props: Parameters<typeof change<object>>[2]) =>
  change(good, mwaa.Environment, props);
const finds = ["airflow"];

testRule(objectVersions, {
  good,
  bad: {
    requirements: { stack: having({ requirementsS3ObjectVersion: undefined }), finds },
    plugins: { stack: having({ pluginsS3Path: "plugins.zip" }), finds },
    "a startup script": { stack: having({ startupScriptS3Path: "startup.sh" }), finds },
    "an empty version": { stack: having({ requirementsS3ObjectVersion: "" }), finds },
  },
  nearMiss: {
    "a version that is not known yet": having({ requirementsS3ObjectVersion: UNKNOWN }),
    "plugins with their version": having({
      pluginsS3Path: "plugins.zip",
      pluginsS3ObjectVersion: "1",
    }),
  },
  unknown: {},
  missing: {
    "all of it": {
      stack: having({ requirementsS3Path: undefined, requirementsS3ObjectVersion: undefined }),
      finds: [],
    },
  },
});
