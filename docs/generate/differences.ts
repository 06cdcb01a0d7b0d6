import { differences } from "../../components/lib/differences.ts";
import { code, table } from "./markdown.ts";

export function differencesPage(): string {
  const rows = Object.entries(differences).map(([id, { reference, here, why, adoption }]) => [
    code(id),
    reference,
    here,
    why,
    adoption,
  ]);
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

${table(["id", "reference", "here", "why", "in an account that stands"], rows)}
`;
}
