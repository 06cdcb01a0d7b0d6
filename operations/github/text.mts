// What Pulumi prints, as a comment, an issue or a job's summary shows it.
import { stripVTControlCharacters } from "node:util";

/**
 * Characters of a comment or an issue. GitHub refuses more than 65,536: "Body is too long (maximum is 65536
 * characters)". The rest is for what stands around the text.
 */
export const roomOfNote = 60_000;

/** Characters of a step's summary, which takes 1 MiB: one of them has up to three bytes here, emoji four in two. */
export const roomOfSummary = 300_000;

/** Of several notes, the one about this. */
export const marker = (about: string): string => `<!-- dse-platform ${about} -->`;

/** The text in at most so many characters: whole lines of its beginning and its end, where the changes are counted. */
export function shortened(text: string, room: number): string {
  if (text.length <= room) return text;
  const half = Math.floor((room - 100) / 2);
  const head = text.slice(0, half);
  const tail = text.slice(-half);
  const beginning = head.slice(0, head.lastIndexOf("\n") + 1) || `${head}\n`;
  const end = tail.slice(tail.indexOf("\n") + 1);
  const left = text.slice(beginning.length, text.length - end.length);
  return `${beginning}\n… ${left.split("\n").length - 1} lines left out: the run's log has them …\n\n${end}`;
}

/** A block of code that nothing in the text can end. */
export function fenced(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}text\n${text}\n${fence}`;
}

export const plain = (output: string): string => stripVTControlCharacters(output).trim();

/** What Pulumi counts at the end, after its own preview too: `+ 3 created, 174 unchanged`. Undefined where it came to none. */
export function countOf(output: string): string | undefined {
  const last = [...plain(output).matchAll(/^Resources:\n((?: +.+\n?)+)/gm)].at(-1);
  return last?.[1]
    ?.trim()
    .split("\n")
    .map((line) => line.trim())
    .join(", ");
}

/** Output that is folded away behind one line. */
export function folded(line: string, output: string, room: number): string {
  const text = fenced(shortened(plain(output), room));
  return `<details><summary>${line}</summary>\n\n${text}\n\n</details>\n`;
}
