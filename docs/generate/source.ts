import ts from "typescript";

export interface Doc {
  /** In one line. */
  readonly text: string;
  readonly default: string | undefined;
}

/** The docstring right before a node; undefined where there is none. */
export function docOf(node: ts.Node): Doc | undefined {
  const source = node.getSourceFile().text;
  const [, comment] =
    (ts.getLeadingCommentRanges(source, node.getFullStart()) ?? [])
      .map(({ pos, end }) => source.slice(pos, end))
      .map((text) => /^\/\*\*([^]*)\*\/$/.exec(text))
      .findLast((match) => match !== null) ?? [];
  if (comment === undefined) return undefined;
  const [text = "", value] = comment
    .replaceAll(/\n\s*\* ?/g, " ")
    .replaceAll(/\{@link ([\w.]+)\}/g, "`$1`")
    .split("@default");
  return { text: linked(text), default: value === undefined ? undefined : linked(value) };
}

const linked = (text: string): string =>
  text
    .trim()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/https:\/\/\S+/g, (url) => `[AWS](${url})`);
