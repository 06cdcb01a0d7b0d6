// Python environments of tools, each beside the emulators' own: made from a lock file, again where that has changed.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Say } from "./instance.mts";

export interface PythonEnvironment {
  /** The folder that it is made in. */
  venv: string;
  /** requirements.txt with a hash for every file, and every package that is needed. */
  lock: string;
  /** The Python that it is made with. @default python3 */
  python?: string;
  signal?: AbortSignal;
}

/** Installs what the lock file says, where it or the folder has changed; `what` is said when that begins. */
export async function installPackages(
  { venv, lock, python = "python3", signal }: PythonEnvironment,
  say: Say,
  what: string,
): Promise<void> {
  const stamp = join(venv, "setup-stamp");
  const wanted = createHash("sha256").update(readFileSync(lock)).update(venv).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say(what);
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(dirname(venv), { recursive: true });
  const run = (command: string, args: string[]) => promisify(execFile)(command, args, { signal });
  await run(python, ["-m", "venv", venv]);
  const quiet = ["--quiet", "--no-input", "--disable-pip-version-check"];
  const locked = ["--require-hashes", "--no-deps", "-r", lock];
  await run(join(venv, "bin", "python"), ["-m", "pip", "install", ...quiet, ...locked]);
  writeFileSync(stamp, wanted);
}
