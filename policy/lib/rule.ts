import type { EnforcementLevel, Severity } from "@pulumi/policy";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Controls } from "./controls.ts";
import { covers } from "./document.ts";
import type { Resource } from "./resource.ts";
import type { StackResources } from "./stack.ts";
import type { Type } from "./types.ts";
import { type Day, type GivenWaiver, type Waiver, waiverSchema } from "./waivers.ts";

/** What is wrong with a resource. The message reads `<name>: <wrong>; write <write>`. */
export interface Finding {
  readonly wrong: string;
  readonly write: string;
  /** Tells findings of one resource apart, where a waiver may be of one alone; never a position in a list. */
  readonly detail?: string;
}

interface Context<Settings> {
  readonly settings: Settings;
  readonly today: Day;
}

interface StackContext<Settings> extends Context<Settings> {
  readonly stack: StackResources;
  /** Those of all rules before this one. */
  readonly waivers: readonly GivenWaiver[];
}

interface Metadata {
  /** Prefixed by the service: `s3-bucket-versioning`. */
  readonly name: string;
  /** The rule as one sentence. */
  readonly description: string;
  readonly severity: Severity;
  /** Where no environment says otherwise: the strictest, production's. */
  readonly enforcementLevel: EnforcementLevel;
  readonly controls: Controls;
  /** How to repair a violation. */
  readonly remediationSteps: string;
  /** The page of AWS that the rule follows. */
  readonly url: string;
}

type Shape = z.ZodRawShape;
type Types = readonly Type<unknown>[];
type SettingsOf<S extends Shape> = z.output<z.ZodObject<S>>;
/** A resource of one of the types. */
type Subject<T extends Types> = T[number] extends infer One
  ? One extends Type<infer Args>
    ? Resource<Args>
    : never
  : never;

interface ResourceRuleArgs<T extends Types, S extends Shape> extends Metadata {
  readonly types: T;
  /** What an environment may set; each with its default, production's. @default nothing */
  readonly settings?: S;
  readonly check: (resource: Subject<T>, context: Context<SettingsOf<S>>) => Iterable<Finding>;
  /** Repairs, in place, the inputs of a resource of which the check finds something. @default it repairs nothing */
  readonly remediate?: (resource: Subject<T>, context: Context<SettingsOf<S>>) => void;
}

interface StackRuleArgs<T extends Types, S extends Shape> extends Metadata {
  readonly types: T;
  readonly settings?: S;
  /** Whether its findings can be waived. @default true */
  readonly waivable?: false;
  readonly check: (resource: Subject<T>, context: StackContext<SettingsOf<S>>) => Iterable<Finding>;
}

/** What an environment says of a rule besides its level. */
export interface RuleConfig {
  readonly settings: unknown;
  readonly waivers: readonly Waiver[];
}

/** A rule, whatever its types and settings. */
export interface Rule extends Metadata {
  readonly scope: "resource" | "stack";
  /** Tokens of the types it is about; `aws:*` is every type of AWS. */
  readonly types: readonly string[];
  /** What its entry in a config file may hold besides `enforcementLevel`. */
  readonly config: z.ZodObject;
  readConfig(config: unknown): RuleConfig;
  check(resource: Resource, context: StackContext<unknown>): Iterable<Finding>;
  readonly remediate: ((resource: Resource, context: Context<unknown>) => void) | undefined;
}

/** A rule that looks at one resource, before it is made. It alone can repair. */
export const resourceRule = <const T extends Types, S extends Shape = Shape>(
  args: ResourceRuleArgs<T, S>,
): Rule => toRule("resource", args, args.remediate);

/** A rule that needs several resources to judge one. It sees them when all of them are made, or previewed. */
export const stackRule = <const T extends Types, S extends Shape = Shape>(
  args: StackRuleArgs<T, S>,
): Rule => toRule("stack", args, undefined, args.waivable);

/** The one place that forgets a rule's types: it is handed resources of these alone, and the settings that it read. */
function toRule<T extends Types, S extends Shape>(
  scope: Rule["scope"],
  { types, settings, check, ...metadata }: ResourceRuleArgs<T, S> | StackRuleArgs<T, S>,
  remediate: ResourceRuleArgs<T, S>["remediate"],
  waivable = true,
): Rule {
  const waivers = waivable && { waivers: z.array(waiverSchema).default([]) };
  const config = z.strictObject({ ...settings, ...waivers });
  let last: { readonly given: unknown; readonly read: RuleConfig } | undefined;
  return {
    ...metadata,
    scope,
    types: types.map(({ token }) => token),
    config,
    readConfig(given) {
      // The SDK hands it over with each resource, always the same.
      if (last && isDeepStrictEqual(given, last.given)) return last.read;
      const result = config.safeParse(given);
      if (!result.success)
        throw new Error(problemsOf(metadata.name, result.error.issues).join("\n"));
      const { waivers = [], ...rest } = result.data as { waivers?: readonly Waiver[] };
      last = { given, read: { settings: rest, waivers } };
      return last.read;
    },
    check: (resource, context) =>
      check(resource as Subject<T>, context as StackContext<SettingsOf<S>>),
    remediate:
      remediate &&
      ((resource, context) => {
        remediate(resource as Subject<T>, context as Context<SettingsOf<S>>);
      }),
  };
}

/** One line for each thing that is wrong in the configuration of a rule. */
export const problemsOf = (rule: string, issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.map(({ path, message }) => `${[rule, ...path].join(".")}: ${message}`);

/** Whether the rule is about the resource. */
export const isSubject = ({ types }: Rule, { type }: { readonly type: string }): boolean =>
  types.some((token) => covers(token, type));
