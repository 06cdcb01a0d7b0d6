import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseDocument, visit } from "yaml";
import { z } from "zod";
import { environmentVariables } from "../operations/github/variables.mts";

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const permissions = z.record(z.string(), z.enum(["read", "write"]));
const step = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    if: z.string(),
    uses: z.string(),
    with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    env: z.record(z.string(), z.string()),
    run: z.string(),
    shell: z.literal("bash"),
  })
  .partial();
const concurrency = z.strictObject({
  group: z.string(),
  "cancel-in-progress": z.union([z.boolean(), z.string()]),
});
const job = z.strictObject({
  name: z.string().optional(),
  needs: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.string()).optional(),
  "runs-on": z.string().optional(),
  "timeout-minutes": z.number().optional(),
  environment: z.string().optional(),
  permissions: permissions.optional(),
  strategy: z.unknown().optional(),
  concurrency: concurrency.optional(),
  steps: z.array(step).optional(),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal("bash") }) }).optional(),
  jobs: z.record(z.string(), job),
});
const action = z.object({
  runs: z.strictObject({ using: z.literal("composite"), steps: z.array(step) }),
});

const files = readdirSync(join(root, ".github/workflows"));
const workflows = new Map(
  files.map((file) => [file, workflow.parse(parse(read(`.github/workflows/${file}`)))]),
);
const actions = new Map(
  readdirSync(join(root, ".github/actions")).map((name) => [
    `./.github/actions/${name}`,
    action.parse(parse(read(`.github/actions/${name}/action.yml`))).runs.steps,
  ]),
);
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, each]) => ({ where: `${file}: ${name}`, file, name, ...each })),
);
const steps = [
  ...jobs.flatMap(({ where, steps = [] }) => steps.map((each) => ({ where, ...each }))),
  ...[...actions].flatMap(([where, steps]) => steps.map((each) => ({ where, ...each }))),
];
const only = (file: string) => {
  const found = workflows.get(file);
  assert.ok(found, file);
  return found;
};

describe("workflows", () => {
  it("are these, each with what starts it", () => {
    const starts = Object.fromEntries([...workflows].map(([file, { on }]) => [file, on]));
    assert.deepEqual(Object.keys(starts).sort(), [
      "checks.yml",
      "deploy-stack.yml",
      "deploy.yml",
      "drift.yml",
      "image.yml",
      "job.yml",
      "preview.yml",
    ]);
    const { push, ...others } = only("checks.yml").on;
    assert.deepEqual(push, { branches: ["**", "!main"] });
    assert.deepEqual(Object.keys(others), ["workflow_call"]);
    assert.deepEqual(only("deploy.yml").on, { push: { branches: ["main"] } });
    assert.deepEqual(only("preview.yml").on, { pull_request: { branches: ["main"] } });
    assert.deepEqual(only("job.yml").on["schedule"], [{ cron: "23 12 * * *" }]);
    // It would run a stranger's code with this repository's rights.
    for (const { on } of workflows.values()) assert.ok(!("pull_request_target" in on));
  });

  it("have the least rights: reading by default, more by job, and never a token and packages in one", () => {
    for (const [file, { permissions }] of workflows)
      assert.deepEqual(permissions, { contents: "read" }, file);
    for (const { where, permissions: { contents, ...more } = {}, steps = [] } of jobs) {
      assert.ok(contents === undefined || contents === "read", where);
      const rights = Object.entries(more).map(([what, right]) => `${what}: ${right}`);
      assert.ok(rights.length <= 1, where);
      for (const right of rights)
        assert.match(right, /^(id-token|pull-requests|issues): write$/, where);
      const text = JSON.stringify(steps);
      if (/pull-requests|issues/.test(rights.join()))
        assert.doesNotMatch(text, /npm |actions\/pulumi|actions\/aws/, where);
      else assert.doesNotMatch(text, /github\.token|secrets\./, where);
    }
  });

  it("take a role only where the job may ask for a token, by a variable", () => {
    const taking = jobs.filter(({ steps }) =>
      steps?.some(({ uses }) => uses === "./.github/actions/aws"),
    );
    assert.equal(taking.length, 6);
    for (const { where, permissions, steps = [], environment } of taking) {
      assert.equal(permissions?.["id-token"], "write", where);
      const role = steps.find(({ uses }) => uses === "./.github/actions/aws")?.with?.["role"];
      // Deploy and jobs are for jobs of the environment, preview for those of none: see components/github.ts.
      const allowed = environment
        ? /^\$\{\{ vars\.(DEPLOY|JOBS)_ROLE \}\}$/
        : /^\$\{\{ (matrix\.role|inputs\.preview-role) \}\}$/;
      assert.match(String(role), allowed, where);
    }
  });

  it("use actions by commit, or by a tag that docs/workflows.md lists", () => {
    const page = read("docs/workflows.md");
    const listed = [...page.matchAll(/^\| `([\w./-]+@[\w.]+)`/gm)].map(([, each]) => each);
    const used = new Set<string>();
    const sources = [
      ...files.map((file) => `.github/workflows/${file}`),
      ...[...actions.keys()].map((name) => `${name}/action.yml`),
    ];
    for (const source of sources)
      for (const [line, uses = ""] of read(source).matchAll(/^.*\buses: (\S+).*$/gm)) {
        if (uses.startsWith("./")) continue;
        if (/@[0-9a-f]{40}$/.test(uses)) assert.match(line, /# v\d+\.\d+\.\d+$/, source);
        used.add(/@[0-9a-f]{40}$/.test(uses) ? `${uses.split("@")[0]}@${version(line)}` : uses);
      }
    assert.deepEqual([...used].sort(), listed.sort());
    for (const [, uses, commit] of page.matchAll(/^\| `([\w./-]+@[\w.]+)` +\| `?([\w ]+)`? +\|/gm))
      assert.equal(
        /^[0-9a-f]{40}$/.test(commit ?? ""),
        sources.some((source) => read(source).includes(`${uses?.split("@")[0]}@${commit}`)),
        uses,
      );
  });

  it("end by themselves, on a runner that does not change under them", () => {
    for (const { where, uses, "runs-on": runner, "timeout-minutes": limit } of jobs) {
      if (uses !== undefined) continue;
      assert.equal(runner, "ubuntu-24.04", where);
      assert.ok(limit !== undefined && limit <= 120, where);
    }
  });

  it("have credentials of the stack for as long as a deployment may take", () => {
    const deploy = only("deploy-stack.yml").jobs["deploy"];
    const aws = deploy?.steps?.find(({ uses }) => uses === "./.github/actions/aws");
    const seconds = Number(aws?.with?.["seconds"]);
    assert.equal(seconds, Number(deploy?.["timeout-minutes"]) * 60);
    assert.match(read("components/github.ts"), new RegExp(`deploy: ${seconds}`));
  });

  it("deploy to a stack one after another, and never end a deployment", () => {
    const deploying = jobs.filter(({ uses }) => uses === "./.github/workflows/deploy-stack.yml");
    assert.deepEqual(
      deploying.map(({ name, with: inputs, concurrency, needs }) => [
        name,
        inputs?.["stack"],
        concurrency,
        needs,
      ]),
      [
        ["dev", "dev", { group: "deploy-dev", "cancel-in-progress": false }, "checks"],
        ["qa", "qa", { group: "deploy-qa", "cancel-in-progress": false }, "dev"],
      ],
    );
    const { plan, deploy } = only("deploy-stack.yml").jobs;
    assert.equal(plan?.environment, undefined);
    assert.equal(deploy?.environment, "${{ inputs.stack }}");
    assert.equal(deploy.needs, "plan");
    const run = (of: typeof plan) => of?.steps?.map(({ run = "" }) => run).join("\n") ?? "";
    // `platform` has the policy pack always on.
    assert.match(
      run(plan),
      /^operations\/bin\/platform preview "\$STACK" --save-plan plan\.json /m,
    );
    assert.match(run(deploy), /^operations\/bin\/platform up "\$STACK" --plan plan\.json --yes /m);
    // A group keeps only the latest that waits: another kind of job in it would end a deployment that does.
    const groups = jobs.flatMap(({ concurrency }) => concurrency?.group ?? []);
    assert.equal(groups.filter((group) => group.startsWith("deploy-")).length, 2);
  });

  it("put no value of an expression into a command, and pipe only where a failure is one", () => {
    for (const { where, run, uses } of steps) {
      assert.ok((run === undefined) !== (uses === undefined), where);
      assert.doesNotMatch(run ?? "", /\$\{\{/, where);
    }
    // By this name GitHub's bash has pipefail, and without one not.
    // https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#defaultsrunshell
    for (const [file, { defaults, jobs }] of workflows)
      if (Object.values(jobs).some(({ steps }) => steps?.some(({ run }) => run !== undefined)))
        assert.equal(defaults?.run.shell, "bash", file);
    for (const each of [...actions.values()].flat())
      if (each.run !== undefined) assert.equal(each.shell, "bash");
  });

  it("cannot pass without having looked: nothing is optional, nothing is ignored", () => {
    for (const file of files) {
      visit(parseDocument(read(`.github/workflows/${file}`)), {
        Pair(_, { key }) {
          assert.notEqual(String(key), "continue-on-error", file);
        },
      });
      assert.doesNotMatch(read(`.github/workflows/${file}`), /\|\| (true|:)|set \+e/, file);
    }
    // A step or job with a condition runs also, or says no, where others failed: none is left out of a good run.
    for (const { where, if: condition } of [...steps, ...jobs])
      assert.match(
        condition ?? "!cancelled()",
        /!cancelled\(\)|^github\.event\.pull_request\.head\.repo\.full_name != github\.repository$/,
        where,
      );
    const tested = only("checks.yml").jobs["test"]?.steps?.at(-1);
    assert.deepEqual(tested, { run: "make test" });
    assert.match(read("README.md"), /`make test`/);
  });

  it("leave no credential of GitHub's in the clone", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.ok(checkouts.length > 0);
    for (const { where, with: inputs } of checkouts)
      assert.equal(inputs?.["persist-credentials"], false, where);
  });

  it("cache only in the checks, which hold no role", () => {
    const caching = steps.filter(({ uses }) => uses?.startsWith("actions/cache@"));
    assert.deepEqual(
      caching.map(({ where }) => where),
      ["checks.yml: test"],
    );
    const nodes = steps.filter(({ uses }) => uses?.startsWith("actions/setup-node@"));
    for (const { where, with: inputs } of nodes)
      assert.deepEqual(inputs, { "node-version": 24, "package-manager-cache": false }, where);
  });

  it("run scripts that are there", () => {
    const scripts = steps.flatMap(({ run = "" }) => [...run.matchAll(/node (\S+\.mts)/g)]);
    assert.ok(scripts.length >= 6);
    for (const [, script = ""] of scripts) assert.ok(read(script));
  });

  it("read variables that docs/workflows.md says how to set, and no others", () => {
    const text = [...files.map((file) => `.github/workflows/${file}`)].map(read).join("\n");
    const used = [...new Set([...text.matchAll(/vars\.(\w+)/g)].map(([, name]) => name))].sort();
    const ofStacks = ["DEV_PREVIEW_ROLE", "QA_PREVIEW_ROLE", ...Object.keys(environmentVariables)];
    assert.deepEqual(used, ["AWS_REGION", "PULUMI_BACKEND_URL", ...ofStacks].sort());
    for (const name of used) assert.match(read("docs/workflows.md"), new RegExp(`\`${name}\``));
  });

  it("submit the reference's job every day: 2 vCPUs, 4096 MiB, to dev", () => {
    const env = only("job.yml").jobs["submit"]?.steps?.at(-1)?.env;
    assert.equal(env?.["JOB_VCPUS"], "${{ inputs.vcpus || '2' }}");
    assert.equal(env["JOB_MEMORY"], "${{ inputs.memory || '4096' }}");
    assert.equal(only("job.yml").jobs["submit"]?.environment, "${{ inputs.stack || 'dev' }}");
  });
});

describe("dependabot.yml", () => {
  it("looks where lock files are", () => {
    const { updates } = z
      .object({
        updates: z.array(
          z.object({
            "package-ecosystem": z.string(),
            directory: z.string().optional(),
            directories: z.array(z.string()).optional(),
          }),
        ),
      })
      .parse(parse(read(".github/dependabot.yml")));
    const locks: Record<string, string> = {
      npm: "package-lock.json",
      pip: "requirements.txt",
      gomod: "go.sum",
      docker: "Dockerfile",
    };
    for (const { "package-ecosystem": kind, directory, directories } of updates)
      if (kind !== "github-actions")
        for (const each of directories ?? [directory ?? ""])
          assert.ok(read(join(each, locks[kind] ?? "none")), `${kind} in ${each}`);
  });
});

function version(line: string): string {
  return /# (v[\d.]+)$/.exec(line)?.[1] ?? "";
}
