import { RunError } from "@pulumi/pulumi";
import type { EnforcementLevel } from "@pulumi/policy";
import { z } from "zod";
import { problemsOf, type Rule, type RuleConfig } from "./rule.ts";

/** A rule as an environment has it. */
export interface ConfiguredRule extends RuleConfig {
  readonly level: EnforcementLevel;
}

const levels = ["advisory", "mandatory", "remediate", "disabled"] as const;
const entries = z.record(
  z.string(),
  z.union([z.string(), z.record(z.string(), z.unknown())], "must be a level or an object"),
);

/**
 * Reads a config file as `--policy-pack-config` takes it: levels, settings and waivers by rule, only what differs from
 * the rules' defaults. Throws one error that lists all that is wrong: the engine itself accepts a rule or a property
 * that does not exist in silence, and leaves the default on.
 */
export function readConfig(
  text: string,
  file: string,
  rules: readonly Rule[],
): ReadonlyMap<Rule, ConfiguredRule> {
  const given = read(text, file);
  const problems = Object.keys(given)
    .filter((name) => !rules.some((rule) => rule.name === name))
    .map((name) => `${name}: no such rule`);
  const configured = rules.map((rule) => {
    const value = given[rule.name] ?? {};
    const { enforcementLevel: level = rule.enforcementLevel, ...rest } =
      typeof value === "string" ? { enforcementLevel: value } : value;
    const result = rule.config.safeParse(rest);
    if (!result.success) problems.push(...problemsOf(rule.name, result.error.issues));
    const problem = levelProblem(rule, level);
    if (problem) problems.push(`${rule.name}: ${problem}`);
    if (level === "disabled" && "waivers" in rest)
      problems.push(`${rule.name}.waivers: a rule that is disabled needs none`);
    return { rule, level: level as EnforcementLevel, rest };
  });
  if (problems.length > 0) throw unusable(file, problems);
  return new Map(
    configured.map(({ rule, level, rest }) => [rule, { level, ...rule.readConfig(rest) }]),
  );
}

function read(text: string, file: string): z.output<typeof entries> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw unusable(file, [String(error)]);
  }
  const result = entries.safeParse(json);
  if (result.success) return result.data;
  throw unusable(
    file,
    result.error.issues.map(({ path, message }) => [...path, message].join(": ")),
  );
}

/** Of a RunError the SDK shows the message alone. */
const unusable = (file: string, problems: readonly string[]): Error =>
  new RunError(`${file} cannot be used:\n${problems.map((line) => `  ${line}`).join("\n")}`);

function levelProblem(rule: Rule, level: unknown): string | undefined {
  if (!levels.some((one) => one === level))
    return `level ${JSON.stringify(level)} must be one of ${levels.join(", ")}`;
  if (level === "remediate" && !rule.remediate)
    return "level remediate is impossible, as the rule repairs nothing";
  return undefined;
}
