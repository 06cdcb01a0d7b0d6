import type { Recorded, Recording } from "../../test/support/mocks.ts";
import { type Component, Sources } from "./args.ts";
import { code, table } from "./markdown.ts";
import type { Runs } from "./runs.ts";

export function componentsPage(runs: Runs): string {
  const sections = new Sources().components().map((component) => section(component, runs));
  return `# Components

<!-- Generated from components/ and what the program makes by \`make docs\`. -->

What each component is given, and what it makes. \`index.ts\` puts them together. Counts are those of the stacks dev and qa as
their settings are here; \`all\` is dev with the parts that settings add (\`dse:githubRepository\`, \`dse:alarmEmails\`,
\`dse:monthlyBudgetUsd\`). In names, NAME is the component's own logical name. Logical names are a contract: another one would
replace what stands.

${sections.join("\n\n")}
`;
}

function section({ name, token, file, doc, args }: Component, runs: Runs): string {
  return `## ${name}

${code(token)}, in [components/${file}](../components/${file}). ${doc.text}

${table(
  ["arg", "type", "default", "what it is"],
  args.map((arg) => [
    code(arg.name),
    code(arg.type.replaceAll(/\s+/g, " ").replaceAll("; }", " }")),
    arg.doc.default ?? (arg.optional ? "none" : "required"),
    arg.doc.text,
  ]),
)}

${table(["what it makes", "logical names", "dev", "qa", "all"], made(token, runs))}`;
}

function made(token: string, { dev, qa, full }: Runs): string[][] {
  const byType = Map.groupBy(childrenOf(token, full), ({ type }) => type);
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, resources]) => [
      code(type.replace(/\/\w+:/, ":")),
      [...new Set(resources.map((resource) => pattern(resource, full)))].map(code).join(", "),
      ...[dev, qa, full].map((run) =>
        String(childrenOf(token, run).filter((resource) => resource.type === type).length),
      ),
    ]);
}

const childrenOf = (token: string, run: Recording): Recorded[] =>
  run.resources.filter(
    ({ custom, parent }) => custom && parent !== undefined && run.byUrn(parent).type === token,
  );

/** The logical name, with NAME for the parent's; without what tells it from its brothers. */
function pattern({ name, parent = "" }: Recorded, run: Recording): string {
  const own = run.byUrn(parent).name;
  const rest = name === own ? "NAME" : name.replace(`${own}-`, "NAME-");
  return rest
    .replace(/-\d+$/, "-N")
    .replace(/-analyst-N$/, "-PERSON")
    .replace(/-[^-]+@.*$/, "-ADDRESS");
}
