// What an adoption does, or would do, for people to review.
import { type DifferenceId, differences } from "../../components/lib/differences.ts";
import { shown } from "./outcome.mts";
import type { Plan } from "./plan.mts";
import type { Identity } from "./identity.mts";
import { keptInAdopted, type Settings } from "./settings.mts";
import type { Waiver } from "./waivers.mts";

export interface Report extends Omit<Plan, "resources" | "findings"> {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  /** Settings that the stack has otherwise now. */
  readonly changedSettings: readonly string[];
  /** Differences that an adopted stack does without: what brings them would replace, delete or be refused. */
  readonly kept: readonly string[];
  readonly waivers: readonly Waiver[];
}

export function reportOf(
  stack: string,
  { accountId, region }: Identity,
  { resources: _, findings: __, ...plan }: Plan,
  config: Settings,
  waivers: readonly Waiver[],
): Report {
  const changedSettings = Object.entries(plan.settings).flatMap(([key, value]) =>
    JSON.stringify(config[key]) === JSON.stringify(value)
      ? []
      : [
          `dse:${key}: ${JSON.stringify(value)} (now ${key in config ? JSON.stringify(config[key]) : "none"})`,
        ],
  );
  const where = { stack, account: accountId, region };
  return { ...where, ...plan, changedSettings, kept: keptInAdopted, waivers };
}

/** How many of Terraform's resources there are, and how many of them are adopted. */
function counts({ adopted, left }: Report) {
  const ofTerraform = adopted.filter(({ terraform }) => terraform !== undefined).length;
  return { all: ofTerraform + left.length, ofTerraform, besides: adopted.length - ofTerraform };
}

/** A line for each thing that one wants to know at once. */
export function summaryLines(report: Report): string[] {
  const { all, ofTerraform, besides } = counts(report);
  return [
    `${all} resources of Terraform: ${ofTerraform} adopted, ${report.left.length} left alone`,
    `${besides} adopted besides, which are parts of others in Terraform, or which its state does not know`,
    `the next deployment changes ${report.changed.length} in place, makes ${report.created.length}, replaces and deletes none`,
    ...report.changedSettings.map((setting) => `setting: ${setting}`),
    ...report.left.map(({ terraform, reason }) => `left alone: ${terraform}: ${reason}`),
    ...report.created.flatMap(({ missing }) => (missing ? [`missing: ${missing}: made anew`] : [])),
    ...report.notes,
  ];
}

const code = (text: string) => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "None.";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`).replaceAll(/\s+/g, " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const because = (causes: readonly DifferenceId[]) =>
  causes.map((id) => `${code(id)}: ${differences[id].here}`).join("; ");

export function page(report: Report): string {
  const { stack, account, region, adopted, left, created, changed, kept, notes, waivers } = report;
  const { all, ofTerraform } = counts(report);
  const keptRows = Object.entries(differences).filter(([id]) => kept.includes(id));
  return `# Adoption of ${stack}

Account ${account}, region ${region}. Of Terraform's ${all} resources, ${ofTerraform} are adopted and ${left.length} left alone. Nothing
in the account changes by it. What a deployment changes afterwards stands below; docs/adopt.md says how to go on.

${notes.map((note) => `- ${note}\n`).join("")}
## Settings that change

${report.changedSettings.map((setting) => `- ${code(setting)}\n`).join("") || "None.\n"}
## Adopted

${table(
  ["Terraform", "stack", "imported by"],
  adopted.map(({ terraform, urn, importId }) => [
    terraform ? code(terraform) : "not in the state by itself",
    code(shown(urn)),
    code(importId),
  ]),
)}

## Left alone

${table(
  ["Terraform", "why"],
  left.map(({ terraform, reason }) => [code(terraform), reason]),
)}

## Changed in place by the next deployment

${table(
  ["stack", "what", "why"],
  changed.flatMap(({ urn, properties }) =>
    properties.map(({ name, causes }) => [
      code(shown(urn)),
      code(name),
      because(causes) || "the account is not as the settings say: changed by hand, or by Terraform",
    ]),
  ),
)}

## Made by the next deployment

${table(
  ["stack", "why"],
  created.map(({ urn, causes, missing }) => [
    code(shown(urn)),
    missing ? `${code(missing)} is not in the account any more` : because(causes) || "a setting",
  ]),
)}

## Kept as Terraform made it

Each has a runbook in docs/adopt.md.

${table(
  ["difference", "as it is", "as it would be"],
  keptRows.map(([id, { reference, here }]) => [code(id), reference, here]),
)}

## Waivers

Of what the policy pack finds on adopted resources, until somebody repairs it or their last day has come. The pack takes
none without an owner.

${table(
  ["rule", "finding", "reason", "until"],
  waivers.map(({ rule, finding, reason, expires }) => [code(rule), code(finding), reason, expires]),
)}
`;
}
