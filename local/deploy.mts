// up, preview and down of a stack on the local AWS.
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { constants } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../engine/engine.mts";
import { isLive } from "../operations/lib/locks.mts";
import { packOptions } from "../policy/pack.mts";
import { REFUSALS, refusalMessage, refusalsEnd, refusedSince } from "./gateway/refusals.mts";
import { clone, start, status, stop, stopIfUnused, type Instance, type Say } from "./instance.mts";
import { lockHolder, takeLock, type Holder, type Lock } from "./lock.mts";
import { identify, isRunning, type ProcessId } from "./processes.mts";
import { follow } from "./progress.mts";
import { engineOf, platform, prepareEngine, pulumi, startPulumi } from "./pulumi.mts";
import { deployedStacks, engineLocks, setStatesAside, stackState } from "./state.mts";

type Command = "up" | "preview" | "down";

const time = (iso: string) => new Date(iso).toLocaleTimeString("en-GB");

/** Stacks of the program: those that have a settings file. */
export function knownStacks(): string[] {
  return readdirSync(clone)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

export function checkStack(stack: string | undefined): string {
  const known = knownStacks();
  if (stack !== undefined && known.includes(stack)) return stack;
  const asked = stack === undefined ? "no stack is named" : `there is no stack ${stack}`;
  throw new Error(
    `${asked}: STACK is one of ${known.join(", ")} (those with a Pulumi.<stack>.yaml)`,
  );
}

const stackLock = (folder: string, stack: string) => join(folder, `stack-${stack}.lock`);

/** Why the account may not be taken away now: another stack's command, ours or a person's `pulumi`. */
function busy(folder: string, except?: string): string | undefined {
  for (const stack of knownStacks().filter((name) => name !== except)) {
    const holder = lockHolder(stackLock(folder, stack));
    if (holder && isRunning(holder))
      return `\`make ${holder.what}\` of ${stack} is running (process ${holder.pid})`;
    const engine = engineLocks(folder, stack).find(isLive);
    if (engine) return `pulumi is working on ${stack} (process ${engine.pid})`;
  }
  return undefined;
}

export function refuseWhileBusy(folder: string, what: string, except?: string): void {
  const why = busy(folder, except);
  if (why) throw new Error(`${what} while ${why}: wait for it, or interrupt it`);
}

/** One command at a time per stack, be it ours or a person's `pulumi`. */
async function lockStack(folder: string, stack: string, what: string, say: Say): Promise<Lock> {
  const lock = await takeLock(
    stackLock(folder, stack),
    what,
    (holder) =>
      `\`make ${holder.what}\` of ${stack} is running since ${time(holder.since)} (process ${holder.pid}): wait for it, or interrupt it`,
  );
  try {
    await waitForOrphan(lock.abandoned, stack, say);
    for (const held of engineLocks(folder, stack)) {
      if (!isLive(held)) continue;
      throw new Error(
        `${stack} is locked by pulumi, process ${held.pid} of ${held.username}@${held.hostname} since ${time(held.timestamp)}: wait for it, or interrupt it`,
      );
    }
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** An engine goes on when the `make` that started it is killed. What it does is as good as before. */
async function waitForOrphan(former: Holder | undefined, stack: string, say: Say): Promise<void> {
  const engine = former?.engine;
  if (!engine || !isRunning(engine)) return;
  say(
    `An earlier \`make ${former.what}\` of ${stack} was killed, its engine (process ${engine.pid}) goes on: waiting for it.`,
  );
  while (isRunning(engine)) await sleep(200);
}

/** Takes over what a killed engine made and did not record, and clears its lock. */
async function recover(instance: Instance, stack: string, what: Command, say: Say): Promise<void> {
  const { folder } = instance;
  const pending = stackState(folder, stack)?.pending ?? [];
  if (engineLocks(folder, stack).length === 0 && pending.length === 0) return;
  if (what === "preview") {
    say(`An earlier run of ${stack} was killed: \`make up\` takes over what it made.`);
    return;
  }
  say(`An earlier run of ${stack} was killed: taking over what it made.`);
  await platform(instance, ["recover", stack, "--no-update", "--yes"], say);
}

interface Session {
  folder: string;
  stack: string;
  instance: Instance;
  lock: Lock;
  say: Say;
}

async function open(
  folder: string,
  stack: string,
  what: Command,
  lock: Lock,
  say: Say,
): Promise<Session> {
  const engine: Engine = await engineOf(say);
  const instance = await start({ folder, say });
  await prepareEngine(engine, instance, say);
  await recover(instance, stack, what, say);
  return { folder, stack, instance, lock, say };
}

/**
 * Runs the engine in the foreground, or with its lines given to `show`. Resolves to its exit code, as a shell would
 * see it.
 */
async function run(
  { folder, instance, stack, lock, say }: Session,
  args: string[],
  show?: Say,
): Promise<number> {
  const terminal = !show && process.stdout.isTTY && process.stdin.isTTY;
  mkdirSync(join(folder, "logs"), { recursive: true });
  const log = join(folder, "logs", `pulumi-${args[0]}-${stack}.log`);
  const child = startPulumi(instance, [...args, "--stack", stack], terminal ? undefined : log);
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const engine: ProcessId | undefined = child.pid === undefined ? undefined : identify(child.pid);
  if (engine) lock.setEngine(engine);

  let interrupts = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    // From a terminal the engine gets its own interrupt. Ours is to wait until it has ended well.
    if (!terminal || signal !== "SIGINT") child.kill("SIGINT");
    if (interrupts++ === 0) say("Interrupted: waiting for what is under way.");
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    if (show) await follow(log, exited, show, false, Infinity);
    else if (!terminal) await follow(log, exited, say, args[0] === "preview");
    const [code, signal] = await exited;
    if (interrupts > 0) return 130;
    if (signal) {
      say(`The engine was killed (${signal}). Run the same command again: it recovers.`);
      return 128 + constants.signals[signal];
    }
    if (code !== 0 && !terminal)
      (show ?? say)(`The whole log is in ${relative(process.cwd(), log)}.`);
    return code ?? 1;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

/** Runs `work` and then says which calls the gateway refused meanwhile. */
async function reportRefusals(
  folder: string,
  say: Say,
  work: () => Promise<number>,
): Promise<number> {
  const file = join(folder, REFUSALS);
  const from = refusalsEnd(file);
  try {
    return await work();
  } finally {
    for (const [host, count] of refusedSince(file, from))
      say(`${refusalMessage(host)}${count > 1 ? ` (${count} times)` : ""}`);
  }
}

async function ensureStack(session: Session): Promise<void> {
  const { folder, stack, instance } = session;
  if (!stackState(folder, stack)) await pulumi(instance, ["stack", "init", stack]);
}

async function withSession(
  folder: string,
  stack: string,
  what: Command,
  say: Say,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const lock = await lockStack(folder, stack, what, say);
  try {
    return await reportRefusals(folder, say, async () =>
      work(await open(folder, stack, what, lock, say)),
    );
  } finally {
    lock.release();
  }
}

const common = ["--suppress-permalink=true"];

/** A stack rule sees a stack that is previewed, or one that is made: too late to keep anything from it. */
async function checkPolicies(session: Session): Promise<number> {
  const lines: string[] = [];
  const args = ["preview", ...common, ...packOptions(session.stack)];
  const code = await run(session, args, (line) => void lines.push(line));
  if (code !== 0) lines.forEach(session.say);
  return code;
}

/** `held` is whether the policy pack must have nothing against it, as the reference's posture cannot. */
export function up(folder: string, stack: string, say: Say, held = true): Promise<number> {
  return withSession(folder, stack, "up", say, async (session) => {
    await ensureStack(session);
    const refused = held ? await checkPolicies(session) : 0;
    if (refused !== 0) return refused;
    const pack = held ? packOptions(stack) : [];
    return run(session, ["up", "--yes", "--skip-preview", ...common, ...pack]);
  });
}

export function preview(folder: string, stack: string, say: Say): Promise<number> {
  return withSession(folder, stack, "preview", say, async (session) => {
    await ensureStack(session);
    return run(session, ["preview", ...common, ...packOptions(stack)]);
  });
}

/** Destroys a stack. The emulators end with the last one. */
export async function down(folder: string, stack: string, say: Say): Promise<number> {
  if (!existsSync(folder)) {
    say(`${stack} is not deployed, and the local AWS is not running: nothing to do.`);
    return 0;
  }
  const lock = await lockStack(folder, stack, "down", say);
  let code = 0;
  try {
    const now = status(folder);
    if (now.state === "lost") {
      say("The local AWS was lost, and all that was deployed to it.");
      await stop(folder, say);
    } else if (now.state === "stopped") setStatesAside(folder, say);

    const state = stackState(folder, stack);
    if (!state || now.state !== "running") {
      say(`${stack} is not deployed: nothing to do.`);
    } else {
      code = await reportRefusals(folder, say, async () => {
        const session = await open(folder, stack, "down", lock, say);
        say("Nothing on the local AWS is protected, and its buckets are emptied.");
        const destroyed = await run(session, ["destroy", "--yes", "--skip-preview", ...common]);
        if (destroyed !== 0) return destroyed;
        await pulumi(session.instance, ["stack", "rm", stack, "--yes", "--preserve-config"]);
        say(`${stack} is destroyed, and its stack removed.`);
        return 0;
      });
    }
  } finally {
    lock.release();
  }
  // Another stack's command may be about to deploy: it holds its lock by then.
  const inUse = () => busy(folder) !== undefined;
  if (code === 0) {
    const others = deployedStacks(folder);
    if (await stopIfUnused(folder, inUse)) say("The local AWS is stopped: no stack is left.");
    else if (others.length > 0) say(`The local AWS keeps running for ${others.join(", ")}.`);
  }
  return code;
}
