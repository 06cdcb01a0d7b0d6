import assert from "node:assert/strict";
import { toPolicies } from "../../../policy/lib/pack.ts";
import { iam, Stack } from "../../../policy/lib/types.ts";
import { noAccessKey } from "../../../policy/rules/identity/no-access-key.ts";
import { renewal } from "../../../policy/rules/waivers/renewal.ts";
import { analyze, fixture } from "../support.ts";

const stack = [fixture(Stack, "dse-dev", {}), fixture(iam.AccessKey, "key", { user: "bot" })];
const waiver = {
  finding: "*::key",
  reason: "It goes when the bot has a role.",
  owner: "platform",
  expires: "2026-06-30",
};

const said = async (today: string, settings: object = {}) => {
  const policies = toPolicies({ identity: [noAccessKey], waivers: [renewal] }, today);
  const { reports } = await analyze(policies, stack, {
    [noAccessKey.name]: { waivers: [waiver] },
    [renewal.name]: { ...settings },
  });
  return reports
    .filter(({ rule }) => rule === renewal.name)
    .map(({ level, message }) => `${level} ${message}`);
};

describe(renewal.name, () => {
  it("is waived by none", () => {
    assert.throws(() => renewal.readConfig({ waivers: [waiver] }), /waivers/);
  });

  it("warns 30 days before a waiver expires, to its last day", async () => {
    assert.deepEqual(await said("2026-05-30"), []);
    assert.deepEqual(await said("2026-05-31"), [
      "advisory dse-dev: the waiver of iam-no-access-key for *::key expires on 2026-06-30, in 30 days; " +
        "write a later date, if platform agrees, or repair it and remove the waiver.",
    ]);
    assert.equal((await said("2026-06-30")).length, 1);
  });

  it("leaves what has expired to waiver-in-force", async () => {
    assert.deepEqual(await said("2026-07-01"), []);
  });

  it("warns as early as it is told", async () => {
    assert.equal((await said("2026-05-30", { noticeDays: 31 })).length, 1);
  });
});
