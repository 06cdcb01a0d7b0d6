// Memory of a program and all that it started, as Linux tells it; other systems tell nothing.
import { readdirSync, readFileSync } from "node:fs";

export interface Process {
  readonly pid: number;
  readonly parent: number;
}

/** The processes that `root` started, and those that they did, without `except` and what these started. */
export function descendants(
  processes: readonly Process[],
  root: number,
  except: ReadonlySet<number>,
): number[] {
  return processes
    .filter(({ pid, parent }) => parent === root && !except.has(pid))
    .flatMap(({ pid }) => [pid, ...descendants(processes, pid, except)]);
}

/** A process may end between the listing and the look at it. */
function status(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

const numberOf = (field: string, text: string) =>
  Number(new RegExp(`^${field}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);

/**
 * MiB that the children of this process have in memory now, theirs included. What two of them share, such as Node's own
 * code, counts for each.
 */
function childrenMemory(except: ReadonlySet<number>): number {
  const texts = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [Number(pid), status(pid)]),
  );
  const all = [...texts].map(([pid, text]) => ({ pid, parent: numberOf("PPid", text) }));
  const kibibytes = descendants(all, process.pid, except)
    .map((pid) => numberOf("VmRSS", texts.get(pid) ?? ""))
    .reduce((sum, one) => sum + one, 0);
  return kibibytes / 1024;
}

/** Looks ten times a second: a look takes some milliseconds, and what is timed goes on meanwhile on the other core. */
export function watchMemory(except: ReadonlySet<number>): { stop(): number | undefined } {
  if (process.platform !== "linux") return { stop: () => undefined };
  let most = 0;
  const look = () => void (most = Math.max(most, childrenMemory(except)));
  const timer = setInterval(look, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}
