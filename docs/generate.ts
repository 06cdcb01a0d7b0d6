// Writes the pages of docs/ that come from data: `make docs`. A test holds them to it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { differences } from "../components/lib/differences.ts";
import { declaredSettings } from "../config.ts";
import { readConfig } from "../policy/lib/config.ts";
import { entriesOf, type Framework, frameworks } from "../policy/lib/controls.ts";
import { rules, topics } from "../policy/rules.ts";
import { z } from "zod";

const row = (...cells: string[]) =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

function differencesPage(): string {
  const rows = Object.entries(differences).map(([id, { reference, here, why, adoption }]) =>
    row(`\`${id}\``, reference, here, why, adoption),
  );
  return `# Differences from the reference

<!-- Generated from components/lib/differences.ts by \`make docs\`. -->

The program replaces a Terraform configuration, the reference. Names, addresses, counts, tags and outputs are
the same, and so is all that jobs and people rely on. What differs is posture: each row below, deliberately.

To undo one, name it in the stack's settings; to undo all, say \`all\`:

\`\`\`yaml
config:
  dse:keepReference: [flow-logs, mwaa-logs] # or [all]
\`\`\`

The last column says what a deployment that brings the difference does to an account made by the reference.

${[row("id", "reference", "here", "why", "in an account that stands"), row("---", "---", "---", "---", "---"), ...rows].join("\n")}
`;
}

function settingsPage(): string {
  const rows = Object.entries(declaredSettings()).map(
    ([key, { type, default: value, description }]) =>
      row(`\`dse:${key}\``, type, `\`${JSON.stringify(value)}\``, description),
  );
  return `# Settings

<!-- Generated from Pulumi.yaml by \`make docs\`. -->

A stack's settings stand in \`Pulumi.<stack>.yaml\`: only what differs from the defaults. All of them are checked
before anything is made, and all that is wrong is reported at once; that a value has the type below, Pulumi itself
checks first.

${[row("setting", "type", "default", "what it is"), row("---", "---", "---", "---"), ...rows].join("\n")}
`;
}

const environments = ["dev", "qa", "prod"];

function policyPage(): string {
  const configs = environments.map((environment) => {
    const file = join("policy", "config", `${environment}.json`);
    return readConfig(readFileSync(join(import.meta.dirname, "..", file), "utf8"), file, rules);
  });
  const tables = Object.entries(topics).flatMap(([topic, ofTopic]) =>
    ofTopic.length === 0
      ? []
      : [
          `## ${topic}`,
          [
            row("rule", "what it says", "severity", ...environments, "settings"),
            row(...Array.from({ length: 4 + environments.length }, () => "---")),
            ...ofTopic.map((rule) =>
              row(
                `[\`${rule.name}\`](${rule.url})`,
                rule.description,
                rule.severity,
                ...configs.map((config) => config.get(rule)?.level ?? ""),
                settingsOf(rule.config.shape).join("<br>"),
              ),
            ),
          ].join("\n"),
        ],
  );
  const given = environments.flatMap((environment, i) =>
    [...(configs[i] ?? [])].flatMap(([{ name }, { waivers }]) =>
      waivers.map(({ finding, reason, owner, expires }) =>
        row(environment, `\`${name}\``, `\`${finding}\``, reason, owner, expires),
      ),
    ),
  );
  return `# Policy rules

<!-- Generated from policy/ by \`make docs\`. -->

What every preview and update is held to; [policy/](../policy/README.md) says how. Levels are those of the files in
\`policy/config/\`; an environment without one has prod's.

${tables.join("\n\n")}

## Waivers in force

${given.length === 0 ? "None." : [row("environment", "rule", "finding", "reason", "owner", "expires"), row("---", "---", "---", "---", "---", "---"), ...given].join("\n")}
`;
}

/** As \`name\`, default, sentence. */
function settingsOf(shape: (typeof rules)[number]["config"]["shape"]): string[] {
  const { waivers: _, ...settings } =
    z.toJSONSchema(z.object(shape), { io: "input" }).properties ?? {};
  return Object.entries(settings).map(([name, schema]) => {
    const { default: value, description = "" } = schema as {
      default?: unknown;
      description?: string;
    };
    return `\`${name}\` = \`${JSON.stringify(value)}\` ${description}`;
  });
}

function controlsPage(): string {
  const table = (framework: Framework) => {
    const ids = [...new Set(rules.flatMap(({ controls }) => controls[framework] ?? []))];
    const { name, version, url } = frameworks[framework];
    const rows = ids.sort(naturally).map((id) =>
      row(
        id,
        rules
          .filter(({ controls }) => controls[framework]?.includes(id))
          .map((rule) => `\`${rule.name}\``)
          .join(", "),
      ),
    );
    return `## [${name}](${url}) ${version}

${[row("control", "rules"), row("---", "---"), ...rows].join("\n")}`;
  };
  const none = rules.filter(({ controls }) => entriesOf(controls).length === 0);
  return `# Controls

<!-- Generated from policy/ by \`make docs\`. -->

Which rules of the [policy pack](policy.md) answer to which control. A rule is a part of what a control asks for, and no
proof of all of it. Ids of AWS, CIS, Checkov and cdk-nag are those of the checks that the rule repeats; those of NIST that no
such check names (CA-5, SA-9(5), and AC-3 or AC-6 of some) are this project's own reading of the control.

${(Object.keys(frameworks) as Framework[]).map(table).join("\n\n")}

## The platform's own standards

${none.map(({ name }) => `\`${name}\``).join(", ") || "None."}
`;
}

const naturally = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

/** Name and content of every generated page. */
export const pages = (): Record<string, string> => ({
  "differences.md": differencesPage(),
  "settings.md": settingsPage(),
  "policy.md": policyPage(),
  "controls.md": controlsPage(),
});

if (import.meta.main)
  for (const [name, content] of Object.entries(pages()))
    writeFileSync(join(import.meta.dirname, name), content);
