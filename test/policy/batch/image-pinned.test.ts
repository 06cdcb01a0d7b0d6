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
    "a registry that ends like one": { stack: image(`x-${registry}/jobs@${digest}`), finds },
    "a registry of this machine": {
      stack: image(`localhost/jobs@${digest}`),
      finds,
      says: /its image comes from localhost;/,
    },
    "a public registry": {
      stack: image(`public.ecr.aws/team/jobs@${digest}`),
      finds,
      says: /its image comes from public\.ecr\.aws;/,
    },
    "Docker Hub": {
      stack: image(`team/jobs@${digest}`),
      finds,
      says: /its image comes from docker\.io;/,
    },
    ...Object.fromEntries(
      ["localhosts", "my-localhost"].map((team) => [
        `Docker Hub, of the team ${team}`,
        { stack: image(`${team}/jobs@${digest}`), finds, says: /comes from docker\.io;/ },
      ]),
    ),
    "Docker Hub's python, by a tag that stays": {
      stack: image("python:3.12.1"),
      finds,
      says: /its image comes from docker\.io;/,
    },
    "Docker Hub's latest python": { stack: image("python"), finds: ["job", "job"] },
    "no tag, by the port of a registry": {
      stack: image("registry.example.com:5000/team/jobs"),
      finds: ["job", "job"],
      says: /its image has no tag/,
    },
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
    "an execution role, with another registry": {
      stack: running(good, { executionRoleArn: undefined, image: `team/jobs@${digest}` }),
      finds,
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
    "one of several tags that move": {
      stack: image(`${registry}/jobs:main`),
      settings: { movingTags: ["latest", "main"] },
      finds,
    },
    "another registry": {
      stack: image("public.ecr.aws/team/jobs:1"),
      settings: { registries: ["public.ecr.aws"] },
      finds: [],
    },
  },
});
