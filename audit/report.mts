// The audit's outcome, for people and as data.
import { type Finding, severities } from "./findings.mts";
import type { Judgement } from "./waivers.mts";

/** How many of each check id, in the order of the ids. */
export function countByCheck(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { check } of findings) counts[check] = (counts[check] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const bySeverity = (findings: readonly Finding[]) =>
  severities
    .map((name) => [name, findings.filter(({ severity }) => severity === name).length] as const)
    .filter(([, count]) => count > 0);

const totals = (findings: readonly Finding[]) =>
  bySeverity(findings)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ") || "none";

/** One line per check: the severe first. */
export function table({ waived, open }: Judgement): string[] {
  const all = [...waived, ...open];
  const rows = Object.entries(countByCheck(all)).map(([check, count]) => {
    const severity = all.find((finding) => finding.check === check)?.severity ?? "informational";
    const left = open.filter((finding) => finding.check === check).length;
    const state = left === 0 ? "waived" : left === count ? "OPEN" : `${left} OPEN, others waived`;
    return { check, severity, count, state };
  });
  rows.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const width = Math.max(0, ...rows.map(({ check }) => check.length));
  return rows.map(
    ({ check, severity, count, state }) =>
      `  ${severity.padEnd(13)} ${check.padEnd(width)} ${String(count).padStart(3)}  ${state}`,
  );
}

export function lines(judgement: Judgement): string[] {
  const { waived, open, unused } = judgement;
  const of = (tool: Finding["tool"]) =>
    [...waived, ...open].filter((finding) => finding.tool === tool);
  return [
    ...table(judgement),
    "",
    `Prowler: ${of("prowler").length} (${totals(of("prowler"))})`,
    `parliament: ${of("parliament").length} (${totals(of("parliament"))})`,
    `waived: ${waived.length}, open: ${open.length}`,
    ...open.map(({ check, resource, detail }) => `  open: ${check} at ${resource}: ${detail}`),
    ...unused.map(
      ({ check, resource }) =>
        `  not needed any more: the waiver of ${check} at ${resource} (audit/waivers.json)`,
    ),
  ];
}

export const isClean = ({ open, unused }: Judgement) => open.length === 0 && unused.length === 0;
