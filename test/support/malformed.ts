import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../stacks/malformed");

/** A stack's file as people write one, with what they are told. */
export interface Malformed {
  readonly name: string;
  readonly file: string;
  /** Who refuses it: the program, by all of the lines, or the engine before it, by words of its own. */
  readonly refusedBy: "program" | "engine";
  readonly lines: readonly string[];
}

/** The files of test/stacks/malformed: a comment of what is wrong, then `# program: …` or `# engine: …`, a line each. */
export function malformed(): readonly Malformed[] {
  return readdirSync(folder).map((entry) => {
    const file = join(folder, entry);
    const expected = [...readFileSync(file, "utf8").matchAll(/^# (program|engine): (.+)$/gm)];
    const [[, refusedBy] = []] = expected;
    if (refusedBy !== "program" && refusedBy !== "engine")
      throw new Error(`${file} does not say who refuses it, and how`);
    const lines = expected.map(([, , line = ""]) => line);
    return { name: entry.replace(/\.yaml$/, ""), file, refusedBy, lines };
  });
}
