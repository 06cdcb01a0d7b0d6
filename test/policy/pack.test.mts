import assert from "node:assert/strict";
import { join } from "node:path";
import { packOptions } from "../../policy/pack.mts";

const policy = join(import.meta.dirname, "..", "..", "policy");

describe("the pack's options", () => {
  for (const [stack, file] of [
    ["dev", "dev.json"],
    ["qa", "qa.json"],
    ["prod", "prod.json"],
    ["live", "prod.json"],
  ] as const)
    it(`are those of ${file} for ${stack}`, () => {
      assert.deepEqual(packOptions(stack), [
        `--policy-pack=${policy}`,
        `--policy-pack-config=${join(policy, "config", file)}`,
      ]);
    });
});
