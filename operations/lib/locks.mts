// Locks of Pulumi's own state backends, a file for each, here those of a folder. Read only: the engine is the one that
// writes. https://www.pulumi.com/docs/iac/concepts/state-and-backends/
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** An update under way, or one that was killed. */
export interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/** Where a backend has the locks of a stack. */
export const locksPath = (project: string, stack: string): string =>
  join(".pulumi", "locks", "organization", project, stack);

export const parseLock = (text: string): Lock => JSON.parse(text) as Lock;

export function locksInFolder(folder: string, project: string, stack: string): Lock[] {
  const locks = join(folder, locksPath(project, stack));
  const files = existsSync(locks) ? readdirSync(locks) : [];
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => parseLock(readFileSync(join(locks, file), "utf8")));
}

export const isElsewhere = (lock: Lock): boolean => lock.hostname !== hostname();

/** Whether the lock's process may still run: one of another machine cannot be asked. */
export const isLive = (lock: Lock): boolean =>
  isElsewhere(lock) || wasRunning(lock.pid, new Date(lock.timestamp));

/** Whether a process of that time still runs; its number may have gone to another since. */
export function wasRunning(pid: number, then: Date): boolean {
  const { error, status, stdout } = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    env: { ...process.env, LC_ALL: "C" },
    encoding: "utf8",
  });
  // Without ps it cannot be told: not taking a live process's lock is the safe side.
  if (error) return true;
  const [state = "", ...started] = stdout.trim().split(/\s+/);
  if (status !== 0 || state.startsWith("Z")) return false;
  // In whole seconds, and derived from a clock that may drift from the other.
  return Date.parse(started.join(" ")) <= then.getTime() + 5_000;
}

/** As people are told of it: `me@host, process 12, since 2026-11-25 04:43:45 UTC (3 minutes)`. */
export function describeLock({ username, hostname: host, pid, timestamp }: Lock): string {
  const since = new Date(timestamp);
  const minutes = Math.max(0, Math.round((Date.now() - since.getTime()) / 60_000));
  const age = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
  const when = since.toISOString().replace("T", " ").replace(/\..*/, " UTC");
  return `${username}@${host}, process ${pid}, since ${when} (${age})`;
}
