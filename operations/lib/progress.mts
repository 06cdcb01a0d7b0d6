// What a command prints: results on stdout, all else on stderr, so that a script reads results alone.

/** A line about what is under way. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A result: with `--json` the value, else its lines. */
export function print(json: boolean | undefined, value: unknown, lines: readonly string[]): void {
  const text = json ? [JSON.stringify(value, undefined, 2)] : lines;
  for (const line of text) process.stdout.write(`${line}\n`);
}
