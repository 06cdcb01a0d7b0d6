import { globSync } from "node:fs";

/** What is mutated. Lists of what there is, and what only hands them on, hold nothing for a test to miss. */
const mutated = {
  include: ["config.ts", "{config,components}/**/*.ts", "policy/{lib,rules}/**/*.ts"],
  exclude: ["policy/**/index.ts"],
};

/** The tests that are to notice: those that mirror what is mutated, and those of whole stacks. */
const specs = ["test/config.test.ts", "test/{config,lib,components,policy,stacks}/**/*.test.ts"];

export const specFiles = (): string[] => globSync(specs).sort();

/** The files to mutate: of the named files and folders, or all. Throws where one has none. */
export function filesToMutate(named: readonly string[]): string[] {
  const all = globSync(mutated.include, { exclude: mutated.exclude }).sort();
  if (named.length === 0) return all;
  const chosen = named.map((name) => {
    const of = all.filter(
      (file) => file === name || file.startsWith(`${name.replace(/\/$/, "")}/`),
    );
    if (of.length > 0) return of;
    throw new Error(`${name}: nothing of it is mutated; what is, is ${mutated.include.join(", ")}`);
  });
  return [...new Set(chosen.flat())];
}

/** The files by folder. Each part is a run of its own, so that an interruption loses no more than one. */
export function parts(files: readonly string[]): string[][] {
  const folder = /^(components|config|policy\/\w+)/;
  const grouped = Object.groupBy(files, (file) => folder.exec(file)?.[0] ?? file);
  return Object.values(grouped).filter((part) => part !== undefined);
}
