import { median, type Times } from "./measure.mts";

export interface Report {
  readonly stack: string;
  readonly runs: number;
  /** What else the machine had to do when it began: processes that wanted to run, over the last minute. */
  readonly load: number;
  readonly times: readonly Times[];
}

interface Row {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** What the median is above that of the measurement it is compared with. */
  readonly more?: { readonly than: string; readonly seconds: number };
  readonly seconds: readonly number[];
}

const rounded = (seconds: number) => Math.round(seconds * 100) / 100;

function rowsOf({ times }: Report): Row[] {
  const medians = new Map(times.map((one) => [one.measurement.name, median(one.seconds)]));
  return times.map(({ measurement: { name, than }, seconds }) => {
    const own = median(seconds);
    const other = than === undefined ? undefined : medians.get(than);
    return {
      name,
      median: rounded(own),
      least: rounded(Math.min(...seconds)),
      most: rounded(Math.max(...seconds)),
      ...(than !== undefined &&
        other !== undefined && { more: { than, seconds: rounded(own - other) } }),
      seconds: seconds.map(rounded),
    };
  });
}

export function asJson(report: Report): string {
  const { stack, runs, load } = report;
  return `${JSON.stringify({ stack, runs, load: rounded(load), measurements: rowsOf(report) }, undefined, 2)}\n`;
}

export function asTable(report: Report): string {
  const header = ["seconds", "median", "least", "most", ""];
  const rows = rowsOf(report).map(({ name, median, least, most, more }) => [
    name,
    ...[median, least, most].map((seconds) => seconds.toFixed(2)),
    more ? `${more.seconds >= 0 ? "+" : ""}${more.seconds.toFixed(2)} than ${more.than}` : "",
  ]);
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, i) =>
        i === 0 || i === header.length - 1
          ? cell.padEnd(widths[i] ?? 0)
          : cell.padStart(widths[i] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const runs = report.runs === 1 ? "1 run each" : `${String(report.runs)} runs each, by turns`;
  return `${lines.join("\n")}\n\n${report.stack} on a local AWS, ${runs}; load of the machine ${report.load.toFixed(1)}.\n`;
}
