// Changes the code in thousands of small ways, and says which of them no test notices: `make mutation`.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { clone } from "../local/instance.mts";
import { exclusions } from "./exclusions.mts";
import { isGood, judge, lines, readMutants } from "./judge.mts";
import { filesToMutate, parts } from "./scope.mts";
import { mutate } from "./stryker.mts";

const help = `node mutation/main.mts [--full] [--concurrency N] [file or folder …]

Mutates config.ts, config/, components/ and policy/, or what of them is named, and runs the tests that execute it. Fails
below 90 % and where a mutant survives that mutation/exclusions.mts does not explain.

  --full         tests every mutant; otherwise the result of an earlier run stands where neither code nor test changed
  --concurrency  processes at once; by default one for each core
`;

function numberOf(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--concurrency ${text}: must be a number, 1 or more`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      full: { type: "boolean", default: false },
      concurrency: { type: "string", default: String(availableParallelism()) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  process.chdir(clone);
  const files = filesToMutate(positionals);
  const concurrency = numberOf(values.concurrency);
  const folder = join(".local", "mutation");
  const from = performance.now();
  let report = "";
  // Stryker's report has what it found in earlier runs besides.
  for (const part of parts(files))
    report = await mutate({ files: part, full: values.full, concurrency, folder });
  const minutes = ((performance.now() - from) / 60_000).toFixed(1);
  const verdict = judge(readMutants(report, files), files, exclusions);
  for (const line of lines(verdict)) console.log(line);
  console.log(`took ${minutes} min; each mutant is in ${join(folder, "mutation.html")}`);
  return isGood(verdict) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`mutation: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
