import { marginalCost } from "./growth.mts";
import { median, type Result } from "./measure.mts";
import type { Budget, Series } from "./measurement.mts";
import { type Cell, tableOf } from "./table.mts";

export interface Report {
  readonly stack: string;
  /** What else the machine had to do when it began: processes that wanted to run, over the last minute. */
  readonly load: number;
  readonly cores: number;
  readonly terraformSource: string;
  readonly results: readonly Result[];
}

interface Row {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** What the median is above that of the measurement it is compared with. */
  readonly more?: { readonly than: string; readonly seconds: number };
  /** Most of all runs, MiB. */
  readonly memory?: number;
  readonly budget?: Budget;
  readonly ok?: boolean;
  readonly terraform?: number;
  readonly seconds: readonly number[];
}

interface Growth {
  readonly name: string;
  readonly projects: readonly number[];
  readonly millisecondsPerProject: number;
  readonly budget?: number;
  readonly ok?: boolean;
  readonly terraform?: number;
}

const rounded = (value: number) => Math.round(value * 100) / 100;

/** Undefined where there is no budget, or nothing to hold against it. */
function keeps(budget: Budget, { median, more, memory }: Omit<Row, "ok">): boolean | undefined {
  const pairs = [
    [budget.seconds, median],
    [budget.more, more?.seconds],
    [budget.memory, memory],
  ] as const;
  const judged = pairs.filter(([most, found]) => most !== undefined && found !== undefined);
  if (judged.length === 0) return undefined;
  return judged.every(([most = Infinity, found = 0]) => found <= most);
}

const secondsOf = ({ samples }: Result) => samples.map(({ seconds }) => seconds);

function rowsOf({ results }: Report): Row[] {
  const medians = new Map(results.map((one) => [one.measurement.name, median(secondsOf(one))]));
  return results.map((result) => {
    const { name, than = "", budget, terraform } = result.measurement;
    const seconds = secondsOf(result);
    const own = median(seconds);
    const other = medians.get(than);
    const memory = result.samples.flatMap(({ memory }) => memory ?? []);
    const row = {
      name,
      median: rounded(own),
      least: rounded(Math.min(...seconds)),
      most: rounded(Math.max(...seconds)),
      ...(other !== undefined && { more: { than, seconds: rounded(own - other) } }),
      ...(memory.length > 0 && { memory: Math.round(Math.max(...memory)) }),
      seconds: seconds.map(rounded),
    };
    const ok = budget && keeps(budget, row);
    return {
      ...row,
      ...(budget && { budget }),
      ...(ok !== undefined && { ok }),
      ...(terraform !== undefined && { terraform }),
    };
  });
}

function growthOf({ results }: Report): Growth[] {
  const series = new Set(results.flatMap(({ measurement }) => measurement.series ?? []));
  return [...series].flatMap((one) => growthOfSeries(one, results) ?? []);
}

function growthOfSeries(series: Series, results: readonly Result[]): Growth | undefined {
  const points = results
    .filter(({ measurement }) => measurement.series === series)
    .map((result) => ({
      projects: result.measurement.needs?.projects ?? 0,
      seconds: median(secondsOf(result)),
    }));
  const cost = marginalCost(points);
  if (cost === undefined) return undefined;
  const { name, budget, terraform } = series;
  return {
    name,
    projects: points.map(({ projects }) => projects),
    millisecondsPerProject: rounded(cost),
    ...(budget !== undefined && { budget, ok: cost <= budget }),
    ...(terraform !== undefined && { terraform }),
  };
}

export function asJson(report: Report): string {
  const { stack, cores, load, terraformSource } = report;
  const measurements = rowsOf(report);
  const growth = growthOf(report);
  const all = { stack, cores, load: rounded(load), measurements, growth, terraformSource };
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

const verdict = (ok: boolean | undefined) => (ok === undefined ? "" : ok ? "ok" : "over");
const signed = (value: number) => `${value >= 0 ? "+" : ""}${value.toFixed(2)}`;

function budgetText({ seconds, more, memory }: Budget): string {
  const parts = [
    seconds !== undefined && `${String(seconds)} s`,
    more !== undefined && `+${String(more)} s`,
    memory !== undefined && `${String(memory)} MiB`,
  ];
  return parts.filter((part) => part !== false).join(", ");
}

const rowCells = (row: Row): Cell[] => [
  row.name,
  row.median,
  row.least,
  row.most,
  row.memory === undefined ? "" : String(row.memory),
  row.budget ? budgetText(row.budget) : "",
  verdict(row.ok),
  row.terraform === undefined ? "" : String(row.terraform),
  row.more ? `${signed(row.more.seconds)} than ${row.more.than}` : "",
];

const growthCells = (growth: Growth): Cell[] => [
  growth.name,
  growth.millisecondsPerProject,
  growth.budget === undefined ? "" : String(growth.budget),
  verdict(growth.ok),
  growth.terraform === undefined ? "" : String(growth.terraform),
  `with ${growth.projects.join(", ")} projects`,
];

export function asTable(report: Report): string {
  const rows = rowsOf(report);
  const growth = growthOf(report);
  const header = ["seconds", "median", "least", "most", "MiB", "budget", "", "Terraform", ""];
  const grown = ["ms per project", "slope", "budget", "", "Terraform", ""];
  const beside = new Map<string, string[]>();
  for (const { name, budget } of rows)
    if (budget?.beside) beside.set(budget.beside, [...(beside.get(budget.beside) ?? []), name]);
  const parts = [
    tableOf(header, rows.map(rowCells)),
    ...(growth.length > 0 ? [tableOf(grown, growth.map(growthCells))] : []),
    [
      `${report.stack} on a local AWS, ${String(report.cores)} cores, load of the machine ${report.load.toFixed(1)}.`,
      ...[...beside].map(([what, names]) => `Budget of ${names.join(" and ")}: beside ${what}.`),
      ...([...rows, ...growth].some(({ terraform }) => terraform !== undefined)
        ? [`Terraform: ${report.terraformSource}.`]
        : []),
    ].join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}
