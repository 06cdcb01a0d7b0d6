// The commands that a person types, run on an instance of the local AWS.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { referenceSize } from "../../audit/reference-size.mts";
import { clone, type Instance, start, status, stop } from "../../local/instance.mts";
import { engineOf, prepareEngine } from "../../local/pulumi.mts";
import type { Account } from "./inventory.mts";

export interface Result {
  code: number;
  output: string;
}

export async function run(
  folder: string,
  command: string,
  args: string[],
  more: NodeJS.ProcessEnv = {},
): Promise<Result> {
  const env = { ...process.env, ...more, DSE_LOCAL_DIR: folder };
  try {
    const options = { cwd: clone, env, maxBuffer: 64 << 20 };
    const { stdout, stderr } = await promisify(execFile)(command, args, options);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const failed = error as { code: number; stdout?: string; stderr?: string };
    return { code: failed.code, output: (failed.stdout ?? "") + (failed.stderr ?? "") };
  }
}

/**
 * A folder for a test file's own instance of the local AWS. It is always the same, so that what an interrupted run left
 * there is ended by the next.
 */
export async function freshInstanceFolder(name: string): Promise<string> {
  const folder = join(clone, ".local", "test-aws", name);
  await removeInstance(folder);
  return folder;
}

/** A test file's own local AWS, new and empty, and its stacks, of which nothing is deployed. */
export async function freshInstance(name: string, ...stacks: string[]): Promise<Instance> {
  const folder = await freshInstanceFolder(name);
  const instance = await start({ folder });
  await prepareEngine(await engineOf(silent), instance, silent);
  for (const stack of stacks) await succeeds(pulumi(folder, "stack", "init", stack));
  return instance;
}
const silent = () => undefined;

export async function removeInstance(folder: string): Promise<void> {
  await stop(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** The instance that runs in the folder. */
export function runningInstance(folder: string): Instance {
  const now = status(folder);
  assert.ok(now.state === "running");
  return now.instance;
}

/** Where an SDK finds the account of an instance. */
export const accountOf = ({ url, region, account }: Instance): Account => ({
  endpoint: url,
  region,
  credentials: { accessKeyId: account, secretAccessKey: "test" },
});

/** What `make <command> STACK=<stack>` runs. */
export const make = (folder: string, command: string, stack: string): Promise<Result> =>
  run(folder, process.execPath, [join(clone, "local", "main.mts"), command, "--stack", stack]);

/** `pulumi` as `make env` puts it on the PATH. */
export const pulumi = (folder: string, ...args: string[]): Promise<Result> =>
  pulumiWith({}, folder, ...args);

const pulumiWith = (env: NodeJS.ProcessEnv, folder: string, ...args: string[]) =>
  run(
    folder,
    join(clone, "local", "bin", "pulumi"),
    [...args, "--non-interactive", "--color=never"],
    env,
  );

/** Saves the state at the end alone: after each step is most of an engine's work, and for when it is killed. */
const atTheEnd = { PULUMI_SKIP_CHECKPOINTS: "true" };

/** An update without the policy pack, which has no leave for what a test alone asks for. */
export const deploy = (folder: string, stack: string): Promise<Result> =>
  pulumiWith(atTheEnd, folder, "up", "--yes", "--skip-preview", "-s", stack);

export const destroy = (folder: string, stack: string): Promise<Result> =>
  pulumiWith(atTheEnd, folder, "destroy", "--yes", "--skip-preview", "-s", stack);

/** Changes settings of a stack that exists, lists and objects as a whole. */
export function setConfig(
  folder: string,
  stack: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<string> {
  const values = Object.entries(settings).map(([key, value]) => [
    `dse:${key}`,
    typeof value === "string" ? { value } : { value: JSON.stringify(value), objectValue: value },
  ]);
  const json = JSON.stringify(Object.fromEntries(values));
  return succeeds(pulumi(folder, "config", "set-all", "--json", json, "-s", stack));
}

/** Gives dev, which must exist, the inventory of the reference. */
export const setReferenceSize = (folder: string) => setConfig(folder, "dev", referenceSize);

export async function succeeds(result: Promise<Result>): Promise<string> {
  const { code, output } = await result;
  assert.equal(code, 0, output);
  return output;
}
