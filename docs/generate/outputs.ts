import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { code, table } from "./markdown.ts";
import { docOf } from "./source.ts";
import type { Runs } from "./runs.ts";

const FILE = join(import.meta.dirname, "../../outputs.ts");

export function outputsPage({ dev, full }: Runs): string {
  const docs = outputDocs();
  const rows = Object.entries(full.outputs).map(([name, value]) => {
    const doc = docs.get(name);
    if (!doc) throw new Error(`outputs.ts: the output ${name} has no docstring`);
    return [code(name), typeOf(value), name in dev.outputs ? "always" : "by a setting", doc];
  });
  return `# Outputs

<!-- Generated from outputs.ts by \`make docs\`. -->

What a stack tells people, scripts and other stacks: \`pulumi stack output NAME --stack dev\`, or \`--json\` for all.
\`platform\` finds what it works on in them. \`state\` is the one output of the Terraform configuration, field by field.

${table(["output", "type", "when", "what it is"], rows)}
`;
}

/** Docstrings of the object that the program returns; that of a spread is its members'. */
function outputDocs(): Map<string, string> {
  const source = ts.createSourceFile(
    FILE,
    readFileSync(FILE, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const docs = new Map<string, string>();
  const visit = (node: ts.Node, inherited: string): void => {
    const doc = docOf(node)?.text ?? inherited;
    if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) {
      docs.set(node.name.getText(), doc);
      return;
    }
    ts.forEachChild(node, (child) => {
      visit(child, doc);
    });
  };
  const result = source.statements
    .filter(ts.isFunctionDeclaration)
    .flatMap(({ body }) => body?.statements.filter(ts.isReturnStatement) ?? []);
  for (const statement of result) visit(statement, "");
  return docs;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list of strings";
  return typeof value;
}
