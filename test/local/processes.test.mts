import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isHeld, lockHolder, takeLock } from "../../local/lock.mts";
import { end, identify, isRunning, startTime, type ProcessId } from "../../local/processes.mts";
import { wasRunning } from "../../operations/lib/locks.mts";
import { cleanUp, temporaryFolder } from "./support.mts";

/** A child that says when it is up. */
async function child(script: string): Promise<ProcessId & { exited: Promise<unknown> }> {
  const spawned = spawn(
    process.execPath,
    ["-e", `${script}; console.log("up"); setInterval(() => {}, 1e6)`],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const exited = once(spawned, "exit");
  await once(spawned.stdout, "data");
  const id = identify(spawned.pid ?? 0);
  assert.ok(id);
  return { ...id, exited };
}

describe("processes", () => {
  after(cleanUp);

  it("are known by pid and start time", async () => {
    const one = await child("");
    assert.equal(isRunning(one), true);
    assert.equal(isRunning({ pid: one.pid, started: "another time" }), false);
    await end([one]);
    assert.equal(isRunning(one), false);
    assert.equal(startTime(one.pid), undefined);
  });

  it("are not taken for one that had the pid before them", async () => {
    const one = await child("");
    assert.equal(wasRunning(one.pid, new Date()), true);
    assert.equal(wasRunning(one.pid, new Date(Date.now() - 60_000)), false);
    await end([one]);
    assert.equal(wasRunning(one.pid, new Date()), false);
  });

  it("are not ended when their recorded pid is another process by now", async () => {
    const other = await child("");
    await end([{ pid: other.pid, started: "an earlier time" }]);
    assert.equal(isRunning(other), true);
    await end([other]);
  });

  it("are ended by SIGKILL when they ignore SIGTERM", async () => {
    const stubborn = await child('process.on("SIGTERM", () => {})');
    await end([stubborn], 100);
    assert.deepEqual(await stubborn.exited, [null, "SIGKILL"]);
  });
});

describe("a lock", () => {
  after(cleanUp);
  const refused = () => "taken";

  it("is refused while its holder lives, and free after", async () => {
    const file = join(temporaryFolder(), "a.lock");
    const lock = await takeLock(file, "up", refused);
    assert.equal(isHeld(file), true);
    await assert.rejects(takeLock(file, "down", refused), /^Error: taken$/);
    lock.release();
    assert.equal(existsSync(file), false);
  });

  it("is taken over from a dead holder, who is named", async () => {
    const file = join(temporaryFolder(), "a.lock");
    const dead = {
      pid: process.pid,
      started: "before this process",
      what: "up",
      since: "2026-01-01T00:00:00Z",
    };
    writeFileSync(file, JSON.stringify(dead));
    assert.equal(isHeld(file), false);
    const lock = await takeLock(file, "down", refused);
    assert.deepEqual(lock.abandoned, dead);
    assert.equal(lockHolder(file)?.what, "down");
    lock.release();
  });

  it("is waited for as long as asked", async () => {
    const file = join(temporaryFolder(), "a.lock");
    const first = await takeLock(file, "one", refused);
    setTimeout(() => first.release(), 150);
    const second = await takeLock(file, "two", refused, 30_000);
    assert.equal(lockHolder(file)?.what, "two");
    second.release();
  });
});
