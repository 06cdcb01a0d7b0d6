// How long things take: `make bench`, or node bench/main.mts [--all] [--only name,…]. On a local AWS of its own.
import { rmSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { clone, start, stop } from "../local/instance.mts";
import { takeLock } from "../local/lock.mts";
import { engineOf, prepareEngine } from "../local/pulumi.mts";
import { choose } from "./choose.mts";
import { measure, type Result } from "./measure.mts";
import type { Group } from "./measurement.mts";
import { groups, stack, terraformSource } from "./measurements.mts";
import { asJson, asTable, type Report } from "./report.mts";
import { Stack } from "./stack.mts";

const listed = (long: boolean) =>
  groups
    .filter((group) => group.long === long)
    .flatMap(({ measurements }) => measurements)
    .map(({ name, description }) => `  ${name.padEnd(20)} ${description}`)
    .join("\n");

const help = `node bench/main.mts [--only name,…] [--all] [--runs N] [--json]

Deploys ${stack} to a local AWS of its own, times on it, and says what is over its budget:

${listed(false)}

and with --all, or where --only names them (about 15 minutes):

${listed(true)}

  --runs  how often each is timed; by default three times, after one that does not count, and the unit tests once
  --json  print the medians and every time as JSON
`;

const folder = join(clone, ".local", "bench-aws");
const sayAside = (line: string) => console.error(line);

async function bench(
  chosen: readonly Group[],
  runs: number | undefined,
  signal: AbortSignal,
  print: (report: Report) => void,
): Promise<void> {
  // What a killed one left.
  await stop(folder);
  rmSync(folder, { recursive: true, force: true });
  const [load = 0] = loadavg();
  const engine = await engineOf(sayAside);
  const instance = await start({ folder, say: sayAside });
  await prepareEngine(engine, instance, sayAside);
  const measured = new Stack(instance, stack);
  const results: Result[] = [];
  try {
    for (const group of chosen)
      results.push(...(await measure(group, measured, runs ?? group.runs, sayAside, signal)));
  } finally {
    // Of what fails or is interrupted after a quarter of an hour, what was measured until then.
    if (results.length > 0)
      print({ stack, load, cores: availableParallelism(), terraformSource, results });
  }
}

function runsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const runs = Number(text);
  if (Number.isInteger(runs) && runs >= 1) return runs;
  throw new Error(`--runs ${text}: must be a number, 1 or more`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      all: { type: "boolean", default: false },
      runs: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const chosen = choose(groups, values.only?.split(","), values.all);
  const runs = runsOf(values.runs);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => interrupted.abort(new Error("interrupted")));
  const lock = await takeLock(
    join(clone, ".local", "bench.lock"),
    "bench",
    ({ pid }) => `another \`make bench\` runs (process ${pid}): wait for it, or interrupt it`,
  );
  try {
    await bench(chosen, runs, interrupted.signal, (report) =>
      process.stdout.write(values.json ? asJson(report) : asTable(report)),
    );
    return 0;
  } finally {
    await stop(folder);
    rmSync(folder, { recursive: true, force: true });
    lock.release();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
