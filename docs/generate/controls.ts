import { entriesOf, type Framework, frameworks } from "../../policy/lib/controls.ts";
import { rules } from "../../policy/rules.ts";
import { code, table } from "./markdown.ts";

export function controlsPage(): string {
  const section = (framework: Framework) => {
    const ids = [...new Set(rules.flatMap(({ controls }) => controls[framework] ?? []))];
    const { name, version, url } = frameworks[framework];
    const rows = ids.sort(naturally).map((id) => [
      id,
      rules
        .filter(({ controls }) => controls[framework]?.includes(id))
        .map((rule) => code(rule.name))
        .join(", "),
    ]);
    return `## [${name}](${url}) ${version}

${table(["control", "rules"], rows)}`;
  };
  const none = rules.filter(({ controls }) => entriesOf(controls).length === 0);
  return `# Controls

<!-- Generated from policy/ by \`make docs\`. -->

Which rules of the [policy pack](policy.md) answer to which control. A rule is a part of what a control asks for, and no
proof of all of it. Ids of AWS, CIS, Checkov and cdk-nag are those of the checks that the rule repeats; those of NIST that no
such check names (CA-5, SA-9(5), and AC-3 or AC-6 of some) are this project's own reading of the control.

${(Object.keys(frameworks) as Framework[]).map(section).join("\n\n")}

## The platform's own standards

${none.map(({ name }) => code(name)).join(", ") || "None."}
`;
}

const naturally = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });
