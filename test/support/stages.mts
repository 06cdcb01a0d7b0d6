import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { judge, summary, type Failure, type Reader, type Result } from "./report.mts";

/** One runner of checks, in a process of its own. */
export interface Stage {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The file that the runner writes its report to, or `stdout`. Without one its exit code is the answer. */
  readonly report?: { readonly file: string; readonly read: Reader };
  /** Minutes after which it is ended. */
  readonly limit: number;
  /** Ends what it leaves running in process groups of their own, where it was ended. @default nothing */
  readonly cleanUp?: () => Promise<unknown>;
}

export interface RunOptions {
  /** Where each stage's output is kept. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** How many stages run at once. */
  readonly lanes: number;
  readonly signal?: AbortSignal;
  /** Milliseconds that a stage which is asked to end has for it, before it is asked again. @default 10 s */
  readonly grace?: number;
}

/** A run that was interrupted has no result. */
export class Interrupted extends Error {}

const SHOWN = 12;
const HEARTBEAT = 30_000;

/** Runs the stages, says how each went, and lists at the end again what failed. True where nothing did. */
export async function runStages(stages: readonly Stage[], options: RunOptions): Promise<boolean> {
  const { say, folder, signal } = options;
  mkdirSync(folder, { recursive: true });
  const results: Result[] = [];
  const waiting = [...stages];
  const running = new Set<Promise<void>>();
  const width = Math.max(...stages.map(({ name }) => name.length));
  const from = Date.now();

  const start = (stage: Stage): Promise<void> => {
    const started = Date.now();
    const seconds = (): string => `${((Date.now() - started) / 1000).toFixed(1)} s`;
    const heartbeat = setInterval(() => {
      say(`… ${stage.name}, ${seconds()}`);
    }, HEARTBEAT);
    return runStage(stage, options)
      .finally(() => {
        clearInterval(heartbeat);
      })
      .then(({ result, output }) => {
        if (signal?.aborted === true) return;
        results.push(result);
        const green = result.failures.length === 0;
        if (!green && stage.report !== undefined && output !== "") say(output.trimEnd());
        if (!green) for (const { title, message } of result.failures) say(failure(title, message));
        say(`${green ? "✔" : "✘"} ${stage.name.padEnd(width)}  ${summary([result])}, ${seconds()}`);
      });
  };

  for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
    if (signal?.aborted === true) break;
    const promise: Promise<void> = start(stage).finally(() => running.delete(promise));
    running.add(promise);
    if (running.size >= options.lanes) await Promise.race(running);
  }
  await Promise.all(running);
  if (signal?.aborted === true) throw new Interrupted();

  const seconds = (Date.now() - from) / 1000;
  say(`took ${seconds < 100 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`}`);
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) say("\nFailed:");
  for (const { title, message } of failures) say(failure(title, message, SHOWN));
  say(summary(results));
  return failures.length === 0;
}

function failure(title: string, message: string, most = Infinity): string {
  const lines = message.split("\n");
  const cut = lines.length > most ? [`… ${lines.length - most} more lines above`] : [];
  return [`  ✘ ${title}`, ...[...lines.slice(0, most), ...cut].map((line) => `      ${line}`)].join(
    "\n",
  );
}

async function runStage(
  stage: Stage,
  { folder, signal, grace = 10_000 }: RunOptions,
): Promise<{ result: Result; output: string }> {
  const { report } = stage;
  const base = join(folder, stage.name.replaceAll("/", "-"));
  const log = `${base}.log`;
  const toStdout = report?.file === "stdout";
  const file = toStdout ? `${base}.json` : report?.file;
  // The report of an earlier run must not answer for this one.
  if (file !== undefined) rmSync(file, { force: true });

  const [program, ...args] = stage.command;
  // A group of its own, so that all it starts ends with it.
  const child = spawn(program, args, {
    cwd: stage.cwd,
    env: { ...process.env, ...stage.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const logged = createWriteStream(log);
  const reported = toStdout && file !== undefined ? createWriteStream(file) : logged;
  child.stdout.pipe(reported, { end: false });
  child.stderr.pipe(logged, { end: false });

  let ended: Promise<void> | undefined;
  const end = (first: NodeJS.Signals): void => {
    if (child.pid !== undefined) ended ??= endGroup(child.pid, first, grace);
  };
  const interrupt = (): void => {
    end("SIGINT");
  };
  signal?.addEventListener("abort", interrupt);
  const late: Failure[] = [];
  const limit = setTimeout(() => {
    late.push({ title: stage.name, message: `took longer than ${stage.limit} min: ended` });
    end("SIGTERM");
  }, stage.limit * 60_000);
  const ending = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
    (resolve) => {
      child.once("error", (error) => {
        logged.write(`${stage.name}: ${error.message}\n`);
        resolve({ code: null, signal: null });
      });
      child.once("close", (code, by) => {
        resolve({ code, signal: by });
      });
    },
  );
  clearTimeout(limit);
  signal?.removeEventListener("abort", interrupt);
  await ended;
  if (ended !== undefined) await stage.cleanUp?.();
  for (const stream of new Set([logged, reported])) {
    stream.end();
    await finished(stream);
  }

  const text = file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const output = readFileSync(log, "utf8");
  const result = judge(stage.name, { ...ending, report: text, output }, report?.read);
  return {
    result: { ...result, failures: [...late, ...result.failures] },
    output,
  };
}

/** Asks a process group to end, and insists where that does not help. Its leader may be gone before the others are. */
async function endGroup(group: number, first: NodeJS.Signals, grace: number): Promise<void> {
  for (const signal of [first, "SIGTERM", "SIGKILL"] as const) {
    if (!isReached(group, signal)) return;
    const deadline = Date.now() + grace;
    while (Date.now() < deadline) {
      await sleep(50);
      if (!isReached(group, 0)) return;
    }
  }
}

/** Whether there is anything left in the group to send a signal to. */
function isReached(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
