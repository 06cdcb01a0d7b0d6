import { batch } from "../../../policy/lib/types.ts";
import { logAndTimeout } from "../../../policy/rules/batch/log-and-timeout.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { batchStack, running, runningTwo } from "../workloads.ts";

const good = batchStack();
const { JobDefinition } = batch;
const logging = (logConfiguration: object | undefined) => running(good, { logConfiguration });
const ending = (timeout: unknown) => change(good, JobDefinition, { timeout });
const finds = ["job"];

testRule(logAndTimeout, {
  good,
  bad: {
    "no logs": { stack: logging(undefined), finds },
    "no log group": { stack: logging({ logDriver: "awslogs" }), finds },
    "the account's log group": {
      stack: logging({ logDriver: "awslogs", options: { "awslogs-group": "/aws/batch/job" } }),
      finds,
    },
    "no timeout": { stack: ending(undefined), finds },
    "a timeout of two days": { stack: ending({ attemptDurationSeconds: 172_800 }), finds },
    neither: {
      stack: change(logging(undefined), JobDefinition, { timeout: undefined }),
      finds: ["job", "job"],
    },
    "the second of two containers": {
      stack: runningTwo(good, {}, { logConfiguration: undefined }),
      finds,
    },
  },
  nearMiss: {
    "another driver": logging({ logDriver: "splunk" }),
    "a timeout of a day": ending({ attemptDurationSeconds: 86_400 }),
    "two containers": runningTwo(good, {}),
  },
  unknown: {
    "the container": change(good, JobDefinition, { containerProperties: UNKNOWN }),
    "the timeout": ending({ attemptDurationSeconds: UNKNOWN }),
  },
  missing: { "seconds of the timeout": { stack: ending({}), finds } },
  config: {
    "an hour at most": {
      stack: ending({ attemptDurationSeconds: 3601 }),
      settings: { maxTimeoutSeconds: 3600 },
      finds,
    },
    "two days at most": {
      stack: ending({ attemptDurationSeconds: 172_800 }),
      settings: { maxTimeoutSeconds: 172_800 },
      finds: [],
    },
  },
});
