import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readConfig } from "../../policy/lib/config.ts";
import { rules, topics } from "../../policy/rules.ts";
import { code, table } from "./markdown.ts";

const environments = ["dev", "qa", "prod"];

export function policyPage(): string {
  const configs = environments.map((environment) => {
    const file = join("policy", "config", `${environment}.json`);
    return readConfig(
      readFileSync(join(import.meta.dirname, "..", "..", file), "utf8"),
      file,
      rules,
    );
  });
  const tables = Object.entries(topics).flatMap(([topic, ofTopic]) =>
    ofTopic.length === 0
      ? []
      : [
          `## ${topic}`,
          table(
            ["rule", "what it says", "severity", ...environments, "settings"],
            ofTopic.map((rule) => [
              `[${code(rule.name)}](${rule.url})`,
              rule.description,
              rule.severity,
              ...configs.map((config) => config.get(rule)?.level ?? ""),
              settingsOf(rule.config.shape).join("<br>"),
            ]),
          ),
        ],
  );
  const given = environments.flatMap((environment, i) =>
    [...(configs[i] ?? [])].flatMap(([{ name }, { waivers }]) =>
      waivers.map(({ finding, reason, owner, expires }) => [
        environment,
        code(name),
        code(finding),
        reason,
        owner,
        expires,
      ]),
    ),
  );
  return `# Policy rules

<!-- Generated from policy/ by \`make docs\`. -->

What every preview and update is held to; [policy/](../policy/README.md) says how. Levels are those of the files in
\`policy/config/\`; an environment without one has prod's.

${tables.join("\n\n")}

## Waivers in force

${given.length === 0 ? "None." : table(["environment", "rule", "finding", "reason", "owner", "expires"], given)}
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
