// Waivers of what the policy pack finds on adopted resources: what Terraform made stays for now, and for 90 days.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clone } from "../lib/pulumi.mts";

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

type RuleConfig = string | Readonly<Record<string, unknown> & { waivers?: readonly unknown[] }>;

/** The pack's configuration of the stack, or production's where it has none, with these waivers besides its own. */
export function configWith(stack: string, waivers: readonly Waiver[]): string {
  const [own = "", production = ""] = [stack, "prod"].map((name) =>
    join(clone, "policy", "config", `${name}.json`),
  );
  const text = readFileSync(existsSync(own) ? own : production, "utf8");
  const config = JSON.parse(text) as Record<string, RuleConfig>;
  for (const { rule, ...waiver } of waivers) {
    const entry = config[rule] ?? {};
    const before = typeof entry === "string" ? { enforcementLevel: entry } : entry;
    config[rule] = { ...before, waivers: [...(before.waivers ?? []), waiver] };
  }
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
