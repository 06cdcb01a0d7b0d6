// The Pulumi engine for an instance: set up in the instance's folder, and run through bin/pulumi.
import { execFile, spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import type { Engine } from "../engine/engine.mts";
import { parallelDiff } from "../operations/lib/pulumi.mts";
import { foreign, shellExports, variables } from "./environment.mts";
import { clone, type Instance, type Say } from "./instance.mts";
import { stateFolder } from "./state.mts";

const launcher = join(clone, "operations", "bin", "platform");
const wrapper = join(import.meta.dirname, "bin", "pulumi");
const localBin = join(clone, ".local", "bin");

/** Folders that `make env` puts before the PATH. */
export const pathFolders = [join(import.meta.dirname, "bin"), localBin];

/** Providers that the program's stacks use; others (awsx) are loaded only where a setting asks for them. */
const providers = ["aws", "random"];

/** Finds the engine, or builds it. Loaded late: most commands need none. */
export async function engineOf(say: Say): Promise<Engine> {
  const { findEngine } = await import("../engine/engine.mts");
  return findEngine(say);
}

function link(target: string, file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) {
    if (readlinkSync(file) === target) return;
    rmSync(file);
  }
  symlinkSync(target, file);
}

/** Makes the plugins known to the engine: links to the built ones, else downloads, kept for all clones. */
async function installPlugins(engine: Engine, home: string, say: Say): Promise<void> {
  const plugins = join(home, "plugins");
  if (engine.source === "built") {
    if (lstatSync(plugins, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(plugins);
    for (const [plugin, binary] of Object.entries(engine.plugins)) {
      const [, name = "", version = ""] = /^(.+?)-(\d.*)$/.exec(plugin) ?? [];
      const folder = join(plugins, `resource-${name}-v${version}`);
      mkdirSync(folder, { recursive: true });
      link(binary, join(folder, `pulumi-resource-${name}`));
    }
    return;
  }
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const shared = join(cache, "dse-data-platform", "plugins");
  mkdirSync(shared, { recursive: true });
  if (existsSync(plugins) && !lstatSync(plugins).isSymbolicLink())
    rmSync(plugins, { recursive: true });
  link(shared, plugins);
  const load = createRequire(join(clone, "package.json"));
  for (const name of providers) {
    const { version } = load(`@pulumi/${name}/package.json`) as { version: string };
    if (existsSync(join(shared, `resource-${name}-v${version}`))) continue;
    say(`Downloading the Pulumi provider ${name} ${version} …`);
    const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const pulumi = join(engine.binDir, "pulumi");
    await promisify(execFile)(pulumi, ["plugin", "install", "resource", name, version], { env });
  }
}

/** Sets the engine up for an instance; bin/pulumi reads the file that this writes. */
export async function prepareEngine(engine: Engine, instance: Instance, say: Say): Promise<void> {
  const ours = variables(instance);
  // Links to plugins that the engine would otherwise want to download.
  if (engine.source === "built") ours["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
  const home = join(instance.folder, "pulumi");
  for (const folder of [home, stateFolder(instance.folder)]) mkdirSync(folder, { recursive: true });
  await installPlugins(engine, home, say);
  keepNoLogs(home);
  // Engine and providers live for seconds: they collect less often, a tenth of a preview's CPU, until they hold much.
  ours["GOGC"] = "400";
  ours["GOMEMLIMIT"] = "450MiB";
  Object.assign(ours, parallelDiff);
  // By default four for each core, of which most wait for the emulators. On a real account its own limits count.
  ours["PULUMI_PARALLEL"] = "32";
  // Where the built provider keeps what it has compared and found unchanged; the published one knows no such file.
  ours["LOCAL_AWS_COMPARED"] = join(home, "compared");
  ours["PULUMI_ENGINE"] = join(engine.binDir, "pulumi");
  const gateway = instance.processes.find((p) => p.name === "gateway");
  if (instance.secretsKey)
    ours["LOCAL_AWS_SECRETS_PROVIDER"] =
      `awskms://${instance.secretsKey}?region=${instance.region}`;
  ours["LOCAL_AWS_GATEWAY_PID"] = String(gateway?.pid);
  const file = join(instance.folder, "pulumi.env");
  rmSync(`${file}.new`, { force: true });
  const settings = shellExports(ours, ["AWS_PROFILE", "AWS_SESSION_TOKEN"]);
  writeFileSync(`${file}.new`, settings, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * The engine logs every step, compressed and encrypted, which takes half of its time; nobody reads those of a local AWS. No
 * setting turns it off, but it goes on without where there can be no folder.
 */
function keepNoLogs(home: string): void {
  const logs = join(home, "logs");
  rmSync(logs, { recursive: true, force: true });
  writeFileSync(logs, "The engine is kept from logging here: see local/pulumi.mts.\n");
}

function engineEnvironment(instance: Instance): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, DSE_LOCAL_DIR: instance.folder };
  for (const name of foreign(environment, {})) delete environment[name];
  return environment;
}

/** Runs an engine command and returns its output; what it prints on failure is the error. */
export async function pulumi(
  instance: Instance,
  args: string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...engineEnvironment(instance), ...settings };
  const options = { cwd: clone, env, maxBuffer: 64 << 20 };
  try {
    return (await promisify(execFile)(wrapper, [...args, "--non-interactive"], options)).stdout;
  } catch (error) {
    const { stderr, stdout, message } = error as Error & { stderr?: string; stdout?: string };
    // What a preview or an update has against itself is on standard output, at its end.
    const why = (stderr || stdout?.slice(-2000) || message).replace(/^error: /m, "").trim();
    throw new Error(`pulumi ${args.join(" ")}: ${why}`, { cause: error });
  }
}

/** Runs a command of operations/, as a shell would that has evaluated `make env`, and says what it says. */
export async function platform(instance: Instance, args: string[], say: Say): Promise<void> {
  const path = [...pathFolders, process.env["PATH"]].join(":");
  const env = { ...engineEnvironment(instance), ...variables(instance), PATH: path };
  const stdio: StdioOptions = ["ignore", "ignore", "pipe"];
  const child = spawn(launcher, args, { cwd: clone, env, stdio });
  for await (const line of createInterface({ input: child.stderr as Readable })) say(line);
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`platform ${args.join(" ")} failed, as shown above`);
}

/** Starts a long engine command: on the terminal as it is, else with its output in a file. */
export function startPulumi(
  instance: Instance,
  args: string[],
  log: string | undefined,
): ChildProcess {
  const options = { cwd: clone, env: engineEnvironment(instance) };
  if (!log) return spawn(wrapper, args, { ...options, stdio: "inherit" });
  const file = openSync(log, "w");
  // In a process group of its own, so that one interrupt is one interrupt: the engine takes a second for
  // "stop at once". Its output goes to a file, so that it lives on, and ends well, should we be killed.
  const child = spawn(wrapper, [...args, "--non-interactive", "--color", "never"], {
    ...options,
    detached: true,
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  return child;
}
