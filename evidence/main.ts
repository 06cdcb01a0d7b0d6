// What a deployed stack keeps of the policy pack, for whoever has to show it: `make evidence STACK=dev`.
import "../preload.cjs";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../policy/lib/config.ts";
import { rules, topics } from "../policy/rules.ts";
import { isClean, judge } from "./judge.ts";
import { asJson, asPage, nameOf, type Evidence } from "./report.ts";
import { readState } from "./state.ts";

const root = join(import.meta.dirname, "..");
const configs = join(root, "policy", "config");

const help = `node evidence/main.ts [--stack dev] [--environment ENV] [--state FILE] [--out FOLDER] [--json]

Judges every resource of a deployed stack by every rule of the policy pack, and writes <stack>.json and <stack>.md.

  --stack        the stack; deployed to the local AWS, unless --state says otherwise (dev)
  --environment  whose levels, settings and waivers: a file of policy/config (that of the stack, else prod)
  --state        a file with the export of the stack, or - for standard input:
                 pulumi stack export -s prod --show-secrets | … --stack prod --state -
                 Without --show-secrets, rules that need a secret say that they do not know.
  --out          where to write (.local/evidence)
  --json         print the JSON, and write nothing

It ends with 1 where something mandatory is violated, with 2 where it could not judge.
`;

interface Asked {
  readonly stack: string;
  readonly environment: string;
  readonly state: string | undefined;
  readonly out: string;
  readonly json: boolean;
}

/** What the program prints, where, and how it ends. */
export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export async function run(args: string[], exportOf = exportLocal): Promise<Result> {
  try {
    const asked = ask(args);
    if (!asked) return { stdout: help, stderr: "", exitCode: 0 };
    const evidence = judged(asked, await textOf(asked, exportOf));
    const exitCode = isClean(evidence.verdicts) ? 0 : 1;
    if (asked.json) return { stdout: asJson(evidence), stderr: "", exitCode };
    const files = write(asked, evidence);
    return { stdout: summary(evidence, files), stderr: "", exitCode };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { stdout: "", stderr: `evidence: ${message}\n`, exitCode: 2 };
  }
}

function ask(args: string[]): Asked | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args,
    options: { stack: text, environment: text, state: text, out: text, json: flag, help: flag },
  });
  if (values.help) return undefined;
  const { stack = "dev", state, out = join(root, ".local", "evidence"), json = false } = values;
  if (!/^[\w.-]+$/.test(stack)) throw new Error(`${JSON.stringify(stack)} is no name of a stack`);
  const known = readdirSync(configs).map((file) => file.replace(/\.json$/, ""));
  const environment = values.environment ?? (known.includes(stack) ? stack : "prod");
  if (!known.includes(environment))
    throw new Error(`policy/config has no ${environment}.json; it has ${known.join(", ")}`);
  return { stack, environment, state, out, json };
}

async function textOf({ stack, state }: Asked, exportOf: typeof exportLocal): Promise<string> {
  if (state === undefined) return exportOf(stack);
  try {
    return readFileSync(state === "-" ? 0 : state, "utf8");
  } catch (error) {
    throw new Error(`${state} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The state of a stack that stands on the local AWS. */
async function exportLocal(stack: string): Promise<string> {
  const { instanceFolder, status } = await import("../local/instance.mts");
  const { stackState } = await import("../local/state.mts");
  const folder = instanceFolder();
  const now = status(folder);
  if (now.state !== "running" || !stackState(folder, stack)?.resources)
    throw new Error(
      `${stack} is not deployed to the local AWS: \`make up STACK=${stack}\` deploys it; --state takes the export of another (--help)`,
    );
  const { pulumi } = await import("../local/pulumi.mts");
  // Secrets are shown to the rules, and to nobody else: no finding tells a value.
  return pulumi(now.instance, ["stack", "export", "--stack", stack, "--show-secrets"]);
}

function judged({ stack, environment }: Asked, text: string): Evidence {
  const state = readState(text);
  const file = join("policy", "config", `${environment}.json`);
  const config = readConfig(readFileSync(join(root, file), "utf8"), file, rules);
  const date = process.env["DSE_POLICY_DATE"] ?? new Date().toISOString().slice(0, 10);
  const { updated, digest } = state;
  return {
    stack,
    environment,
    date,
    state: { updated, digest, resources: state.outputs.length },
    verdicts: judge(state, topics, config, date),
  };
}

function write({ stack, out }: Asked, evidence: Evidence): string[] {
  mkdirSync(out, { recursive: true });
  return Object.entries({ json: asJson(evidence), md: asPage(evidence) }).map(([suffix, text]) => {
    const file = join(out, `${stack}.${suffix}`);
    writeFileSync(file, text);
    return relative(process.cwd(), file);
  });
}

function summary({ stack, environment, verdicts }: Evidence, files: readonly string[]): string {
  const results = verdicts.flatMap(({ rule, level, results: of }) =>
    of.map((result) => ({ ...result, rule, level })),
  );
  const count = (outcome: string) =>
    String(results.filter((result) => result.outcome === outcome).length);
  const lines = results
    .filter(({ outcome }) => outcome === "violated")
    .flatMap(({ rule, level, urn, findings }) =>
      findings
        .filter(({ waiver }) => !waiver)
        .map(({ wrong }) => `  ${level.padEnd(9)} ${rule.name}: ${nameOf(urn)}: ${wrong}`),
    );
  return [
    ...lines.sort().reverse(),
    `Stack ${stack}, by policy/config/${environment}.json: ${count("passed")} passed, ${count("waived")} waived, ${count("unknown")} not known, ${count("violated")} violated.`,
    isClean(verdicts) ? "Nothing mandatory is violated." : "Something mandatory is violated.",
    `Written: ${files.join(", ")}`,
    "",
  ].join("\n");
}

if (import.meta.main)
  void run(process.argv.slice(2)).then(({ stdout, stderr, exitCode }) => {
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
  });
