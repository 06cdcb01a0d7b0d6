import { instance } from "@viz-js/viz";

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Attributes of Graphviz. */
  readonly style: string;
}

const font = 'fontname="Helvetica,Arial,sans-serif"';
const defaults = `
  graph [${font}, fontsize=12, bgcolor="white", pad="0.3", ranksep="0.6", nodesep="0.35"]
  node [${font}, fontsize=12, shape=box, style="rounded,filled", fillcolor="#eef3fb", color="#5b7db1", margin="0.25,0.12"]
  edge [color="#5a6678", arrowsize=0.7]`;

export const quoted = (text: string): string => JSON.stringify(text);

/** A box with a title, and smaller lines below. */
export function node(id: string, title: string, ...lines: readonly string[]): string {
  const small = lines.map((line) => `<br/><font point-size="10">${line}</font>`).join("");
  return `${quoted(id)} [label=<<b>${title}</b>${small}>]`;
}

export async function render(
  name: string,
  nodes: readonly string[],
  edges: readonly Edge[],
  attributes = "",
): Promise<string> {
  const drawn = edges.map(({ from, to, style }) => `${quoted(from)} -> ${quoted(to)} [${style}]`);
  const dot = [`digraph ${name} {`, defaults, attributes, ...nodes, ...new Set(drawn), "}"];
  const viz = await instance();
  return `${viz.renderString(dot.join("\n"), { format: "svg" }).trim()}\n`;
}
