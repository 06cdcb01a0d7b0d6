import { isDeepStrictEqual } from "node:util";
import { hoursPerMonth, type Line, total, type Usage, usageOptions } from "./estimate.ts";
import type { PriceTable } from "./prices.ts";

/** The stack with other settings. */
export interface Saving {
  readonly changes: Readonly<Record<string, unknown>>;
  /** What it means besides. */
  readonly effect: string;
  readonly lines: readonly Line[];
}

export interface Report {
  readonly stack: string;
  readonly region: string;
  /** The job whose hours are reckoned. */
  readonly job: string;
  readonly usage: Usage;
  readonly prices: PriceTable;
  readonly lines: readonly Line[];
  readonly savings: readonly Saving[];
}

/**
 * US dollars a month that a change saves, below zero where it costs more. Undefined where a price is unknown,
 * unless it is that of a part that stays as it is.
 */
export function saves(before: readonly Line[], after: readonly Line[]): number | undefined {
  const unknowns = (lines: readonly Line[]) => JSON.stringify(lines.filter(isUnknown));
  if (unknowns(before) !== unknowns(after)) return undefined;
  return Math.round((total(before) - total(after)) * 100) / 100;
}

/** Whether every price was verified that makes the difference. */
function isVerified(before: readonly Line[], after: readonly Line[]): boolean {
  const shared = (lines: readonly Line[], line: Line) =>
    lines.some((other) => isDeepStrictEqual(other, line));
  return [
    ...before.filter((line) => !shared(after, line)),
    ...after.filter((line) => !shared(before, line)),
  ].every(({ verified }) => verified);
}

export function asJson(report: Report): string {
  const { stack, region, job, usage, lines, prices, savings } = report;
  const used = [...new Set(lines.flatMap((line) => line.prices))];
  return (
    JSON.stringify(
      {
        stack,
        region,
        job,
        currency: "USD",
        hoursPerMonth,
        usage,
        lines: lines.map((line) => ({ ...line, usd: line.usd ?? null })),
        total: total(lines),
        complete: !lines.some(isUnknown),
        prices: Object.fromEntries(used.map((key) => [key, prices[key] ?? null])),
        savings: savings.map(({ changes, effect, lines: after }) => ({
          changes,
          effect,
          saves: saves(lines, after) ?? null,
          verified: isVerified(lines, after),
          total: total(after),
        })),
      },
      null,
      2,
    ) + "\n"
  );
}

/** The estimate for a person to read. */
export function asTable(report: Report): string {
  const { stack, region, lines, savings } = report;
  const rows = lines.map((line, i) => [
    line.part === lines[i - 1]?.part ? "" : line.part,
    line.what,
    line.usd === undefined ? "? " : `${money(line.usd)}${line.verified ? " " : "*"}`,
    line.basis,
  ]);
  const sum = ["total", lines.some(isUnknown) ? "at least" : "", `${money(total(lines))} `, ""];
  return [
    `Stack ${stack} in ${region}: US dollars a month of ${hoursPerMonth} hours`,
    `List prices ${daysRead(report)}, without tax, discounts and free tiers`,
    "",
    ...columns([...rows, ["", "", "", ""], sum]),
    "",
    ...footnotes(report),
    "Usage assumed, each an option",
    ...columns(usageRows(report)),
    ...(savings.length ? ["", "With other settings", ...columns(savingRows(report))] : []),
    "",
  ].join("\n");
}

/** `read 2026-11-23`, or from the first day to the last. */
function daysRead({ lines, prices }: Report): string {
  const days = lines
    .flatMap((line) => line.prices.flatMap((key) => prices[key]?.read ?? []))
    .sort();
  const [first = "", last = ""] = [days[0], days.at(-1)];
  return `read ${first === last ? first : `${first} to ${last}`}`;
}

function footnotes({ region, lines }: Report): string[] {
  const unknown = lines.filter(isUnknown);
  const unverified = lines.filter((line) => !isUnknown(line) && !line.verified);
  return [
    ...(unverified.length
      ? [
          `* unverified, ${money(total(unverified))} of the total: not read for ${region} itself, or out of date;`,
          "  cost/prices.ts says where each price comes from",
        ]
      : []),
    ...unknown.map(({ part, what }) => `? no price is known for ${what} (${part})`),
    ...(unknown.length || unverified.length ? [""] : []),
  ];
}

function usageRows({ usage, job }: Report): string[][] {
  return Object.entries(usageOptions).map(([key, { what }]) => [
    `  --${key}`,
    `${String(usage[key as keyof Usage])} `,
    key === "job-hours" ? `${what}, of the job ${job}` : what,
  ]);
}

function savingRows({ lines, savings }: Report): string[][] {
  return savings.flatMap(({ changes, effect, lines: after }) => [
    [`  ${savedText(saves(lines, after), isVerified(lines, after))}`, settingsText(changes)],
    ["", `(${effect})`],
  ]);
}

function savedText(saved: number | undefined, verified: boolean): string {
  if (saved === undefined) return "price unknown";
  if (saved === 0) return "saves nothing";
  const mark = verified ? "" : "*";
  return saved > 0 ? `saves ${money(saved)}${mark}` : `costs ${money(-saved)}${mark} more`;
}

/** `mwaaClass: mw1.micro, …` */
function settingsText(changes: Saving["changes"]): string {
  return Object.entries(changes)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? listText(value) : String(value)}`)
    .join(", ");
}

function listText(items: readonly unknown[]): string {
  const shown = items.slice(0, 2).map(String).join(", ");
  return items.length > 2 ? `[${shown}, … ${items.length} in all]` : `[${shown}]`;
}

/** Cells under each other; those that hold an amount to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) =>
        /^[\d.,?]+[ *]$/.test(cell) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

const isUnknown = ({ usd }: Line) => usd === undefined;
const money = (usd: number) => usd.toFixed(2);
