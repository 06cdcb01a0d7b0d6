import { batch } from "../../../policy/lib/types.ts";
import { imagePinned } from "../../../policy/rules/batch/image-pinned.ts";
import { change, testRule, UNKNOWN } from "../support.ts";
import { batchStack, running, runningTwo } from "../workloads.ts";

const good = batchStack();
const registry = "123456789012.dkr.ecr.us-west-2.amazonaws.com";
const digest = `sha256:${"0".repeat(64)}`;
const image = (name: string) => running(good, { image: name });
const finds = ["job"];

testRule(imagePinned, {
  good,
  bad: {
    latest: { stack: image(`${registry}/jobs:latest`), finds },
    "no tag": { stack: image(`${registry}/jobs`), finds },
    "no tag in a registry with a port": {
      stack: image("localhost:5000/jobs"),
      finds: ["job", "job"],
    },
    "the registry of another account": {
      stack: image(`210987654321.dkr.ecr.us-west-2.amazonaws.com/jobs@${digest}`),
      finds,
    },
    "a public registry": { stack: image(`public.ecr.aws/team/jobs@${digest}`), finds },
    "Docker Hub": { stack: image(`team/jobs@${digest}`), finds },
    "Docker Hub's latest python": { stack: image("python"), finds: ["job", "job"] },
    "a registry that is only called like one": {
      stack: image(`${registry}.example.com/jobs:1`),
      finds,
    },
    "the second of two containers": {
      stack: runningTwo(good, {}, { image: `${registry}/jobs:latest` }),
      finds,
    },
  },
  nearMiss: {
    "a digest": image(`${registry}/jobs@${digest}`),
    "a tag and a digest": image(`${registry}/jobs:latest@${digest}`),
    "a tag that stays": image(`${registry}/jobs:2026-01-15`),
    "a tag that begins like one that moves": image(`${registry}/jobs:latest-1`),
    "the registry's dual-stack address": image("123456789012.dkr-ecr.us-west-2.on.aws/jobs:1"),
  },
  unknown: {
    "the container": change(good, batch.JobDefinition, { containerProperties: UNKNOWN }),
  },
  missing: {
    "an execution role, which tells the account": {
      stack: running(good, {
        executionRoleArn: undefined,
        image: "210987654321.dkr.ecr.us-west-2.amazonaws.com/jobs:1",
      }),
      finds: [],
    },
  },
  config: {
    "digests alone": {
      stack: image(`${registry}/jobs:2026-01-15`),
      settings: { movingTags: ["*"] },
      finds,
    },
    "a tag per branch that moves": {
      stack: image(`${registry}/jobs:branch-x`),
      settings: { movingTags: ["branch-*"] },
      finds,
    },
    "another registry": {
      stack: image("public.ecr.aws/team/jobs:1"),
      settings: { registries: ["public.ecr.aws"] },
      finds: [],
    },
  },
});
