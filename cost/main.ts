// What a stack costs a month: `make cost STACK=dev`.
import "../preload.cjs";
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual, parseArgs } from "node:util";
import type { PlatformConfig } from "../config.ts";
import { nearest } from "../config/settings.ts";
import { estimate, type Usage, type UsageKey, usageOptions, usualUsage } from "./estimate.ts";
import { pricedRegions, pricesOf } from "./prices.ts";
import { asJson, asTable, type Report, type Saving } from "./report.ts";
import { alternatives } from "./savings.ts";
import { type Given, givenSettings, load, platformOf, stacks, withSettings } from "./stack.ts";

/** Something to say in one line, instead of an estimate. */
class Refusal extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
const misuse = (message: string) => new Refusal(`cost: ${message}`, 2);

interface Asked {
  readonly stack: string;
  readonly job: string;
  readonly json: boolean;
  readonly help: boolean;
  readonly usage: Usage;
}

/** What the program prints, where, and how it ends. */
export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export function run(args: string[], settingsOf = givenSettings): Result {
  try {
    const asked = ask(args);
    if (asked.help) return { stdout: help(), stderr: "", exitCode: 0 };
    const report = reportOn(asked, settingsOf(asked.stack));
    return { stdout: asked.json ? asJson(report) : asTable(report), stderr: "", exitCode: 0 };
  } catch (error) {
    if (error instanceof Refusal)
      return { stdout: "", stderr: `${error.message}\n`, exitCode: error.exitCode };
    // The program's own refusal of the settings.
    if (pulumi.RunError.isInstance(error))
      return { stdout: "", stderr: `${error.message}\n`, exitCode: 1 };
    throw error;
  }
}

function ask(args: string[]): Asked {
  const usage: Record<UsageKey, number> = { ...usualUsage };
  const names = ["stack", "job", "json", "help", ...Object.keys(usageOptions)];
  const flags = ["json", "help"];
  const options = Object.fromEntries(
    names.map((name) => [
      name,
      { type: flags.includes(name) ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true });
  const given = { stack: "dev", job: "default", json: false, help: false };
  for (const token of tokens) {
    if (token.kind !== "option")
      throw misuse(
        `${JSON.stringify(token.kind === "positional" ? token.value : "--")}: options alone, see --help`,
      );
    const { name, value, rawName } = token;
    if (!names.includes(name))
      throw misuse(`no option ${rawName}; did you mean --${nearest(name, names)}?`);
    if (name === "json" || name === "help") {
      if (value !== undefined) throw misuse(`${rawName} takes no value`);
      given[name] = true;
    } else if (value === undefined) throw misuse(`${rawName} needs a value`);
    else if (name === "stack" || name === "job") given[name] = value;
    else usage[name as UsageKey] = numberOf(rawName, value);
  }
  if (!given.help && !stacks().includes(given.stack))
    throw misuse(`no stack ${JSON.stringify(given.stack)}; there are ${stacks().join(", ")}`);
  return { ...given, usage };
}

function numberOf(option: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw misuse(`${option} must be a number from 0 up, not ${JSON.stringify(text)}`);
  return value;
}

function reportOn({ stack, job, usage }: Asked, given: Given): Report {
  const config = load(stack, given);
  const { region } = config;
  const prices = pricesOf(region);
  if (!prices)
    throw new Refusal(
      `cost: no prices are known for ${region}, only for ${pricedRegions.join(", ")}; docs/cost.md says how to add some`,
      1,
    );
  const platform = platformOf(config, job);
  if (!platform)
    throw misuse(`no job ${JSON.stringify(job)}; there are ${Object.keys(config.jobs).join(", ")}`);
  const lines = estimate(platform, usage, prices);
  const savings = alternatives(config).flatMap(({ changes, effect }): Saving[] => {
    const changed = loadIfValid(stack, withSettings(given, changes));
    const other = changed && platformOf(changed, job);
    if (!other || isDeepStrictEqual(other, platform)) return [];
    return [{ changes, effect, lines: estimate(other, usage, prices) }];
  });
  return { stack, region, job, usage, prices, lines, savings };
}

/** Undefined where the settings do not go together. */
function loadIfValid(stack: string, given: Given): PlatformConfig | undefined {
  try {
    return load(stack, given);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return undefined;
    throw error;
  }
}

function help(): string {
  const options = Object.entries(usageOptions).map(
    ([name, { usual, unit, what }]) => `  --${name.padEnd(14)} ${what} (${usual} ${unit})`,
  );
  return `node cost/main.ts [--stack dev] [--json] [--job default] [usage]

Usage a month, which no setting says; --job names the definition that --job-hours are of:
${options.join("\n")}
`;
}

if (import.meta.main) {
  const { stdout, stderr, exitCode } = run(process.argv.slice(2));
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}
