import { batch } from "../../../policy/lib/types.ts";
import { containerHardened } from "../../../policy/rules/batch/container-hardened.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { batchStack, running, runningTwo } from "../workloads.ts";

const good = batchStack();
const on = (platformVersion: string) =>
  running(good, { fargatePlatformConfiguration: { platformVersion } });
const finds = ["job"];

testRule(containerHardened, {
  good,
  bad: {
    privileged: { stack: running(good, { privileged: true }), finds },
    "privileged, the second of two containers": {
      stack: runningTwo(good, {}, { privileged: true }),
      finds,
    },
    "a root file system that can be written": {
      stack: running(good, { readonlyRootFilesystem: false }),
      finds,
    },
    "an old platform": { stack: on("1.3.0"), finds },
    "all of it": {
      stack: running(good, {
        privileged: true,
        readonlyRootFilesystem: undefined,
        fargatePlatformConfiguration: { platformVersion: "1.3.0" },
      }),
      finds: ["job", "job", "job"],
    },
    "the second of two containers": {
      stack: runningTwo(good, {}, { readonlyRootFilesystem: false }),
      finds,
    },
    "an old platform of two containers": {
      stack: runningTwo(good, { platformVersion: "1.3.0" }),
      finds,
    },
  },
  nearMiss: {
    "privileged: false": running(good, { privileged: false }),
    "the newest platform by its number": on("1.4.0"),
    "two containers": runningTwo(good, {}),
  },
  unknown: {
    "the container": change(good, batch.JobDefinition, { containerProperties: UNKNOWN }),
  },
  missing: {
    "a platform version": {
      stack: running(good, { fargatePlatformConfiguration: undefined }),
      finds: [],
    },
    readonlyRootFilesystem: {
      stack: running(good, { readonlyRootFilesystem: undefined }),
      finds,
    },
  },
  config: {
    "a platform that is current": {
      stack: on("1.5.0"),
      settings: { platformVersions: ["1.5.0"] },
      finds: [],
    },
    "a platform that is current no more": {
      stack: on("1.4.0"),
      settings: { platformVersions: ["LATEST", "1.5.0"] },
      finds,
      says: /write platformVersion LATEST or 1\.5\.0\./,
    },
  },
});
