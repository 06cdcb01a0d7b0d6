import { declaredSettings } from "../../config.ts";
import { code, table } from "./markdown.ts";

export function settingsPage(): string {
  const rows = Object.entries(declaredSettings()).map(
    ([key, { type, default: value, description }]) => [
      code(`dse:${key}`),
      type,
      code(JSON.stringify(value)),
      description,
    ],
  );
  return `# Settings

<!-- Generated from Pulumi.yaml by \`make docs\`. -->

A stack's settings stand in \`Pulumi.<stack>.yaml\`: only what differs from the defaults. All of them are checked
before anything is made, and all that is wrong is reported at once; that a value has the type below, Pulumi itself
checks first.

${table(["setting", "type", "default", "what it is"], rows)}
`;
}
