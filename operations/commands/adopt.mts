// adopt: a stack takes over what Terraform made. The account is read, and nothing in it changes.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { parse, stringify } from "yaml";
import { bringAirflowFiles } from "../adopt/airflow-files.mts";
import { type Plan, planAdoption } from "../adopt/plan.mts";
import { page, type Report, reportOf, summaryLines } from "../adopt/report.mts";
import { type Identity, identityOf } from "../adopt/identity.mts";
import { asConfig, type Settings } from "../adopt/settings.mts";
import { emptyState, forget, takeOver } from "../adopt/stack-state.mts";
import { type Instance, readState } from "../adopt/terraform-state.mts";
import { packConfigOf, waiversOf } from "../adopt/waivers.mts";
import { Workspace } from "../adopt/workspace.mts";
import { confirm } from "../lib/ask.mts";
import { misused, refused } from "../lib/errors.mts";
import { print, say } from "../lib/progress.mts";
import { clone } from "../lib/pulumi.mts";
import { openStack, type Stack } from "../lib/stack.mts";

interface Options {
  readonly plan?: true;
  readonly undo?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly out?: string;
}

const defaultRegion = "us-west-2";

/** The state must be of the account of the credentials, and of a region that neither stack nor shell gainsays. */
function checkPlace(stack: Stack, { accountId, region }: Identity): void {
  if (accountId !== stack.account)
    throw refused(
      `the state is of account ${accountId}, and the credentials are of ${stack.account}: change AWS_PROFILE`,
    );
  const { AWS_REGION: shell = process.env["AWS_DEFAULT_REGION"] } = process.env;
  const named: [string, string | undefined][] = [
    [`${stack.name} (dse:region)`, stack.region === defaultRegion ? undefined : stack.region],
    ["the shell (AWS_REGION)", shell],
  ];
  for (const [whose, other] of named)
    if (other && other !== region)
      throw refused(`the state is of region ${region}, and ${whose} names ${other}: change that`);
}

/** The settings that the stack has, as the values that they are. */
function configOf(stack: Stack): Settings {
  const { config } = parse(readFileSync(join(clone, "Pulumi.yaml"), "utf8")) as {
    config: Readonly<Record<string, { type?: string }>>;
  };
  const entries = stack.settings.flatMap((key) => {
    const text = stack.setting(key);
    if (text === undefined) return [];
    return [[key, config[key]?.type === "string" ? text : (JSON.parse(text) as unknown)]];
  });
  return Object.fromEntries(entries) as Settings;
}

interface Adoption {
  /** Of the stack. */
  readonly name: string;
  readonly config: Settings;
  readonly instances: readonly Instance[];
  readonly identity: Identity;
  /** Of what is for review. */
  readonly folder: string;
}

async function planned({ name, folder, ...adoption }: Adoption): Promise<Plan> {
  const { instances, identity } = adoption;
  const airflow = await bringAirflowFiles(instances, identity.region, join(folder, "airflow"));
  const workspace = new Workspace(name);
  try {
    await workspace.start();
    const packConfig = packConfigOf(name, identity);
    return await planAdoption({ ...adoption, workspace, packConfig, airflow });
  } finally {
    workspace.remove();
  }
}

/** For review: the report, and the files that a person completes and keeps. */
function write(folder: string, report: Report, identity: Identity): void {
  const { stack, settings, waivers } = report;
  const files = {
    "report.md": page(report),
    "report.json": `${JSON.stringify(report, undefined, 2)}\n`,
    [`Pulumi.${stack}.yaml`]: stringify({ config: asConfig(settings) }),
    [`policy/config/${stack}.json`]: packConfigOf(stack, identity, waivers),
  };
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, content);
  }
  say(`Written for review: ${relative(process.cwd(), folder)}/{${Object.keys(files).join(",")}}`);
}

async function adoptState(name: string, where: string, options: Options): Promise<void> {
  const stack = await openStack(name);
  const instances = await readState(where, stack.region);
  const identity = identityOf(instances);
  checkPlace(stack, identity);
  const empty = await emptyState(name);
  const folder = resolve(options.out ?? join(clone, "adoption", name));
  const config = configOf(stack);
  const plan = await planned({ name, config, instances, identity, folder });
  const adopted = new Set(plan.adopted.map(({ urn }) => urn));
  const report = reportOf(name, identity, plan, config, waiversOf(plan.findings, adopted));
  write(folder, report, identity);
  if (!options.plan) {
    await confirm(`Put ${plan.adopted.length} resources into ${name}?`, options.yes ?? false);
    await takeOver(name, empty, plan.resources, plan.settings);
  }
  const done = options.plan
    ? `nothing was adopted yet: \`platform adopt ${name} ${where}\` does it`
    : `adopted: \`platform preview ${name}\` shows what a deployment changes`;
  print(options.json, report, [...summaryLines(report), done]);
}

async function undo(name: string, options: Options): Promise<void> {
  await openStack(name);
  await confirm(`Take all that was adopted out of ${name}?`, options.yes ?? false);
  const forgotten = await forget(name);
  const line =
    forgotten === 0
      ? `${name} has nothing that was adopted`
      : `${name} has forgotten ${forgotten} resources, which stand in the account as before; its settings are as they were`;
  print(options.json, { stack: name, forgotten }, [line]);
}

async function run(name: string, where: string | undefined, options: Options): Promise<void> {
  if (options.undo) {
    if (where ?? options.plan) throw misused("--undo takes the stack alone");
    await undo(name, options);
    return;
  }
  if (where === undefined) throw misused("name the Terraform state that the stack adopts");
  await adoptState(name, where, options);
}

export function adopt(): Command {
  return new Command("adopt")
    .description("Takes over what Terraform made; changes nothing in the account.")
    .argument("<stack>", "the stack, such as dev; it has no resources yet")
    .argument(
      "[state]",
      "a terraform.tfstate, what `terraform show -json` prints, or the s3:// address of a state",
    )
    .option("--plan", "write the report and adopt nothing")
    .option("--undo", "forget what was adopted, without touching the account")
    .option("-y, --yes", "without asking")
    .option("--out <folder>", "where report and files for review go (default: adoption/STACK)")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  platform adopt dev s3://our-states/dev/terraform.tfstate --plan",
    )
    .action(run);
}
