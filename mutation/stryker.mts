import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Stryker } from "@stryker-mutator/core";

export interface MutationOptions {
  readonly files: readonly string[];
  /** Whether results of earlier runs are tested again. */
  readonly full: boolean;
  /** Processes at once. */
  readonly concurrency: number;
  /** Where reports and results are kept. */
  readonly folder: string;
}

/** Runs Stryker over the project of the working directory; its report as JSON. */
export async function mutate(options: MutationOptions): Promise<string> {
  const { files, full, concurrency, folder } = options;
  const json = join(folder, "mutation.json");
  await new Stryker({
    mutate: [...files],
    testRunner: "specs",
    plugins: ["runner.mts", "ignorer.mts"].map((file) => join(import.meta.dirname, file)),
    ignorers: ["facts"],
    coverageAnalysis: "perTest",
    concurrency,
    // Modules pile up, as Node forgets none: some 20 MB each time.
    maxTestRunnerReuse: 40,
    timeoutMS: 10_000,
    timeoutFactor: 2,
    // Node strips the types.
    disableTypeChecks: false,
    incremental: true,
    incrementalFile: join(folder, "incremental.json"),
    force: full,
    tempDirName: join(folder, "sandbox"),
    // All else is copied for the tests.
    ignorePatterns: ["/.local", "/engine", "/images", "/cost", "/evidence"],
    reporters: ["html", "json", "progress-append-only"],
    htmlReporter: { fileName: join(folder, "mutation.html") },
    jsonReporter: { fileName: json },
    thresholds: { high: 100, low: 90, break: null },
    allowConsoleColors: false,
  }).runMutationTest();
  return readFileSync(json, "utf8");
}
