/** Numbers are aligned by their two decimals. */
export type Cell = string | number;

const text = (cell: Cell) => (typeof cell === "number" ? cell.toFixed(2) : cell);

/** A plain table; the first column is aligned to the left, and so is the last. */
export function tableOf(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const all = [header, ...rows.map((row) => row.map(text))];
  const widths = header.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const isLeft = (i: number) => i === 0 || i === header.length - 1;
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (isLeft(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return all.map(line).join("\n");
}
