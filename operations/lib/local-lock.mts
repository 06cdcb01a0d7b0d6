// Locks of Pulumi's file backend: https://www.pulumi.com/docs/iac/concepts/state-and-backends/#local-file-backend
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
  const files = existsSync(locks) ? readdirSync(locks) : [];
  const holders = files.map(
    (file) => JSON.parse(readFileSync(join(locks, file), "utf8")) as LockHolder,
  );
  const live = holders.find((holder) => holder.hostname !== hostname() || isRunning(holder.pid));
  return { held: holders.length > 0, ...(live && { live }) };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
