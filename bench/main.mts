// How long things take: `make bench`, or node bench/main.mts [--runs N] [--json]. On a local AWS of its own.
import { rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { up } from "../local/deploy.mts";
import { clone, status, stop } from "../local/instance.mts";
import { takeLock } from "../local/lock.mts";
import { measure } from "./measure.mts";
import { measurements, stack } from "./measurements.mts";
import { asJson, asTable, type Report } from "./report.mts";

const help = `node bench/main.mts [--runs 5] [--json]

Deploys ${stack} to a local AWS of its own, and times on it, by turns:

${measurements.map(({ name, description }) => `  ${name.padEnd(20)} ${description}`).join("\n")}

  --runs  how often each is timed (5), after one time that does not count
  --json  print the medians and every time as JSON
`;

const folder = join(clone, ".local", "bench-aws");
const sayAside = (line: string) => console.error(line);

async function bench(runs: number, signal: AbortSignal): Promise<Report> {
  // What a killed one left.
  await stop(folder);
  rmSync(folder, { recursive: true, force: true });
  sayAside(`Deploying ${stack} to a local AWS …`);
  if ((await up(folder, stack, () => undefined)) !== 0)
    throw new Error(`${stack} was not deployed: see ${join(folder, "logs")}`);
  signal.throwIfAborted();
  const now = status(folder);
  if (now.state !== "running") throw new Error("the local AWS ended");
  const [load = 0] = loadavg();
  const times = await measure(measurements, now.instance, runs, sayAside, signal);
  return { stack, runs, load, times };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs ${values.runs}: must be a number, 1 or more`);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => interrupted.abort(new Error("interrupted")));
  const lock = await takeLock(
    join(clone, ".local", "bench.lock"),
    "bench",
    ({ pid }) => `another \`make bench\` runs (process ${pid}): wait for it, or interrupt it`,
  );
  try {
    const report = await bench(runs, interrupted.signal);
    process.stdout.write(values.json ? asJson(report) : asTable(report));
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
