import { relative } from "node:path";
import { z } from "zod";

/** A check or test that did not pass. */
export interface Failure {
  readonly title: string;
  readonly message: string;
}

export interface Result {
  readonly passed: number;
  readonly failures: readonly Failure[];
}

/** How a stage ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Undefined where the stage wrote none. */
  readonly report: string | undefined;
  /** What it said besides. */
  readonly output: string;
}

/** Reads the report of one kind of runner; throws where it is not such a report. */
export type Reader = (report: string) => Result;

const mochaTest = z.object({
  fullTitle: z.string(),
  err: z.object({ message: z.string().optional(), stack: z.string().optional() }),
});
const mochaReport = z.object({
  passes: z.array(mochaTest),
  failures: z.array(mochaTest),
  pending: z.array(mochaTest),
});

export const readMocha: Reader = (report) => {
  const { passes, failures, pending } = mochaReport.parse(JSON.parse(report));
  const failed = failures.map(({ fullTitle, err }) => ({
    title: fullTitle,
    message: withStack(err.message ?? "failed without a message", err.stack ?? ""),
  }));
  const titles = new Set(failed.map(({ title }) => title));
  const skipped = pending.filter(({ fullTitle }) => !titles.has(fullTitle));
  return {
    passed: passes.length,
    failures: [...failed, ...skipped.map(({ fullTitle }) => notRun(fullTitle))],
  };
};

const eslintReport = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(
      z.object({ ruleId: z.string().nullable(), line: z.number().optional(), message: z.string() }),
    ),
  }),
);

/** The whole of the linted files is one check. */
export const readEslint: Reader = (report) => {
  const files = eslintReport.parse(JSON.parse(report));
  if (files.length === 0) return { passed: 0, failures: [] };
  const problems = files.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ ruleId, line, message }) =>
        `${relative(".", filePath)}:${line ?? 0} ${message}${ruleId === null ? "" : ` (${ruleId})`}`,
    ),
  );
  if (problems.length === 0) return { passed: 1, failures: [] };
  return { passed: 0, failures: [{ title: "eslint", message: problems.join("\n") }] };
};

const goEvent = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  ImportPath: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
});

/** Tests without subtests are counted, as those of mocha; besides, a package or a test that fails on its own account. */
export const readGo: Reader = (report) => {
  const outputs = new Map<string, string>();
  const endings = new Map<string, "pass" | "fail" | "skip">();
  for (const line of report.split("\n").filter((text) => text !== "")) {
    const event = goEvent.parse(JSON.parse(line));
    const key = [event.Package ?? event.ImportPath ?? "go", event.Test ?? ""].join(" ");
    if (event.Output !== undefined) outputs.set(key, (outputs.get(key) ?? "") + event.Output);
    if (event.Action === "pass" || event.Action === "fail" || event.Action === "skip")
      endings.set(key, event.Action);
    if (event.Action === "build-fail") endings.set(key, "fail");
  }
  const isTest = (key: string): boolean => !key.endsWith(" ");
  const below = (key: string): string[] =>
    [...endings.keys()].filter((other) =>
      isTest(key) ? other.startsWith(`${key}/`) : other !== key && other.startsWith(key),
    );
  const failures: Failure[] = [];
  let passed = 0;
  for (const [key, ending] of endings) {
    if (ending === "fail" && !below(key).some((other) => endings.get(other) === "fail"))
      failures.push({ title: key.trim(), message: (outputs.get(key) ?? "failed").trim() });
    // A package without tests is said to be skipped.
    if (ending === "skip" && isTest(key)) failures.push(notRun(key));
    if (ending === "pass" && isTest(key) && below(key).length === 0) passed++;
  }
  return { passed, failures };
};

/** What came of a stage. A stage that proves nothing has failed. */
export function judge(name: string, ending: Ending, read: Reader | undefined): Result {
  const { code, signal, report } = ending;
  const end = signal === null ? `exit code ${code ?? "unknown"}` : `ended by ${signal}`;
  const failed = (why: string, result: Result = { passed: 0, failures: [] }): Result => ({
    passed: result.passed,
    failures: [...result.failures, { title: name, message: `${why} (${end})` }],
  });
  // A runner whose answer is its exit code.
  if (read === undefined)
    return code === 0 ? { passed: 1, failures: [] } : failed(ending.output.trim() || "failed");
  if (report === undefined) return failed("left no report");
  if (report.trim() === "") return failed("left an empty report");
  let result;
  try {
    result = read(report);
  } catch (error) {
    return failed(`left a report that cannot be read: ${firstLine(String(error))}`);
  }
  if (result.passed + result.failures.length === 0) return failed("ran no tests");
  if (code !== 0 && result.failures.length === 0) return failed("died", result);
  return result;
}

const notRun = (title: string): Failure => ({
  title,
  message: "was skipped; a test that is not run proves nothing",
});

/** The last line of a run. */
export const summary = (results: readonly Result[]): string => {
  const sum = (count: (result: Result) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return `${sum(({ passed }) => passed)} passed, ${sum(({ failures }) => failures.length)} failed`;
};

/** The message, and the frames of our own code. */
function withStack(message: string, stack: string): string {
  const frames = stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !/node_modules|node:internal/.test(line));
  return [message, ...frames.slice(0, 5)].join("\n");
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;
