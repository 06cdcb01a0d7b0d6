import { batch } from "../../../policy/lib/types.ts";
import { queueStuckJobs } from "../../../policy/rules/batch/queue-stuck-jobs.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { batchStack } from "../workloads.ts";

const good = batchStack();
const cancelling = (jobStateTimeLimitActions: unknown) =>
  change(good, batch.JobQueue, { jobStateTimeLimitActions });
const action = {
  state: "RUNNABLE",
  action: "CANCEL",
  maxTimeSeconds: 600,
  reason: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
};
const capacity = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY";

testRule(queueStuckJobs, {
  good,
  bad: {
    "one reason of two": { stack: cancelling([action]), finds: ["queue"] },
    "the reason of jobs that run": {
      stack: cancelling([{ ...action, state: "RUNNING" }]),
      finds: ["queue", "queue"],
    },
    "another reason": {
      stack: cancelling([{ ...action, reason: capacity }]),
      finds: ["queue", "queue"],
    },
  },
  nearMiss: {
    "a reason more": cancelling([
      ...(good.find(({ name }) => name === "queue")?.props[
        "jobStateTimeLimitActions"
      ] as unknown[]),
      { ...action, reason: capacity },
    ]),
  },
  unknown: { "the actions": cancelling(UNKNOWN) },
  missing: { "all of it": { stack: cancelling(undefined), finds: ["queue", "queue"] } },
  config: {
    "jobs that wait for capacity too": {
      stack: good,
      settings: { reasons: [capacity] },
      finds: ["queue"],
    },
  },
});
