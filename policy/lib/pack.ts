import {
  type Policies,
  type Policy,
  type ReportViolation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { asset } from "@pulumi/pulumi";
import { z } from "zod";
import { toFramework, toTags } from "./controls.ts";
import type { Resource } from "./resource.ts";
import { type Finding, isSubject, type Rule } from "./rule.ts";
import { StackResources } from "./stack.ts";
import { isUnknownValue, known } from "./unknown.ts";
import { type Day, hasExpired, Ledger, matches, type Waiver } from "./waivers.ts";

/** The rules as the SDK takes them, in their order: a rule about waivers sees what the rules before it made of theirs. */
export function toPolicies(
  topics: Readonly<Record<string, readonly Rule[]>>,
  today: Day,
): Policies {
  const ledger = new Ledger();
  return Object.entries(topics).flatMap(([topic, rules]) =>
    rules.map((rule) => ({
      ...toPolicy(rule, topic),
      ...(rule.scope === "stack"
        ? stackValidation(rule, ledger, today)
        : resourceValidation(rule, ledger, today)),
    })),
  );
}

function toPolicy(rule: Rule, topic: string): Policy {
  const { name, description, severity, enforcementLevel, controls, remediationSteps, url } = rule;
  const framework = toFramework(controls);
  const { properties = {} } = z.toJSONSchema(rule.config);
  return {
    name,
    description,
    severity,
    enforcementLevel,
    remediationSteps,
    url,
    ...(framework && { framework }),
    tags: [topic, ...toTags(controls)],
    configSchema: { properties: properties as NonNullable<Policy["configSchema"]>["properties"] },
  };
}

function resourceValidation(
  rule: Rule,
  ledger: Ledger,
  today: Day,
): Pick<ResourceValidationPolicy, "validateResource" | "remediateResource"> {
  const { remediate } = rule;
  const refuse = refusal(rule);
  const alone = { today, stack: new StackResources([]), waivers: [] };
  return {
    validateResource(args, report) {
      const { settings, waivers } = rule.readConfig(args.getConfig());
      ledger.give(rule.name, waivers);
      if (!isSubject(rule, args)) return refuse(args);
      tell(rule, args, rule.check(args, { ...alone, settings }), waivers, today, ledger, report);
    },
    ...(remediate && {
      remediateResource(args) {
        if (!isSubject(rule, args)) return refuse(args);
        const { settings, waivers } = rule.readConfig(args.getConfig());
        const findings = [...rule.check(args, { ...alone, settings })];
        // What is waived stays as it is.
        const open = findings.filter((finding) => !isWaived(finding, args, waivers, today));
        if (open.length === 0 || holdsArchive(args)) return undefined;
        remediate(args, { settings, today });
        return args.props;
      },
    }),
  };
}

function stackValidation(
  rule: Rule,
  ledger: Ledger,
  today: Day,
): Pick<StackValidationPolicy, "validateStack"> {
  const refuse = refusal(rule);
  return {
    validateStack(args, report) {
      const { settings, waivers } = rule.readConfig(args.getConfig());
      ledger.give(rule.name, waivers);
      const subjects = args.resources.filter((resource) => isSubject(rule, resource));
      if (subjects.length === 0) return refuse(args);
      const stack = new StackResources(args.resources);
      const context = { settings, today, stack, waivers: ledger.given };
      const unknown: Error[] = [];
      for (const subject of subjects)
        try {
          tell(rule, subject, rule.check(subject, context), waivers, today, ledger, report);
        } catch (error) {
          // What is not known of one resource must not hide what is wrong with another.
          if (!isUnknownValue(error)) throw error;
          unknown.push(error);
        }
      if (unknown[0]) throw unknown[0];
    },
  };
}

/** Types that a rule says it is about: it says so of each resource that it is not about, and the longest list has 121. */
const named = 3;

/** Tells the SDK that a rule is not about what it was given, by the SDK's own error: one for all, as most rules are not. */
function refusal({ types }: Rule): (args: Pick<ResourceValidationArgs, "notApplicable">) => never {
  const others = types.length > named ? ` and ${String(types.length - named)} more` : "";
  const reason = `It is about ${types.slice(0, named).join(", ")}${others}.`;
  let refused: unknown;
  return (args) => {
    try {
      if (refused === undefined) args.notApplicable(reason);
    } catch (error) {
      refused = error;
    }
    throw refused as Error;
  };
}

/** The SDK sends one back as a list of its names, which the engine refuses; what is wrong stays a violation. */
const holdsArchive = ({ props }: Resource<Readonly<Record<string, unknown>>>): boolean =>
  Object.keys(props).some((key) => known(() => props[key]) instanceof asset.AssetArchive);

const waiversOf = ({ detail }: Finding, { urn }: Resource, waivers: readonly Waiver[]): Waiver[] =>
  waivers.filter((waiver) => matches(waiver, urn, detail));

const isWaived = (
  finding: Finding,
  resource: Resource,
  waivers: readonly Waiver[],
  today: Day,
): boolean => waiversOf(finding, resource, waivers).some((waiver) => !hasExpired(waiver, today));

/** Reports what no waiver covers. */
function tell(
  { name: rule }: Rule,
  resource: Resource,
  findings: Iterable<Finding>,
  waivers: readonly Waiver[],
  today: Day,
  ledger: Ledger,
  report: ReportViolation,
): void {
  const { name, urn } = resource;
  try {
    for (const finding of findings) {
      const given = waiversOf(finding, resource, waivers);
      for (const waiver of given) ledger.use(rule, waiver);
      if (isWaived(finding, resource, waivers, today)) continue;
      const [expired] = given;
      const message = `${name}: ${finding.wrong}; write ${finding.write}.`;
      report(expired ? `${message} The waiver ended on ${expired.expires}.` : message, urn);
    }
  } catch (error) {
    ledger.spare(rule);
    throw error;
  }
}
