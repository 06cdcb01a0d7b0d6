import { entriesOf, type Framework, frameworks, toTags } from "../policy/lib/controls.ts";
import { type Found, isClean, isMandatory, type Outcome, type Verdict, worst } from "./judge.ts";

/** What was judged, by what, when. */
export interface Evidence {
  readonly stack: string;
  /** Whose levels, settings and waivers. */
  readonly environment: string;
  readonly date: string;
  readonly state: { readonly updated: string; readonly digest: string; readonly resources: number };
  readonly verdicts: readonly Verdict[];
}

const nothing = "not applicable";

export function asJson({ verdicts, ...about }: Evidence): string {
  const data = {
    ...about,
    clean: isClean(verdicts),
    rules: verdicts.map(({ topic, rule, level, results, notApplicable }) => ({
      rule: rule.name,
      topic,
      description: rule.description,
      severity: rule.severity,
      level,
      controls: toTags(rule.controls),
      url: rule.url,
      notApplicable,
      results: results.map(({ findings, ...result }) => ({
        ...result,
        ...(findings.length > 0 && { findings }),
      })),
    })),
    controls: Object.fromEntries(
      controlsOf(verdicts).map(([framework, controls]) => [
        framework,
        controls.map(({ id, verdicts: of }) => ({
          id,
          outcome: outcomeOf(of),
          rules: of.map(({ rule }) => rule.name),
        })),
      ]),
    ),
  };
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

export function asPage({ stack, environment, date, state, verdicts }: Evidence): string {
  const of = (outcome: Outcome, mandatory?: boolean) =>
    verdicts
      .filter((verdict) => mandatory === undefined || isMandatory(verdict) === mandatory)
      .flatMap((verdict) =>
        verdict.results
          .filter((result) => result.outcome === outcome)
          .map((result) => ({ ...verdict, ...result })),
      );
  const open = (mandatory: boolean) =>
    of("violated", mandatory).flatMap(({ rule, urn, findings }) =>
      findings
        .filter(({ waiver }) => !waiver)
        .map((found) => [code(rule.name), code(nameOf(urn)), told(found)]),
    );
  const waived = verdicts.flatMap(({ rule, results }) =>
    results.flatMap(({ urn, findings }) =>
      findings.flatMap(({ waiver, wrong }) =>
        waiver
          ? [
              [
                code(rule.name),
                code(nameOf(urn)),
                wrong,
                waiver.reason,
                waiver.owner,
                waiver.expires,
              ],
            ]
          : [],
      ),
    ),
  );
  const counts = (all: readonly Verdict[]) =>
    (["passed", "waived", "unknown", "violated"] as const).map((outcome) =>
      String(all.flatMap(({ results }) => results).filter((one) => one.outcome === outcome).length),
    );
  const summary = (["mandatory", "advisory"] as const).map((level) => [
    level,
    ...counts(verdicts.filter((verdict) => isMandatory(verdict) === (level === "mandatory"))),
  ]);
  return `# Evidence: stack ${stack}

On ${date}, by the rules of the policy pack as policy/config/${environment}.json sets them, over the ${state.resources} resources
of the state of ${state.updated} (SHA-256 \`${state.digest}\`). ${isClean(verdicts) ? "Nothing mandatory is violated." : "**Something mandatory is violated.**"}

Rules and resources, counted in pairs:

${table(["level", "passed", "waived", "not known", "violated"], summary)}

## Violated, mandatory

${table(["rule", "resource", "what is wrong"], open(true))}

## Violated, advisory

${table(["rule", "resource", "what is wrong"], open(false))}

## Waived

${table(["rule", "resource", "what is wrong", "reason", "owner", "until"], waived)}

## Not known

The state does not tell what the rule needs.

${table(
  ["rule", "resource", "what is missing"],
  of("unknown").map(({ rule, urn, unknown = "" }) => [code(rule.name), code(nameOf(urn)), unknown]),
)}

## Rules

${table(
  ["rule", "what it says", "level", "passed", "waived", "not known", "violated", nothing],
  verdicts.map((verdict) => [
    `[${code(verdict.rule.name)}](${verdict.rule.url})`,
    verdict.rule.description,
    verdict.level,
    ...counts([verdict]),
    String(verdict.notApplicable),
  ]),
)}

## Controls

A rule is a part of what a control asks for, and no proof of all of it. Of several rules the worst counts.

${controlsOf(verdicts)
  .map(([framework, controls]) => {
    const { name, version, url } = frameworks[framework];
    const rows = controls.map(({ id, verdicts: all }) => [
      id,
      outcomeOf(all),
      all.map(({ rule }) => code(rule.name)).join(", "),
    ]);
    return `### [${name}](${url}) ${version}\n\n${table(["control", "outcome", "rules"], rows)}`;
  })
  .join("\n\n")}
`;
}

interface Control {
  readonly id: string;
  readonly verdicts: readonly Verdict[];
}

/** The controls that the rules answer to, by catalogue. */
function controlsOf(verdicts: readonly Verdict[]): [Framework, Control[]][] {
  return (Object.keys(frameworks) as Framework[]).flatMap((framework) => {
    const idsOf = ({ rule }: Verdict) =>
      entriesOf(rule.controls).flatMap(([one, ids]) => (one === framework ? ids : []));
    const ids = [...new Set(verdicts.flatMap(idsOf))].sort((a, b) =>
      a.localeCompare(b, "en", { numeric: true }),
    );
    if (ids.length === 0) return [];
    const controls = ids.map((id) => ({
      id,
      verdicts: verdicts.filter((verdict) => idsOf(verdict).includes(id)),
    }));
    return [[framework, controls]];
  });
}

const outcomeOf = (verdicts: readonly Verdict[]) => worst(verdicts) ?? nothing;

const told = ({ wrong, write }: Found) => `${wrong}; write ${write}`;

/** The type and the name: what tells resources of a stack apart, for people. */
export const nameOf = (urn: string): string =>
  urn.split("::").slice(2).join(" ").split("$").at(-1) ?? "";

const code = (text: string) => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "None.";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
