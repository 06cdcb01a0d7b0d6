// Processes by pid and start time: a pid alone may be another program's by now.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface ProcessId {
  pid: number;
  /** Start time as the system tells it; undefined where it could not be read. */
  started: string;
}

/** Start time of a running process, undefined if there is none with this pid. */
export function startTime(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // Fields after the name, which is in parentheses and may hold spaces: state is the 3rd, start the 22nd.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z") return undefined;
      // The start is counted from boot, so that it needs the boot's id to be unique.
      return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[19]}`;
    }
    const ps = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return ps.trim() || undefined;
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessId | undefined {
  const started = startTime(pid);
  return started === undefined ? undefined : { pid, started };
}

export function isRunning({ pid, started }: ProcessId): boolean {
  return startTime(pid) === started;
}

/** A process that outlives this one, with its output in a file. */
export function spawnDetached(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  log: string,
): ProcessId {
  const file = openSync(log, "a");
  const child = spawn(command, args, { detached: true, stdio: ["ignore", file, file], env });
  closeSync(file);
  child.on("error", () => undefined);
  child.unref();
  const id = child.pid === undefined ? undefined : identify(child.pid);
  if (!id) throw new Error(`cannot start ${command}`);
  return id;
}

/** Ends processes, with SIGKILL those that SIGTERM has not ended in time. */
export async function end(processes: ProcessId[], patience = 5_000): Promise<void> {
  for (const [signal, wait] of [
    ["SIGTERM", patience],
    ["SIGKILL", 5_000],
  ] as const) {
    const running = processes.filter(isRunning);
    for (const { pid } of running) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    const deadline = Date.now() + wait;
    while (running.some(isRunning) && Date.now() < deadline) await sleep(20);
  }
  const left = processes.filter(isRunning).map(({ pid }) => pid);
  if (left.length > 0) throw new Error(`processes ${left.join(", ")} do not end`);
}
