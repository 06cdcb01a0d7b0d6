// Shows a running engine's log where there is no terminal: how far it is, then all that is not a
// resource's own line (messages of the program, diagnostics, outputs, the summary).
import { closeSync, openSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { StringDecoder } from "node:string_decoder";

/** A line of the engine's plain display about one resource: ` +  aws:s3:Bucket scratch creating (0s)`. */
const resourceLine = /^( {4}| [ +~=<>-]{1,3} )([\w-]+:[\w/-]*:[\w-]+ \S+) (.*)$/;
const begun = /^(creating|updating|deleting|replacing|reading|refreshing|importing)\b/;
const finished =
  /^(created?|updated?|deleted?|replaced?|read|imported|refreshed)( \(\d+(\.\d+)?s\)| \[diff: .*\])?\s*$/;
/** Dots while it waits, and advice that our own commands make pointless. */
const noise =
  /^(@ |Loading policy packs|The resources in the stack have been deleted|If you want to remove the stack)/;
/** The line of a pack that finds nothing; it may repair something. */
const clean = /^ {4}✅ /;

export class Progress {
  #done = 0;
  readonly #underWay = new Set<string>();
  /** Headings that are shown with what stands under them, if anything does. */
  #held: string[] = [];
  readonly #plan: boolean;

  /** Of a preview each resource's operation is what was asked for. */
  constructor(plan: boolean) {
    this.#plan = plan;
  }

  /** What to show of a line, if anything. */
  line(text: string): string | undefined {
    if (text === "Policies:" || clean.test(text)) {
      this.#held = [...this.#held.filter((line) => !clean.test(line)), text];
      return undefined;
    }
    const under = /^ {8}/.test(text);
    const held = this.#held.splice(0).filter((line) => under || !clean.test(line));
    if (held.length > 0 && text.trim() !== "") return [...held, text].join("\n");
    const [, operation = "", resource = "", what = ""] = resourceLine.exec(text) ?? [];
    if (!resource) return noise.test(text) ? undefined : text;
    if (begun.test(what)) this.#underWay.add(resource);
    if (/\b(error|warning|failed)\b/.test(what)) return text;
    if (!operation.trim() || !finished.test(what)) return undefined;
    this.#underWay.delete(resource);
    this.#done += 1;
    return this.#plan ? text.trimEnd() : undefined;
  }

  summary(): string {
    const [first, ...others] = this.#underWay;
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    return `… ${this.#done} resources done${first ? `, ${first}${more} under way` : ""}`;
  }
}

/** Follows the log until `ended`, saying every few seconds how far it is. */
export async function follow(
  log: string,
  ended: Promise<unknown>,
  say: (line: string) => void,
  plan = false,
  every = 10_000,
): Promise<void> {
  const progress = new Progress(plan);
  const file = openSync(log, "r");
  const decoder = new StringDecoder("utf8");
  const chunk = Buffer.alloc(64 << 10);
  let rest = "";
  let blank = true;
  let last = Date.now();
  let told = "";
  const over = ended.then(() => true);
  const read = () => {
    for (;;) {
      const length = readSync(file, chunk);
      if (length === 0) return;
      const lines = (rest + decoder.write(chunk.subarray(0, length))).split("\n");
      rest = lines.pop() ?? "";
      for (const text of lines) {
        const shown = progress.line(text);
        if (shown === undefined || (blank && shown.trim() === "")) continue;
        blank = shown.trim() === "";
        say(shown);
      }
    }
  };
  while (!(await Promise.race([over, sleep(200, false)]))) {
    read();
    const summary = progress.summary();
    if (Date.now() - last > every && summary !== told) {
      last = Date.now();
      told = summary;
      say(summary);
    }
  }
  read();
  if (rest.trim()) say(rest);
  closeSync(file);
}
