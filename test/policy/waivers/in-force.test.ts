import assert from "node:assert/strict";
import { toPolicies } from "../../../policy/lib/pack.ts";
import { ec2, iam, Stack } from "../../../policy/lib/types.ts";
import { noAccessKey } from "../../../policy/rules/identity/no-access-key.ts";
import { oidcSubScoped } from "../../../policy/rules/identity/oidc-sub-scoped.ts";
import { flowLogs } from "../../../policy/rules/network/vpc-flow-logs.ts";
import { inForce } from "../../../policy/rules/waivers/in-force.ts";
import { renewal } from "../../../policy/rules/waivers/renewal.ts";
import { analyze, fixture, UNKNOWN } from "../support.ts";

const stack = [fixture(Stack, "dse-dev", {}), fixture(iam.AccessKey, "key", { user: "bot" })];
const waiver = {
  finding: "*::key",
  reason: "It goes when the bot has a role.",
  owner: "platform",
  expires: "2026-06-30",
};

/** What the pack says on that day, without the messages of the SDK. */
const said = async (
  today: string,
  changes: object | readonly object[] = {},
  resources = stack,
  others: object = {},
) => {
  const policies = toPolicies(
    { identity: [noAccessKey, oidcSubScoped], waivers: [inForce, renewal] },
    today,
  );
  const { reports } = await analyze(policies, resources, {
    [noAccessKey.name]: { waivers: [changes].flat().map((one) => ({ ...waiver, ...one })) },
    ...others,
  });
  return reports.map(({ rule, level, message }) => `${level} ${rule} ${message}`);
};

describe(inForce.name, () => {
  it("is content with a waiver that a finding needs", async () => {
    assert.deepEqual(await said("2026-05-01"), []);
    assert.deepEqual(await said("2026-05-01", {}, [...stack].reverse()), []);
  });

  it("tells waivers apart, of one rule or of two", async () => {
    const none = ({ finding }: { finding: string }, rule: string) =>
      `mandatory waiver-in-force dse-dev: the waiver of ${rule} for ${finding} matches no finding; ` +
      "write the URN of the finding, or remove the waiver.";
    const [keys, roles] = [{ finding: "*::keys" }, { finding: "*::roles" }];
    assert.deepEqual(await said("2026-05-01", [{}, keys, roles]), [
      none(keys, noAccessKey.name),
      none(roles, noAccessKey.name),
    ]);
    assert.deepEqual(
      await said("2026-05-01", {}, stack, { [oidcSubScoped.name]: { waivers: [waiver] } }),
      [none(waiver, oidcSubScoped.name)],
    );
  });

  it("knows the waivers of rules that look at several resources", async () => {
    const policies = toPolicies({ network: [flowLogs], waivers: [inForce] }, "2026-05-01");
    const { reports } = await analyze(
      policies,
      [...stack.slice(0, 1), fixture(ec2.Vpc, "main", {})],
      {
        [flowLogs.name]: { waivers: [{ ...waiver, finding: "*::other" }] },
      },
    );
    assert.deepEqual(
      reports.map(({ rule }) => rule),
      [flowLogs.name, inForce.name],
    );
  });

  it("finds a waiver that matches nothing", async () => {
    const [line, ...more] = await said("2026-05-01", { finding: "*::keys" });
    assert.match(line ?? "", /^mandatory iam-no-access-key key: /);
    assert.deepEqual(more, [
      "mandatory waiver-in-force dse-dev: the waiver of iam-no-access-key for *::keys matches no finding; " +
        "write the URN of the finding, or remove the waiver.",
    ]);
  });

  it("finds one of a rule that no resource is of", async () => {
    const lines = await said("2026-05-01", {}, stack.slice(0, 1));
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^mandatory waiver-in-force .* matches no finding; /);
  });

  it("accuses no waiver of a rule that cannot know yet", async () => {
    const unknown = fixture(iam.UserLoginProfile, "login", { user: "ann", pgpKey: UNKNOWN });
    const [blind, ...more] = await said("2026-05-01", { finding: "*::login" }, [
      ...stack.slice(0, 1),
      unknown,
    ]);
    assert.match(blind ?? "", /^advisory iam-no-access-key .* can't be known during preview$/);
    assert.deepEqual(more, []);
  });

  it("accuses one of another rule than that", async () => {
    const unknown = fixture(iam.UserLoginProfile, "login", { user: "ann", pgpKey: UNKNOWN });
    const lines = await said(
      "2026-05-01",
      { finding: "*::login" },
      [...stack.slice(0, 1), unknown],
      { [oidcSubScoped.name]: { waivers: [{ ...waiver, finding: "*::role" }] } },
    );
    assert.equal(lines.length, 2);
    assert.match(
      lines[1] ?? "",
      /the waiver of iam-oidc-sub-scoped for \*::role matches no finding;/,
    );
  });

  it("finds one that has expired, and the finding that it waived", async () => {
    const [found, expired] = await said("2026-07-01");
    assert.match(found ?? "", /^mandatory iam-no-access-key .*The waiver ended on 2026-06-30\.$/);
    assert.equal(
      expired,
      "mandatory waiver-in-force dse-dev: the waiver of iam-no-access-key for *::key expired on 2026-06-30; " +
        "write a later date, if platform agrees, or repair it and remove the waiver.",
    );
  });
});
