import { ecr } from "../../../policy/lib/types.ts";
import { ecrLifecyclePolicy } from "../../../policy/rules/storage/ecr-lifecycle-policy.ts";
import { repositoryStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN, without } from "../support.ts";

const good = repositoryStack();
const { LifecyclePolicy, Repository } = ecr;
const rule = {
  rulePriority: 1,
  selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 },
  action: { type: "expire" },
};
const policy = (...changes: object[]) =>
  change(good, LifecyclePolicy, {
    policy: JSON.stringify({ rules: changes.map((one) => ({ ...rule, ...one })) }),
  });
const keeping = (countNumber: number) => policy({ selection: { ...rule.selection, countNumber } });

testRule(ecrLifecyclePolicy, {
  good,
  bad: {
    "no policy": {
      stack: without(good, LifecyclePolicy),
      finds: ["images"],
      says: /it keeps every/,
    },
    "a rule that keeps everything": { stack: keeping(1001), finds: ["images"] },
    "a rule that only moves images": {
      stack: policy({ action: { type: "transition" } }),
      finds: ["images"],
    },
  },
  nearMiss: {
    "a policy linked by name": [
      ...without(good, LifecyclePolicy),
      fixture(LifecyclePolicy, "policy", {
        repository: "images",
        policy: JSON.stringify({ rules: [rule] }),
      }),
    ],
    "a rule for untagged images alone": good,
    "as many as may be": keeping(1000),
    "a rule that expires images, beside one that moves them": policy(
      {},
      { action: { type: "transition" } },
    ),
  },
  unknown: { "the policy": change(good, LifecyclePolicy, { policy: UNKNOWN }) },
  missing: {
    "a count": {
      stack: policy({ selection: { ...rule.selection, countNumber: undefined } }),
      finds: ["images"],
      says: /its lifecycle policy keeps every image/,
    },
    "a selection": { stack: policy({ selection: undefined }), finds: ["images"] },
    "an action": { stack: policy({ action: undefined }), finds: ["images"] },
    rules: { stack: change(good, LifecyclePolicy, { policy: "{}" }), finds: ["images"] },
    "a repository's name": { stack: change(good, Repository, { name: undefined }), finds: [] },
  },
  config: {
    "fewer than by default": { stack: keeping(100), settings: { mostKept: 99 }, finds: ["images"] },
  },
});
