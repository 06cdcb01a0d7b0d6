import { batch } from "../../../policy/lib/types.ts";
import { onFargate } from "../../../policy/rules/batch/on-fargate.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { batchStack, runningTwo } from "../workloads.ts";

const good = batchStack();
const { ComputeEnvironment, JobDefinition } = batch;
const of = (computeResources: unknown) => change(good, ComputeEnvironment, { computeResources });

testRule(onFargate, {
  good,
  bad: {
    "hosts of EC2": { stack: of({ type: "EC2", maxVcpus: 16 }), finds: ["environment"] },
    "jobs for hosts": {
      stack: change(good, JobDefinition, { platformCapabilities: ["EC2"] }),
      finds: ["job"],
    },
    "jobs for both": {
      stack: change(good, JobDefinition, { platformCapabilities: ["FARGATE", "EC2"] }),
      finds: ["job"],
      says: /its jobs may run on FARGATE, EC2;/,
    },
    "several nodes": {
      stack: change(good, JobDefinition, { containerProperties: undefined, nodeProperties: "{}" }),
      finds: ["job"],
    },
  },
  nearMiss: {
    Spot: of({ type: "FARGATE_SPOT", maxVcpus: 16 }),
    "two containers": runningTwo(good, {}),
  },
  unknown: { "the type": of({ type: UNKNOWN }) },
  missing: {
    "computeResources, as for hosts of one's own": {
      stack: of(undefined),
      finds: ["environment"],
      says: /runs jobs on hosts that AWS does not manage;/,
    },
    "platformCapabilities, which is then EC2": {
      stack: change(good, JobDefinition, { platformCapabilities: undefined }),
      finds: ["job"],
      says: /its jobs may run on EC2;/,
    },
  },
});
