// The pack in the engine: over states that break every rule and none, and with config files that are wrong.
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../../engine/engine.mts";
import { Project, type Result, root, run } from "../engine/support.mts";
import { cleanUp, makeClone } from "../local/support.mts";

interface Finding {
  readonly rule: string;
  readonly level: string;
  readonly urn: string;
  readonly message: string;
}

interface PolicyEvent {
  readonly policyName: string;
  readonly enforcementLevel: string;
  readonly resourceUrn: string;
  readonly message: string;
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** What the engine reports, without the rule's own sentence that it puts before each message. */
const findingsIn = ({ stdout }: Result): Finding[] =>
  stdout
    .split("\n")
    .filter((line) => line.includes('"policyEvent"'))
    .map((line) => (JSON.parse(line) as { policyEvent: PolicyEvent }).policyEvent)
    .map(({ policyName, enforcementLevel, resourceUrn, message }) => ({
      rule: policyName,
      level: enforcementLevel,
      urn: resourceUrn,
      message: message.slice(message.indexOf("\n") + 1),
    }))
    .sort(byText);

describe("the policy pack in the engine", function () {
  this.timeout(120_000);
  let project: Project;
  before(async function () {
    this.timeout(0); // the engine may have to be built
    await findEngine(console.error);
    project = new Project({});
    const script = join(root, "test", "policy", "states.ts");
    const { code, stderr } = await run(process.execPath, [script, join(project.folder, "states")], {
      cwd: root,
    });
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    project.remove();
    await cleanUp();
  });

  const read = (name: string) =>
    JSON.parse(readFileSync(join(project.folder, "states", name), "utf8")) as unknown;
  const analyze = (name: string, pack = join(root, "policy")) =>
    project.pulumi(
      [
        ...["policy", "analyze", "--json", "--file", join("states", `${name}.state.json`)],
        ...["--policy-pack", pack],
        ...["--policy-pack-config", join("states", `${name}.config.json`)],
      ],
      { DSE_POLICY_DATE: read(`${name}.today.json`) as string },
    );

  it("finds nothing in a stack that keeps every rule", async () => {
    const result = await analyze("good");
    assert.deepEqual(findingsIn(result), []);
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /"PolicyPacks":\{"dse":/);
  });

  it("finds what breaks each rule, and exactly what the rules find without an engine", async () => {
    const result = await analyze("bad");
    assert.equal(result.code, 1, result.stderr);
    assert.match(result.stderr, /mandatory policy violations were found/);
    const found = findingsIn(result);
    assert.deepEqual(found, (read("bad.says.json") as Finding[]).sort(byText));
    const pairs = found.map(({ rule, urn }) => `${rule} ${urn.split("::").at(-1)}`);
    const sure = read("bad.sure.json") as string[];
    assert.deepEqual(
      sure.filter((pair) => !pairs.includes(pair)),
      [],
    );
    const rules = readFileSync(join(root, "docs", "policy.md"), "utf8").matchAll(/^\| \[`(.+?)`/gm);
    const names = [...rules].map(([, name]) => name);
    assert.deepEqual([...new Set(found.map(({ rule }) => rule))].sort(), names.sort());
  });

  /** A copy of the pack, with a config file. */
  const packIn = (folder: string, config: object) => {
    const pack = join(folder, "policy");
    rmSync(pack, { recursive: true, force: true });
    cpSync(join(root, "policy"), pack, { recursive: true });
    cpSync(join(root, "tsconfig.json"), join(folder, "tsconfig.json"));
    writeFileSync(join(pack, "config", "dev.json"), JSON.stringify(config));
    return pack;
  };

  for (const [what, config, problem] of [
    [
      "a rule that does not exist",
      { "s3-bucket-versions": "disabled" },
      "s3-bucket-versions: no such rule",
    ],
    [
      "a property that does not exist",
      { "cost-ceiling": { maxVcpu: 4 } },
      'cost-ceiling: Unrecognized key: "maxVcpu"',
    ],
    [
      "a level that does not exist",
      { "cost-ceiling": "warning" },
      'cost-ceiling: level "warning" must be one of advisory, mandatory, remediate, disabled',
    ],
    [
      "a repair by a rule that has none",
      { "cost-ceiling": "remediate" },
      "cost-ceiling: level remediate is impossible, as the rule repairs nothing",
    ],
  ] as const)
    it(`does not start with ${what} in a config file`, async () => {
      const { code, stdout, stderr } = await analyze("good", packIn(project.folder, config));
      assert.notEqual(code, 0);
      const said = (stdout + stderr).replaceAll(/\s+/g, " ");
      assert.ok(said.includes(`policy/config/dev.json cannot be used: ${problem} `), said);
    });

  it("ends make with the same message, and nothing is made", () => {
    const clone = makeClone();
    packIn(clone.folder, { "cost-ceiling": { maxVcpu: 4 } });
    const { code, out } = clone.local("up", "--stack", "dev");
    assert.notEqual(code, 0);
    assert.match(out, /policy\/config\/dev\.json cannot be used:\n +cost-ceiling: .*"maxVcpu"/);
    assert.match(clone.local("status").out, /stack dev: not deployed/);
  });
});
