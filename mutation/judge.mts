// What the outcome of Stryker's run is worth.
import { z } from "zod";

/** Why mutants survive that no test can, or needs to, notice. */
export interface Exclusion {
  readonly file: string;
  /** Stryker's name of it. https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/ @default any */
  readonly mutator?: string;
  /** What is mutated, white space aside. @default anything in the file */
  readonly code?: string;
  /** What stands in its place, white space aside. @default anything */
  readonly replacement?: string;
  readonly reason: string;
}

export interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly code: string;
  readonly replacement: string;
  readonly status: "Killed" | "Survived" | "NoCoverage";
}

export interface Verdict {
  readonly mutants: readonly Mutant[];
  /** Survivors, those that no test executes among them, that nothing explains. */
  readonly open: readonly Mutant[];
  readonly explained: readonly Mutant[];
  /** Exclusions of the mutated files that no survivor needs. */
  readonly unused: readonly Exclusion[];
}

const enough = 90;

const position = z.object({ line: z.number(), column: z.number() });
/** https://github.com/stryker-mutator/mutation-testing-elements/tree/master/packages/report-schema */
const report = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          mutatorName: z.string(),
          replacement: z.string().default(""),
          location: z.object({ start: position, end: position }),
          status: z.string(),
        }),
      ),
    }),
  ),
});

/** Stryker's words for what came of a mutant; of the others nothing can be said. */
const statuses: Readonly<Record<string, Mutant["status"]>> = {
  Killed: "Killed",
  // The tests ended no more.
  Timeout: "Killed",
  Survived: "Survived",
  NoCoverage: "NoCoverage",
};

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** The mutants of the files in a report, which may have those of earlier runs besides. */
export function readMutants(text: string, files: readonly string[]): Mutant[] {
  return Object.entries(report.parse(JSON.parse(text)).files)
    .filter(([file]) => files.includes(file))
    .flatMap(([file, { source, mutants }]) => {
      const starts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
      const at = ({ line, column }: z.output<typeof position>) =>
        (starts[line - 1] ?? 0) + column - 1;
      return mutants.flatMap(({ mutatorName, replacement, location: { start, end }, status }) => {
        const known = statuses[status];
        if (!known) return [];
        const code = inOneLine(source.slice(at(start), at(end)));
        const mutant = { file, line: start.line, mutator: mutatorName, code };
        return [{ ...mutant, replacement: inOneLine(replacement), status: known }];
      });
    });
}

const explains = (exclusion: Exclusion, mutant: Mutant): boolean =>
  exclusion.file === mutant.file &&
  (["mutator", "code", "replacement"] as const).every(
    (key) => exclusion[key] === undefined || inOneLine(exclusion[key]) === mutant[key],
  );

/** What the mutants of these files are worth. An exclusion of another file is not looked at. */
export function judge(
  mutants: readonly Mutant[],
  files: readonly string[],
  exclusions: readonly Exclusion[],
): Verdict {
  const survivors = mutants.filter(({ status }) => status !== "Killed");
  const explained = survivors.filter((one) => exclusions.some((each) => explains(each, one)));
  return {
    mutants,
    explained,
    open: survivors.filter((one) => !explained.includes(one)),
    unused: exclusions.filter(
      (each) => files.includes(each.file) && !survivors.some((one) => explains(each, one)),
    ),
  };
}

/** Percent of the mutants that a test notices; an explanation makes none of them noticed. */
const score = (mutants: readonly Mutant[]): number =>
  mutants.length === 0
    ? 100
    : (100 * mutants.filter(({ status }) => status === "Killed").length) / mutants.length;

export const isGood = ({ mutants, open, unused }: Verdict): boolean =>
  score(mutants) >= enough && open.length === 0 && unused.length === 0;

const folderOf = (file: string): string =>
  file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : file;

export function lines({ mutants, open, explained, unused }: Verdict): string[] {
  const folders = [...new Set(mutants.map(({ file }) => folderOf(file)))].sort();
  const row = (name: string, of: (mutant: Mutant) => boolean): string[] => {
    const all = mutants.filter(of);
    const count = (status: Mutant["status"]) =>
      String(all.filter((mutant) => mutant.status === status).length);
    return [
      name,
      count("Killed"),
      count("Survived"),
      count("NoCoverage"),
      String(explained.filter(of).length),
      `${score(all).toFixed(1)} %`,
    ];
  };
  const rows = [
    ["", "killed", "survived", "no coverage", "explained", "score"],
    ...folders.map((folder) => row(folder, ({ file }) => folderOf(file) === folder)),
    row("all", () => true),
  ];
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  const pad = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(widths?.[i] ?? 0) : cell.padStart(widths?.[i] ?? 0);
  const tooFew = score(mutants) < enough ? [`below ${enough} %`] : [];
  return [
    ...rows.map((cells) => cells.map(pad).join("  ")),
    ...open.map(
      ({ file, line, mutator, code, replacement, status }) =>
        `${file}:${line} ${mutator}${status === "NoCoverage" ? ", not executed" : ""}: ${code} → ${replacement}`,
    ),
    ...unused.map(
      ({ file, code, mutator }) =>
        `not needed any more: the exclusion of ${code ?? mutator ?? "all"} in ${file} (mutation/exclusions.mts)`,
    ),
    ...tooFew,
  ];
}
