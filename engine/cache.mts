// The engine's folder in the user's cache: one folder per thing and version, which appears whole or not at all.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Say = (line: string) => void;

const unusedDays = 60;

export function cacheRoot(): string {
  const caches = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(caches, "dse-data-platform", "engine");
}

/** The folder of that name, if it has been made; marks it as used. */
export function cached(name: string): string | undefined {
  const folder = join(cacheRoot(), name);
  if (!existsSync(folder)) return undefined;
  const now = new Date();
  utimesSync(folder, now, now);
  return folder;
}

/**
 * The folder of that name, made by `make` in a scratch folder if it is not there yet: by one process at a time, and
 * renamed into place when it is complete. `make` returns the part of the scratch folder that is kept.
 */
export async function cachedOrMade(
  name: string,
  say: Say,
  make: (scratch: string) => Promise<string>,
): Promise<string> {
  const ready = cached(name);
  if (ready) return ready;
  const root = cacheRoot();
  mkdirSync(root, { recursive: true });
  const unlock = await lock(join(root, `${name}.lock`), name, say);
  const scratch = mkdtempSync(join(root, `scratch-${process.pid}-`));
  // Also when the process exits in the middle (a signal that another handler ends it for).
  const clean = (): void => {
    rmSync(scratch, { recursive: true, force: true });
    unlock();
  };
  process.once("exit", clean);
  try {
    const made = cached(name); // by the process that we waited for
    if (made) return made;
    prune(root);
    renameSync(await make(scratch), join(root, name));
    return join(root, name);
  } finally {
    process.removeListener("exit", clean);
    clean();
  }
}

/** Removes the scratch folders of dead processes, and what nobody has used for long. */
function prune(root: string): void {
  for (const entry of readdirSync(root)) {
    const folder = join(root, entry);
    const [, pid] = /^scratch-(\d+)-/.exec(entry) ?? [];
    const left = pid
      ? !isAlive(Number(pid))
      : Date.now() - statSync(folder).mtimeMs > unusedDays * 24 * 3600 * 1000;
    if (left) rmSync(folder, { recursive: true, force: true });
  }
}

async function lock(file: string, name: string, say: Say): Promise<() => void> {
  for (let told = false; ; told = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = readOwner(file);
    if (owner !== undefined && !isAlive(owner)) {
      takeAway(file, owner);
      continue;
    }
    if (!told)
      say(`Waiting for process ${owner}, which makes ${name} (if not, remove ${file}) ...`);
    await sleep(500);
  }
}

/** Removes the lock of a dead process; renaming succeeds for one waiter only, and a newer lock is put back. */
function takeAway(file: string, owner: number): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readOwner(aside) !== owner) renameSync(aside, file);
  rmSync(aside, { force: true });
}

function readOwner(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || undefined; // empty for an instant, when new
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
