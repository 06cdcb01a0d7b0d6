// Waivers of what the policy pack finds on adopted resources: what Terraform made stays for now, and for 90 days.
import { readFileSync } from "node:fs";
import { packConfig } from "../../policy/pack.mts";
import type { Identity } from "./identity.mts";

const validDays = 90;

/** What a rule finds on a resource, in its words: `name: what is wrong; write what to do.` */
export interface Finding {
  readonly rule: string;
  readonly urn: string;
  readonly message: string;
}

/** As the pack takes it (policy/README.md). It takes none without an owner: who adopts fills that in. */
export interface Waiver {
  readonly rule: string;
  readonly finding: string;
  readonly reason: string;
  readonly owner: "";
  readonly expires: string;
}

/** One for all that a rule finds on an adopted resource. */
export function waiversOf(
  findings: readonly Finding[],
  adopted: ReadonlySet<string>,
  today = process.env["DSE_POLICY_DATE"] ?? new Date().toISOString(),
): Waiver[] {
  const expires = new Date(Date.parse(today) + validDays * 86_400_000).toISOString().slice(0, 10);
  const byResource = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (!adopted.has(finding.urn)) continue;
    const key = `${finding.rule} ${finding.urn}`;
    byResource.set(key, [...(byResource.get(key) ?? []), finding]);
  }
  return [...byResource.values()].flatMap((found): Waiver[] => {
    const [first] = found;
    if (!first) return [];
    const reason = `As Terraform made it: ${found.map(wrongIn).join(", ")}.`;
    return [{ rule: first.rule, finding: first.urn, reason, owner: "", expires }];
  });
}

const wrongIn = ({ message }: Finding): string =>
  /^[^:]*: (?<wrong>.*?)(?:; write .*)?$/m.exec(message.trim().split("\n").at(-1) ?? "")?.groups?.[
    "wrong"
  ] ?? message;

interface RuleConfig {
  readonly waivers?: readonly unknown[];
  readonly values?: unknown;
}

/** The pack's configuration of the stack, with the tags that its resources have, and these waivers besides its own. */
export function packConfigOf(
  stack: string,
  { owner, project, environment }: Identity,
  waivers: readonly Waiver[] = [],
): string {
  const file = JSON.parse(readFileSync(packConfig(stack), "utf8")) as Record<
    string,
    string | RuleConfig
  >;
  const config = Object.fromEntries(
    Object.entries(file).map(([rule, entry]): [string, RuleConfig] => [rule, asObject(entry)]),
  );
  const tags = config["required-tags"] ?? {};
  config["required-tags"] = {
    ...tags,
    ...(tags.values !== undefined && { values: { Owner: owner, Project: project } }),
    ...(environment !== stack && { environment }),
  };
  for (const { rule, ...waiver } of waivers) {
    const before = config[rule] ?? {};
    config[rule] = { ...before, waivers: [...(before.waivers ?? []), waiver] };
  }
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** A level by itself is short for it alone. */
const asObject = (entry: string | RuleConfig): RuleConfig & { enforcementLevel?: string } =>
  typeof entry === "string" ? { enforcementLevel: entry } : entry;
