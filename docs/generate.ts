// Writes the pages of docs/ that come from data: `make docs`. A test holds them to it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { differences } from "../components/lib/differences";
import { declaredSettings } from "../config";

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

/** Name and content of every generated page. */
export const pages = (): Record<string, string> => ({
  "differences.md": differencesPage(),
  "settings.md": settingsPage(),
});

if (require.main === module)
  for (const [name, content] of Object.entries(pages()))
    writeFileSync(join(__dirname, name), content);
