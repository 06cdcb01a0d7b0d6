// What every rule of the pack says of every resource: the rules' own checks, and the waivers' own matching.
import type { EnforcementLevel } from "@pulumi/policy";
import type { ConfiguredRule } from "../policy/lib/config.ts";
import { type Finding, isSubject, type Rule } from "../policy/lib/rule.ts";
import { StackResources } from "../policy/lib/stack.ts";
import { isUnknownValue } from "../policy/lib/unknown.ts";
import { type Day, hasExpired, Ledger, matches, type Waiver } from "../policy/lib/waivers.ts";
import type { State } from "./state.ts";

/** `unknown` where a rule needs a value that the state does not tell. */
export type Outcome = "violated" | "unknown" | "waived" | "passed";

/** From the worst to the best. */
export const outcomes: readonly Outcome[] = ["violated", "unknown", "waived", "passed"];

export interface Found extends Finding {
  /** What keeps it, until then. */
  readonly waiver?: Waiver;
}

export interface Result {
  readonly urn: string;
  readonly outcome: Outcome;
  readonly findings: readonly Found[];
  /** Why it could not be judged. */
  readonly unknown?: string;
}

export interface Verdict {
  readonly topic: string;
  readonly rule: Rule;
  readonly level: EnforcementLevel;
  /** Of each resource that the rule is about; none where the rule is disabled. */
  readonly results: readonly Result[];
  /** How many resources it is not about. */
  readonly notApplicable: number;
}

type Topics = Readonly<Record<string, readonly Rule[]>>;

/** Judges a stack by the rules as an environment has them. */
export function judge(
  state: State,
  topics: Topics,
  configured: ReadonlyMap<Rule, ConfiguredRule>,
  today: Day,
): Verdict[] {
  const ledger = new Ledger();
  const stack = new StackResources(state.outputs);
  return Object.entries(topics).flatMap(([topic, rules]) =>
    rules.map((rule): Verdict => {
      const config = configured.get(rule);
      if (!config) throw new Error(`${rule.name} has no configuration`);
      const { level, settings, waivers } = config;
      ledger.give(rule.name, waivers);
      const seen = rule.scope === "stack" ? state.outputs : state.inputs;
      const subjects = seen.filter((resource) => isSubject(rule, resource));
      const results = subjects.map((subject): Result => {
        const findings: Found[] = [];
        let unknown: string | undefined;
        try {
          const context = { settings, today, stack, waivers: ledger.given };
          for (const finding of rule.check(subject, context)) {
            const given = waivers.filter((waiver) => matches(waiver, subject.urn, finding.detail));
            for (const waiver of given) ledger.use(rule.name, waiver);
            const waiver = given.find((one) => !hasExpired(one, today));
            findings.push({ ...finding, ...(waiver && { waiver }) });
          }
        } catch (error) {
          if (!isUnknownValue(error)) throw error;
          ledger.spare(rule.name);
          unknown = error.message;
        }
        const outcome = outcomeOf(findings, unknown !== undefined);
        return { urn: subject.urn, outcome, findings, ...(unknown && { unknown }) };
      });
      return {
        topic,
        rule,
        level,
        results: level === "disabled" ? [] : results,
        notApplicable: seen.length - subjects.length,
      };
    }),
  );
}

function outcomeOf(findings: readonly Found[], isUnknown: boolean): Outcome {
  if (findings.some(({ waiver }) => !waiver)) return "violated";
  if (isUnknown) return "unknown";
  return findings.length > 0 ? "waived" : "passed";
}

/** The worst of all; undefined where there is none: the rules are about nothing of the stack. */
export const worst = (verdicts: readonly Verdict[]): Outcome | undefined =>
  outcomes.find((outcome) =>
    verdicts.some(({ results }) => results.some((result) => result.outcome === outcome)),
  );

/** Whether the level is one that ends an update. */
export const isMandatory = ({ level }: Verdict): boolean =>
  level === "mandatory" || level === "remediate";

/** Whether nothing mandatory is violated. */
export const isClean = (verdicts: readonly Verdict[]): boolean =>
  worst(verdicts.filter(isMandatory)) !== "violated";
