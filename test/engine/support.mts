// A Pulumi project in a temporary folder, on the engine that the project finds; and commands run without surprises.
import { spawn, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findEngine, type Engine } from "../../engine/engine.mts";

export const root = join(import.meta.dirname, "..", "..");

export interface Result {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** What it has written to standard error so far. */
  said: () => string;
  ended: Promise<Result>;
}

export function start(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv },
): Running {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  const ended = new Promise<Result>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, said: () => stderr, ended };
}

export const run = (
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv },
): Promise<Result> => start(command, args, options).ended;

/** A folder with files in it; those whose text begins with #! can be run. */
export function folder(files: Record<string, string> = {}): string {
  const made = mkdtempSync(join(tmpdir(), "dse-engine-"));
  for (const [name, text] of Object.entries(files)) {
    const file = join(made, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
  return made;
}

export const remove = (made: string): void => rmSync(made, { recursive: true, force: true });

/** Waits until something holds; the test's own time limit ends the wait. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(50);
}

/** The processes below one, by reading /proc, or with ps where there is none. */
export async function descendants(pid: number): Promise<number[]> {
  const parents = existsSync("/proc/self/stat") ? parentsFromProc() : await parentsFromPs();
  const found = new Set([pid]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
}

function parentsFromProc(): [number, number][] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry): [number, number][] => {
      try {
        // pid (name) state parent ...; the name may hold anything
        const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
        return [[Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
      } catch {
        return []; // ended meanwhile
      }
    });
}

async function parentsFromPs(): Promise<[number, number][]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="], {});
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie has ended; its parent, which may be long gone here, has not asked.
  return !(existsSync("/proc/self/stat") && /\) Z /.test(statOf(pid)));
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return ") Z ";
  }
}

/** The engine that this machine has; made if need be, before any test's time starts. */
export const engine: Engine = await findEngine((line) => console.error(line));

/** A project whose program is plain JavaScript, with the packages of this clone and a state of its own. */
export class Project {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(files: Record<string, string>) {
    this.folder = folder({
      "Pulumi.yaml": "name: test\nruntime: nodejs\nmain: index.js\n",
      "package.json": JSON.stringify({ name: "test", dependencies: { "@pulumi/pulumi": "*" } }),
      ...files,
    });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    const [home, state] = [join(this.folder, "home"), join(this.folder, "state")];
    for (const [plugin, binary] of Object.entries(engine.plugins)) {
      const [name = "", version = ""] = plugin.split(/-(?=\d)/);
      const installed = join(home, "plugins", `resource-${name}-v${version}`);
      mkdirSync(installed, { recursive: true });
      symlinkSync(binary, join(installed, `pulumi-resource-${name}`));
    }
    mkdirSync(state, { recursive: true });
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(AWS|PULUMI|TF_AWS)_/.test(name),
    );
    this.env = {
      ...Object.fromEntries(inherited),
      PATH: [engine.binDir, dirname(process.execPath), process.env["PATH"]].join(delimiter),
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Packages of this clone that the program does not use have plugins too.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
  }

  start(args: string[], env: NodeJS.ProcessEnv = {}): Running {
    return start("pulumi", ["--non-interactive", "--color=never", ...args], {
      cwd: this.folder,
      env: { ...this.env, ...env },
    });
  }

  async pulumi(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
    return await this.start(args, env).ended;
  }

  remove(): void {
    remove(this.folder);
  }
}
