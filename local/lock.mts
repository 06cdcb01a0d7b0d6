// A lock file that names its holder by pid and start time, so that one left by a dead process is nobody's.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isRunning, type ProcessId } from "./processes.mts";

export interface Holder extends ProcessId {
  what: string;
  since: string;
  /** The engine that the holder started: it may outlive a killed holder. */
  engine?: ProcessId;
}

export interface Lock {
  /** What the lock's former holder was doing, if it died with the lock. */
  abandoned: Holder | undefined;
  setEngine(engine: ProcessId): void;
  release(): void;
}

export function lockHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function isHeld(file: string): boolean {
  const holder = lockHolder(file);
  return holder !== undefined && isRunning(holder);
}

/** Takes the lock, waiting up to `patience` ms for a living holder; `refused` words the refusal. */
export async function takeLock(
  file: string,
  what: string,
  refused: (holder: Holder) => string,
  patience = 0,
): Promise<Lock> {
  mkdirSync(dirname(file), { recursive: true });
  const me: Holder = {
    ...(identify(process.pid) ?? { pid: process.pid, started: "" }),
    what,
    since: new Date().toISOString(),
  };
  const mine = `${file}.${process.pid}`;
  const deadline = Date.now() + patience;
  let abandoned: Holder | undefined;
  for (;;) {
    try {
      // Linked, so that it appears with its content.
      writeFileSync(mine, JSON.stringify(me));
      linkSync(mine, file);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(mine, { force: true });
    }
    const holder = lockHolder(file);
    if (holder && isRunning(holder)) {
      if (Date.now() >= deadline) throw new Error(refused(holder));
      await sleep(100);
      continue;
    }
    // Moved aside, not removed: should another have taken the lock meanwhile, it is moved back.
    try {
      renameSync(file, mine);
    } catch {
      continue;
    }
    if (isHeld(mine)) renameSync(mine, file);
    else {
      abandoned = holder ?? abandoned;
      rmSync(mine);
    }
  }
  const write = () => {
    writeFileSync(mine, JSON.stringify(me));
    renameSync(mine, file);
  };
  return {
    abandoned,
    setEngine(engine) {
      me.engine = engine;
      write();
    },
    release() {
      if (lockHolder(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}
