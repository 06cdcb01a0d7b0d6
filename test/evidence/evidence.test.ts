import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judge, type Verdict } from "../../evidence/judge.ts";
import { run } from "../../evidence/main.ts";
import { asPage, nameOf } from "../../evidence/report.ts";
import { readState } from "../../evidence/state.ts";
import platform from "../../index.ts";
import { readConfig } from "../../policy/lib/config.ts";
import { toPolicies } from "../../policy/lib/pack.ts";
import { isSubject } from "../../policy/lib/rule.ts";
import { rules, topics } from "../../policy/rules.ts";
import { analyze, recordedFixtures } from "../policy/support.ts";
import { type Recorded, runProgram } from "../support/mocks.ts";

const TODAY = "2026-11-25";
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

interface Exported {
  urn: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** What `pulumi stack export` would write of what the program made. */
const exported = (resources: readonly Recorded[]): Exported[] =>
  resources.map(({ urn, type, id, inputs, outputs, provider, options, propertyDependencies }) => ({
    urn,
    type,
    ...(id && { id }),
    inputs,
    outputs,
    ...(provider && { provider: `${provider}::0c9b` }),
    ...(options.protect && { protect: true }),
    // The engine writes null where a property comes from nothing.
    propertyDependencies: { name: null, ...propertyDependencies },
  }));

const text = (resources: readonly unknown[]) =>
  JSON.stringify({
    version: 3,
    deployment: { manifest: { time: "2026-11-24T12:00:00Z" }, resources },
  });

const environment = (name: string) =>
  readFileSync(join("policy", "config", `${name}.json`), "utf8");
const judged = (state: string, config: string, today = TODAY) =>
  judge(readState(state), topics, readConfig(config, "config", rules), today);

const found = (verdicts: readonly Verdict[], name: string) => {
  const verdict = verdicts.find(({ rule }) => rule.name === name);
  assert.ok(verdict, name);
  return verdict;
};
const outcomes = (verdicts: readonly Verdict[], name: string) =>
  found(verdicts, name).results.map(({ outcome }) => outcome);

describe("evidence", () => {
  let recorded: readonly Recorded[];
  let resources: Exported[];
  let state: string;
  before(async () => {
    recorded = (await runProgram(platform, { stack: "dev" })).resources;
    resources = exported(recorded);
    state = text(resources);
  });

  /** The stack with other inputs and outputs of the resources whose URN ends so. */
  const changed = (end: string, props: Record<string, unknown>) =>
    text(
      resources.map((one) =>
        one.urn.endsWith(end)
          ? { ...one, inputs: { ...one.inputs, ...props }, outputs: { ...one.outputs, ...props } }
          : one,
      ),
    );

  for (const [name, isClean] of [
    ["dev", true],
    ["prod", false],
  ] as const)
    it(`says of the stack what the pack says by ${name}'s levels, and no more`, async () => {
      const { inputs, outputs } = recordedFixtures(recorded);
      const config = JSON.parse(environment(name)) as Record<string, never>;
      const { reports } = await analyze(toPolicies(topics, TODAY), inputs, config, outputs);
      const verdicts = judged(state, environment(name));
      const violated = verdicts.flatMap(({ rule, level, results }) =>
        results.flatMap(({ urn, findings }) =>
          findings
            .filter(({ waiver }) => !waiver)
            .map(({ wrong, write }) => [
              rule.name,
              level === "remediate" ? "mandatory" : level,
              urn,
              `${urn.split("::").at(-1) ?? ""}: ${wrong}; write ${write}.`,
            ]),
        ),
      );
      assert.deepEqual(
        violated.sort(),
        reports.map(({ rule, level, urn, message }) => [rule, level, urn, message]).sort(),
      );
      assert.equal(violated.length === 0, isClean);
    });

  it("judges each rule of each resource that it is about, and counts the others", () => {
    const verdicts = judged(state, environment("prod"));
    assert.deepEqual(
      verdicts.map(({ rule }) => rule.name),
      rules.map(({ name }) => name),
    );
    for (const { rule, results, notApplicable } of verdicts) {
      const subjects = recorded.filter((resource) => isSubject(rule, resource));
      assert.deepEqual(
        results.map(({ urn }) => urn),
        subjects.map(({ urn }) => urn),
      );
      assert.equal(notApplicable, recorded.length - subjects.length);
    }
    assert.ok(outcomes(verdicts, "s3-bucket-public-access-block").every((one) => one === "passed"));
  });

  it("judges nothing by a rule that is disabled", () => {
    const verdicts = judged(state, '{ "batch-image-pinned": "disabled" }');
    assert.deepEqual(outcomes(verdicts, "batch-image-pinned"), []);
  });

  describe("a waiver", () => {
    const waiver = {
      finding: "*::batch#tag",
      reason: "Its tests run against the newest image.",
      owner: "platform",
      expires: "2026-12-31",
    };
    const config = JSON.stringify({ "batch-image-pinned": { waivers: [waiver] } });

    it("keeps its finding, with the reason, until its day", () => {
      const verdicts = judged(state, config);
      const [result] = found(verdicts, "batch-image-pinned").results;
      assert.equal(result?.outcome, "waived");
      assert.deepEqual(result.findings[0]?.waiver, waiver);
      assert.deepEqual(outcomes(verdicts, "waiver-in-force"), ["passed"]);
    });

    it("keeps nothing after that, and is itself a violation", () => {
      const verdicts = judged(state, config, "2027-01-01");
      assert.deepEqual(outcomes(verdicts, "batch-image-pinned"), ["violated"]);
      assert.deepEqual(outcomes(verdicts, "waiver-in-force"), ["violated"]);
    });

    it("is a violation where it keeps nothing", () => {
      const digest = `123456789012.dkr.ecr.us-west-2.amazonaws.com/jobs@sha256:${"0".repeat(64)}`;
      const other = changed("JobDefinition::batch", {
        containerProperties: JSON.stringify({ image: digest }),
      });
      const verdicts = judged(other, config);
      assert.deepEqual(outcomes(verdicts, "batch-image-pinned"), ["passed"]);
      assert.deepEqual(outcomes(verdicts, "waiver-in-force"), ["violated"]);
    });

    it("does not keep another finding of the resource", () => {
      const image = "docker.io/python:latest";
      const other = changed("JobDefinition::batch", {
        containerProperties: JSON.stringify({ image }),
      });
      assert.deepEqual(outcomes(judged(other, config), "batch-image-pinned"), ["violated"]);
    });
  });

  describe("a secret of the state", () => {
    const options = { "smtp.smtp_password": "hunter2" };
    const name = "mwaa-exposure-and-keys";
    const config =
      '{ "mwaa-exposure-and-keys": { "allowPublicWebserver": true, "requireKmsKey": false } }';
    const secret = (rest: object) =>
      changed("Environment::mwaa", { airflowConfigurationOptions: { ...SECRET, ...rest } });

    it("is judged where the export shows it, and told by no report", async () => {
      const shown = secret({ plaintext: JSON.stringify(options) });
      assert.deepEqual(outcomes(judged(shown, config), name), ["violated"]);
      const { stdout } = await run(["--json"], () => Promise.resolve(shown));
      assert.match(stdout, /smtp\.smtp_password/);
      assert.doesNotMatch(stdout, /hunter2/);
    });

    it("is not known where the export does not", () => {
      const verdicts = judged(secret({ ciphertext: "v1:AAAA" }), config);
      assert.deepEqual(outcomes(verdicts, name), ["unknown"]);
      assert.match(
        page(verdicts),
        /^\| `mwaa-exposure-and-keys` \| `.*:Environment mwaa` \| .*airflowConf/m,
      );
    });
  });

  const page = (verdicts: readonly Verdict[]) =>
    asPage({
      stack: "dev",
      environment: "dev",
      date: TODAY,
      state: { updated: "2026-11-24T12:00:00Z", digest: "0".repeat(64), resources: 1 },
      verdicts,
    });

  it("writes a page: what is open, what is waived and why, and the controls", () => {
    const waivers = [
      {
        finding: "*::batch#tag",
        reason: "Its tests run against the newest image.",
        owner: "platform",
        expires: "2026-12-31",
      },
    ];
    const lines = page(judged(state, JSON.stringify({ "batch-image-pinned": { waivers } }))).split(
      "\n",
    );
    const has = (line: string) =>
      assert.ok(lines.includes(line), `${line}\n  is not in\n${lines.join("\n")}`);
    const job = "`aws:batch/jobDefinition:JobDefinition batch`";
    has("## Violated, mandatory");
    has(
      `| \`batch-log-and-timeout\` | ${job} | its jobs may run for ever; write timeout.attemptDurationSeconds of 86400 at most |`,
    );
    has(
      `| \`batch-image-pinned\` | ${job} | its image's tag latest moves | Its tests run against the newest image. | platform | 2026-12-31 |`,
    );
    // Of a rule that is kept, one that is broken, one that is waived, one that is about nothing here.
    const control = (id: string) => lines.find((line) => line.startsWith(`| ${id} | `));
    assert.equal(control("S3.8"), "| S3.8 | passed | `s3-bucket-public-access-block` |");
    assert.equal(control("ECS.9"), "| ECS.9 | violated | `batch-log-and-timeout` |");
    assert.equal(control("SR-11"), "| SR-11 | waived | `batch-image-pinned` |");
    assert.equal(control("IAM.3"), "| IAM.3 | not applicable | `iam-no-access-key` |");
  });

  it("calls resources by their type and name", () => {
    assert.equal(
      nameOf("urn:pulumi:dev::dse::dse:platform:Batch$aws:batch/jobQueue:JobQueue::batch"),
      "aws:batch/jobQueue:JobQueue batch",
    );
  });

  describe("the command", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "evidence-"));
      process.env["DSE_POLICY_DATE"] = TODAY;
    });
    after(() => {
      rmSync(folder, { recursive: true });
      delete process.env["DSE_POLICY_DATE"];
    });
    const exporting = () => Promise.resolve(state);
    const file = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };

    it("writes both files, sums up, and ends well where nothing mandatory is violated", async () => {
      const out = join(folder, "out");
      const { stdout, stderr, exitCode } = await run(["--out", out], exporting);
      assert.equal(stderr, "");
      assert.equal(exitCode, 0, stdout);
      assert.deepEqual(readdirSync(out), ["dev.json", "dev.md"]);
      assert.match(stdout, /^Stack dev, by policy\/config\/dev\.json: \d+ passed, /m);
      const data = JSON.parse(readFileSync(join(out, "dev.json"), "utf8")) as {
        clean: boolean;
        rules: { rule: string; results: { urn: string; outcome: string }[] }[];
        controls: { fsbp: { id: string; outcome: string; rules: string[] }[] };
      };
      assert.equal(data.clean, true);
      assert.equal(data.rules.length, rules.length);
      assert.deepEqual(
        data.controls.fsbp.find(({ id }) => id === "S3.8"),
        { id: "S3.8", outcome: "passed", rules: ["s3-bucket-public-access-block"] },
      );
    });

    it("ends with 1 where something mandatory is violated", async () => {
      const args = ["--environment", "prod", "--out", join(folder, "prod")];
      const { stdout, exitCode } = await run(args, exporting);
      assert.equal(exitCode, 1);
      assert.match(stdout, /^ {2}mandatory batch-image-pinned: .*JobDefinition batch: its image/m);
      assert.match(stdout, /^Something mandatory is violated\.$/m);
    });

    it("takes an export from a file, by production's levels where the stack has none", async () => {
      const args = ["--stack", "live", "--state", file("state.json", state), "--json"];
      const { stdout, exitCode } = await run(args, () => assert.fail("nothing local is asked"));
      assert.equal(exitCode, 1);
      const { stack, environment: by } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual([stack, by], ["live", "prod"]);
    });

    it("helps", async () => {
      const { stdout, exitCode } = await run(["--help"], exporting);
      assert.match(stdout, /--state +a file with the export/);
      assert.equal(exitCode, 0);
    });

    for (const [what, args, message] of [
      ["an option that is none", ["--stak", "dev"], /Unknown option '--stak'/],
      ["a word", ["dev"], /positional/],
      ["a stack that is a path", ["--stack", "../dev"], /"\.\.\/dev" is no name of a stack/],
      ["an environment that is none", ["--environment", "test"], /no test\.json; it has dev, /],
      ["a file that is none", ["--state", "no/such.json"], /no\/such\.json cannot be read: ENOENT/],
    ] as const)
      it(`refuses ${what}, in a line`, async () => {
        const { stdout, stderr, exitCode } = await run([...args], exporting);
        assert.equal(stdout, "");
        assert.equal(exitCode, 2);
        assert.match(stderr, message);
        assert.match(stderr, /^evidence: .*\n$/);
      });

    for (const [what, content, message] of [
      ["no JSON", "Updating (dev)", /no JSON/],
      ["another JSON", "{}", /no export of a stack: deployment: /],
      ["an empty stack", text([]), /deployment\.resources: the stack has no resources/],
    ] as const)
      it(`refuses an export that is ${what}`, async () => {
        const { stderr, exitCode } = await run(["--state", file("state.json", content)], exporting);
        assert.equal(exitCode, 2);
        assert.match(stderr, message);
      });

    it("says how to deploy a stack that is not there", async () => {
      process.env["DSE_LOCAL_DIR"] = join(folder, "no-instance");
      try {
        const { stderr, exitCode } = await run(["--stack", "qa"]);
        assert.equal(exitCode, 2);
        assert.match(stderr, /qa is not deployed to the local AWS: `make up STACK=qa` deploys it/);
      } finally {
        delete process.env["DSE_LOCAL_DIR"];
      }
    });
  });
});
