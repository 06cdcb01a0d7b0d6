// How Stryker runs the tests. To it a spec file is one test, of which the modules are loaded anew each time.
//
// Much of what a policy rule is, is decided when its module loads, and Node loads a module once. Stryker's runner for
// Mocha starts a process for each such mutant, which loads Pulumi and runs every test.
// https://stryker-mutator.io/docs/mutation-testing-elements/static-mutants/
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { basename, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { InstrumenterContext } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  determineHitLimitReached,
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from "@stryker-mutator/api/test-runner";
import { specFiles } from "./scope.mts";

// By require, as its types are of CommonJS.
const Mocha = createRequire(import.meta.url)("mocha") as typeof import("mocha");

/** What the instrumented code reads and writes. */
const stryker: InstrumenterContext = ((
  globalThis as { __stryker__?: InstrumenterContext }
).__stryker__ ??= {});

/** In Stryker's copy of the project, so that each of its processes knows what the first one measured. */
const timesFile = "spec-times.json";

let runs = 0;
/** The files of `test/` that the run has loaded. */
const loaded = new Set<string>();

/** Gives the project's modules another address in each run; those of packages stay. */
function loadAnew(): void {
  const here = `${pathToFileURL(process.cwd()).href}/`;
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      if (!found.url.startsWith(here) || found.url.includes("/node_modules/")) return found;
      const [url = ""] = found.url.split("?");
      if (url.startsWith(`${here}test/`)) loaded.add(url);
      return { ...found, url: `${url}?run=${runs}` };
    },
  });
}

class SpecRunner implements TestRunner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  init(): Promise<void> {
    loadAnew();
    return Promise.resolve();
  }

  /** All that a spec file executes is covered by it: while it loads, in its hooks, in its tests. */
  async dryRun(): Promise<DryRunResult> {
    const results: TestResult[] = [];
    for (const spec of specFiles()) {
      stryker.currentTestId = spec;
      const from = performance.now();
      const failure = await run(spec);
      const timeSpentMs = performance.now() - from;
      const test = { id: spec, name: `${spec} ${version()}`, fileName: resolve(spec), timeSpentMs };
      results.push(
        failure === undefined
          ? { ...test, status: TestStatus.Success }
          : { ...test, status: TestStatus.Failed, failureMessage: failure },
      );
    }
    writeFileSync(
      timesFile,
      JSON.stringify(results.map(({ id, timeSpentMs }) => [id, timeSpentMs])),
    );
    stryker.currentTestId = undefined;
    const { mutantCoverage } = stryker;
    return {
      status: DryRunStatus.Complete,
      tests: results,
      ...(mutantCoverage && { mutantCoverage }),
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, testFilter = specFiles() } = options;
    const order = likeliestFirst(testFilter, activeMutant.fileName);
    stryker.activeMutant = activeMutant.id;
    stryker.hitLimit = hitLimit;
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    for (const [index, spec] of order.entries()) {
      const failureMessage = await run(spec);
      const tooOften = determineHitLimitReached(stryker.hitCount, hitLimit);
      if (tooOften) return { ...tooOften, status: MutantRunStatus.Timeout };
      if (failureMessage !== undefined)
        return {
          status: MutantRunStatus.Killed,
          killedBy: [spec],
          failureMessage,
          nrOfTests: index + 1,
        };
    }
    return { status: MutantRunStatus.Survived, nrOfTests: order.length };
  }
}

/** A hash of the spec and of what it loads of `test/`: with another one it is another test to Stryker's incremental mode. */
function version(): string {
  const hash = createHash("sha256");
  for (const url of [...loaded].sort()) hash.update(readFileSync(fileURLToPath(url)));
  return hash.digest("hex").slice(0, 8);
}

/** The spec that mirrors the file, then the quickest. */
function likeliestFirst(chosen: readonly string[], file: string): string[] {
  const times = new Map(JSON.parse(readFileSync(timesFile, "utf8")) as [string, number][]);
  const mirror = `${basename(file, ".ts")}.test.ts`;
  const rank = (spec: string) => (basename(spec) === mirror ? -1 : (times.get(spec) ?? 0));
  return [...chosen].sort((a, b) => rank(a) - rank(b));
}

const errors = ["uncaughtException", "unhandledRejection"] as const;

/** The first failure of a spec file, undefined where all of it passes. */
async function run(spec: string): Promise<string | undefined> {
  runs++;
  loaded.clear();
  // Without a limit: a test that hangs is Stryker's to end, with its process, so that nothing of it outlives it.
  const mocha = new Mocha({ bail: true, timeout: 0, reporter: Mocha.reporters.Base });
  const listeners = errors.map((event) => process.rawListeners(event));
  try {
    mocha.suite.emit("pre-require", globalThis, spec, mocha);
    await import(pathToFileURL(resolve(spec)).href);
    return await new Promise<string | undefined>((end) => {
      let first: string | undefined;
      mocha
        .run(() => {
          end(first);
        })
        .on("fail", (test, error: Error) => {
          first ??= `${test.fullTitle()}: ${error.message}`;
        });
    });
  } catch (error) {
    return String(error);
  } finally {
    // Where a test fails, Mocha and the program that it ran may leave some.
    for (const [index, event] of errors.entries()) {
      process.removeAllListeners(event);
      for (const listener of listeners[index] ?? []) process.on(event, listener as () => void);
    }
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "specs", SpecRunner)];
