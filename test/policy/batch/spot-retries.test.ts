import { batch } from "../../../policy/lib/types.ts";
import { spotRetries } from "../../../policy/rules/batch/spot-retries.ts";
import { change, fixture, testRule, UNKNOWN } from "../support.ts";
import { batchStack } from "../workloads.ts";

const good = batchStack();
const onSpot = change(good, batch.ComputeEnvironment, {
  computeResources: { type: "FARGATE_SPOT", maxVcpus: 16 },
});
const trying = (retryStrategy: unknown) => change(onSpot, batch.JobDefinition, { retryStrategy });

testRule(spotRetries, {
  good,
  bad: {
    "one attempt on Spot": { stack: onSpot, finds: ["job"] },
    "one attempt on Spot, beside capacity that stays": {
      stack: [
        fixture(batch.ComputeEnvironment, "unmanaged", {}),
        ...onSpot,
        fixture(batch.ComputeEnvironment, "steady", { computeResources: { type: "FARGATE" } }),
      ],
      finds: ["job"],
    },
  },
  nearMiss: {
    "two attempts on Spot": trying({ attempts: 2 }),
    "one attempt on capacity that stays": good,
  },
  unknown: { "the attempts": trying({ attempts: UNKNOWN }) },
  missing: { "a retry strategy": { stack: trying(undefined), finds: ["job"] } },
});
