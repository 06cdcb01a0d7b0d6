// Locks of Pulumi's file backend: https://www.pulumi.com/docs/iac/concepts/state-and-backends/#local-file-backend
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

interface LockHolder {
  readonly pid: number;
  readonly hostname: string;
  readonly timestamp: string;
}

/** Whether a stack in a folder is locked, and by whom of those that may still be running. */
export function holderOf(
  folder: string,
  project: string,
  stack: string,
): { held: boolean; live?: LockHolder } {
  const locks = join(folder, ".pulumi", "locks", "organization", project, stack);
  const files = (existsSync(locks) ? readdirSync(locks) : []).filter((file) =>
    file.endsWith(".json"),
  );
  const holders = files.map(
    (file) => JSON.parse(readFileSync(join(locks, file), "utf8")) as LockHolder,
  );
  const live = holders.find(
    (holder) => holder.hostname !== hostname() || isRunning(holder.pid, new Date(holder.timestamp)),
  );
  return { held: holders.length > 0, ...(live && { live }) };
}

/** Whether a process of that time still runs; its number may have gone to another since. */
export function isRunning(pid: number, then: Date): boolean {
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
