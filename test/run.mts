/**
 * Runs what the project checks, sums up what the runners report, and ends with the line `N passed, N failed`.
 *
 *   node test/run.mts            everything
 *   node test/run.mts --unit     the unit tests
 *   node test/run.mts lint types only these; `deploy` are all whose name begins with it, `deploy/recover` is one of them
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { stop } from "../local/instance.mts";
import { airflowPython } from "./airflow/airflow.mts";
import { readEslint, readGo, readMocha } from "./support/report.mts";
import { Interrupted, runStages, type Stage } from "./support/stages.mts";

const root = join(import.meta.dirname, "..");
const folder = process.env["DSE_TEST_DIR"] ?? join(root, ".local", "test");
process.chdir(root);

const tool = (path: string, ...args: string[]): [string, ...string[]] => [
  process.execPath,
  join(root, "node_modules", path),
  ...args,
];

/** A test that is skipped, or that keeps the others from running, is an error. */
function mocha(name: string, limit: number, ...args: string[]): Stage {
  const file = join(folder, `${name.replaceAll("/", "-")}.json`);
  const reporter = ["--reporter", "json", "--reporter-option", `output=${file}`];
  const strict = ["--forbid-only", "--forbid-pending"];
  return {
    name,
    command: tool("mocha/bin/mocha.js", ...strict, ...reporter, ...args),
    report: { file, read: readMocha },
    limit,
  };
}

/** Tests that .mocharc.json does not name. */
const modules = (name: string, limit: number, ...args: string[]): Stage =>
  mocha(name, limit, "--no-config", ...args);

const go = (module: string): Stage => ({
  name: `engine/${module}`,
  command: ["go", "test", "-json", "-timeout=0", "./..."], // The stage has its own.
  cwd: join(root, "engine", module),
  report: { file: "stdout", read: readGo },
  limit: 20,
});

const eslint = join(folder, "lint.json");
/** The fast tests, in two halves of about the same length, side by side. */
const unit: readonly Stage[] = [
  mocha("unit", 5, "--ignore=test/{components,policy,stacks}/**"),
  mocha(
    "unit/stacks",
    5,
    "--ignore=test/*.test.ts",
    "--ignore=test/!(components|policy|stacks)/**",
  ),
];
/** Tests of the tools that take a minute and more: each a stage, so that they run side by side. */
const slow = ["operations", "local", "engine"];
const everywhere: readonly Stage[] = [
  ...unit,
  { name: "types", command: tool("typescript/bin/tsc", "--noEmit", "-p", "."), limit: 5 },
  {
    name: "lint",
    command: tool("eslint/bin/eslint.js", "--max-warnings=0", "-f", "json", "-o", eslint, "."),
    report: { file: eslint, read: readEslint },
    limit: 10,
  },
  { name: "format", command: tool("prettier/bin/prettier.cjs", "--check", "."), limit: 5 },
  ...slow.map((part) => modules(`tools/${part}`, 15, "--timeout=60000", `test/${part}/*.test.mts`)),
  modules(
    "tools",
    10,
    "--timeout=60000",
    `--ignore=test/{actionlint,airflow,integration,${slow.join(",")}}/**`,
    "test/**/*.test.mts",
  ),
];
const withGo: readonly Stage[] = [
  {
    name: "gofmt",
    command: [
      "sh",
      "-c",
      'wrong=$(gofmt -l engine) && [ -z "$wrong" ] || { echo "$wrong"; exit 1; }',
    ],
    limit: 5,
  },
  go("pulumi"),
  go("providers"),
  modules("actionlint", 5, "--timeout=180000", "test/actionlint/*.test.mts"),
];
/** The longest first, so that the lanes end together. */
const longest = ["adopt", "platform", "recover", "policy", "projects", "everyday"];
const suffix = ".test.mts";
const deployed = readdirSync(join(root, "test", "integration"))
  .filter((file) => file.endsWith(suffix))
  .map((file) => basename(file, suffix));
/** Each on a local AWS of its own, beside the one of `make up`. */
const deploy = [...new Set([...longest, ...deployed])].map((name): Stage => {
  const instance = join(root, ".local", "test-aws", name);
  return {
    ...modules(`deploy/${name}`, 20, "--timeout=900000", `test/integration/${name}${suffix}`),
    env: { DSE_LOCAL_DIR: instance },
    cleanUp: () => stop(instance),
  };
});
const airflow = modules("airflow", 15, "test/airflow/*.test.mts");
const stages = [...everywhere, ...withGo, airflow, ...deploy].map((stage) => ({
  cwd: root,
  ...stage,
}));

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The stages that are asked for, and those that this machine can run. */
function chosen(args: readonly string[]): readonly Stage[] {
  const names = args.includes("--unit") ? ["unit"] : args;
  const isOf = (stage: Stage, name: string) =>
    stage.name === name || stage.name.startsWith(`${name}/`);
  const unknown = names.filter((name) => !stages.some((stage) => isOf(stage, name)));
  if (unknown.length > 0) {
    const known = stages.map(({ name }) => name).join(", ");
    process.stderr.write(`test: no stage ${unknown.join(", ")}; there are ${known}\n`);
    process.exit(2);
  }
  const wanted = stages.filter(
    (stage) => names.length === 0 || names.some((name) => isOf(stage, name)),
  );
  const reasons = new Map<string, string>();
  // Where no Go is, the engine was not built but found: the code that builds it is not in use. GitHub's runners have it.
  if (spawnSync("go", ["version"]).status !== 0)
    for (const { name } of withGo) reasons.set(name, "Go is not installed");
  if (!airflowPython())
    reasons.set(airflow.name, "Airflow needs Python 3.10 to 3.12, and none is installed");
  for (const { name } of wanted)
    if (reasons.has(name)) say(`- ${name}  not run: ${reasons.get(name)}`);
  const rest = wanted.filter(({ name }) => !reasons.has(name));
  if (rest.length === 0) {
    process.stderr.write("test: nothing was run\n");
    process.exit(1);
  }
  return rest;
}

const controller = new AbortController();
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  process.on(signal, () => {
    process.exitCode = code;
    controller.abort();
  });

try {
  // A deployment takes a little more than a core.
  const lanes = Math.min(availableParallelism() + 1, 4);
  const run = { folder, say, lanes, signal: controller.signal };
  if (!(await runStages(chosen(process.argv.slice(2)), run))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof Interrupted)) throw error;
  process.stderr.write("test: interrupted, no result\n");
}
