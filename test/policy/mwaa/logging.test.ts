import { mwaa } from "../../../policy/lib/types.ts";
import { logging } from "../../../policy/rules/mwaa/logging.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { airflowStack, logs } from "../workloads.ts";

const good = airflowStack();
const configured = (loggingConfiguration: unknown) =>
  change(good, mwaa.Environment, { loggingConfiguration });
const parts = Object.keys(logs);
const at = (logLevel: unknown) => configured({ ...logs, workerLogs: { enabled: true, logLevel } });
const finds = ["airflow"];

testRule(logging, {
  good,
  bad: {
    ...Object.fromEntries(
      parts.map((part) => [
        `${part} off`,
        { stack: configured({ ...logs, [part]: { enabled: false, logLevel: "INFO" } }), finds },
      ]),
    ),
    "level ERROR": { stack: at("ERROR"), finds },
    "level CRITICAL": { stack: at("CRITICAL"), finds },
    "a level that is none": { stack: at("QUIET"), finds },
  },
  nearMiss: { "level DEBUG": at("DEBUG"), "level WARNING": at("WARNING") },
  unknown: { "a level": at(UNKNOWN) },
  missing: {
    "all of it": { stack: configured(undefined), finds: parts.map(() => "airflow") },
    "one part": { stack: configured({ ...logs, taskLogs: undefined }), finds },
    "a level, which is then INFO": {
      stack: configured({ ...logs, taskLogs: { enabled: true } }),
      finds: [],
    },
  },
  config: {
    "INFO at least": { stack: at("WARNING"), settings: { leastLevel: "INFO" }, finds },
    "errors are enough": { stack: at("ERROR"), settings: { leastLevel: "ERROR" }, finds: [] },
  },
});
