// What is not mutated of a file.
import type { Ignorer } from "@stryker-mutator/api/ignore";
import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** Constants that hold facts of AWS or of catalogues, with their source: a test could only have them once more. */
const facts = ["actionTable", "inventories", "creations", "frameworks"];

/** As much of Babel's path as is needed. */
interface Path {
  readonly node: { readonly type: string; readonly id?: { readonly name?: string } };
}

const ignorer: Ignorer = {
  shouldIgnore(path) {
    const { node } = path as Path;
    return node.type === "VariableDeclarator" && facts.includes(node.id?.name ?? "")
      ? "It is a fact, not code."
      : undefined;
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, "facts", ignorer)];
