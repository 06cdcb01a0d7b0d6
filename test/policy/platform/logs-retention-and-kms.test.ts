import assert from "node:assert/strict";
import { toPolicies } from "../../../policy/lib/pack.ts";
import { cloudwatch } from "../../../policy/lib/types.ts";
import { logsRetentionAndKms } from "../../../policy/rules/platform/logs-retention-and-kms.ts";
import { key } from "../fixtures.ts";
import { analyze, fixture, testRule, UNKNOWN } from "../support.ts";

const logs = (change: object) => [
  fixture(cloudwatch.LogGroup, "logs", { retentionInDays: 365, kmsKeyId: key, ...change }),
];

testRule(logsRetentionAndKms, {
  good: logs({}),
  bad: {
    "0 days, which is for ever": {
      stack: logs({ retentionInDays: 0 }),
      finds: ["logs"],
      says: /its logs are kept for ever; write retentionInDays: 365 or more\.$/,
    },
    "7 days": {
      stack: logs({ retentionInDays: 7 }),
      finds: ["logs"],
      says: /its logs are deleted after 7 days;/,
    },
    "7 days and no key, told apart": {
      stack: logs({ retentionInDays: 7, kmsKeyId: undefined }),
      finds: ["logs", "logs"],
      beyondRepair: true,
    },
    "no key": { stack: logs({ kmsKeyId: "" }), finds: ["logs"], beyondRepair: true },
  },
  nearMiss: {
    "ten years": logs({ retentionInDays: 3653 }),
    "exactly a year": logs({}),
    "a key that is not made yet": logs({ kmsKeyId: UNKNOWN }),
  },
  unknown: { "the days": logs({ retentionInDays: UNKNOWN }) },
  missing: {
    "the days": { stack: logs({ retentionInDays: undefined }), finds: ["logs"] },
    "the key": { stack: logs({ kmsKeyId: undefined }), finds: ["logs"] },
  },
  config: {
    "two weeks, where they are enough": {
      stack: logs({ retentionInDays: 14 }),
      settings: { leastDays: 14 },
      finds: [],
    },
    "a week, where two are needed": {
      stack: logs({ retentionInDays: 7 }),
      settings: { leastDays: 14 },
      finds: ["logs"],
    },
    "no key, where none is needed": {
      stack: logs({ kmsKeyId: undefined }),
      settings: { requireKms: false },
      finds: [],
    },
  },
});

describe(`${logsRetentionAndKms.name}, as a repair`, () => {
  it("keeps logs no shorter that lack a key alone", async () => {
    const { resources } = await analyze(
      toPolicies({ platform: [logsRetentionAndKms] }, "2026-01-15"),
      logs({ retentionInDays: 3653, kmsKeyId: undefined }),
      { [logsRetentionAndKms.name]: { enforcementLevel: "remediate" } },
    );
    assert.deepEqual(
      resources.map(({ props }) => props),
      [{ retentionInDays: 3653 }],
    );
  });
});
