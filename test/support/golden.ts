import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { Recorded, Recording } from "./mocks.ts";
import type { Values } from "./wire.ts";

/** Stands for a secret: a golden file is committed. */
const SECRET = "<secret>";
const SHOWN = 60;

/** What a golden file holds of a stack: each resource by URN, in the order of the URNs, and the outputs. */
export interface Golden {
  readonly resources: Readonly<Record<string, Values>>;
  readonly outputs: Values;
}

export function golden(recording: Recording): Golden {
  const resources = [...recording.resources].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  return sorted({
    resources: Object.fromEntries(resources.map((resource) => [resource.urn, entry(resource)])),
    outputs: masked(recording.outputs, recording.secretOutputs),
  }) as Golden;
}

/**
 * Compares what a program did with test/stacks/__golden__/<name>.json. With UPDATE_GOLDEN=1 in the environment it
 * writes that file instead; the diff of the commit then shows what a deployment would change.
 */
export function assertGolden(recording: Recording, name: string, folder = GOLDEN): void {
  const file = resolve(folder, `${name}.json`);
  const shown = relative(process.cwd(), file);
  const actual = golden(recording);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(actual, null, 2) + "\n");
    return;
  }
  const accept = "UPDATE_GOLDEN=1 make unit accepts";
  if (!existsSync(file))
    throw new Error(`${shown} is missing; ${accept} what the program does now`);
  const expected = JSON.parse(readFileSync(file, "utf8")) as Golden;
  const lines = differences(expected, actual);
  if (lines.length === 0) return;
  const more = lines.length > SHOWN ? [`… and ${String(lines.length - SHOWN)} more`] : [];
  throw new Error(
    [
      `the program differs from ${shown} in ${String(lines.length)} places; ${accept} them:`,
      ...lines.slice(0, SHOWN),
      ...more,
    ].join("\n  "),
  );
}

/** One line for each resource that came or went, and for each value that changed. */
export function differences(expected: Golden, actual: Golden): string[] {
  const urns = [...new Set([...Object.keys(expected.resources), ...Object.keys(actual.resources)])];
  return [
    ...urns.sort().flatMap((urn) => {
      const [before, after] = [expected.resources[urn], actual.resources[urn]];
      if (before === undefined) return [`+ ${urn}`];
      if (after === undefined) return [`- ${urn}`];
      return changes(before, after).map((line) => `~ ${urn} ${line}`);
    }),
    ...changes(expected.outputs, actual.outputs).map((line) => `~ output ${line}`),
  ];
}

const GOLDEN = resolve(import.meta.dirname, "../stacks/__golden__");

/** The inputs, and the options that change what a deployment does. */
function entry({ inputs, secretInputs, options }: Recorded): Values {
  const { protect, retainOnDelete, deleteBeforeReplace, ignoreChanges, replaceOnChanges } = options;
  const set = {
    protect,
    retainOnDelete,
    deleteBeforeReplace,
    ignoreChanges: ignoreChanges.length > 0 ? ignoreChanges : undefined,
    replaceOnChanges: replaceOnChanges.length > 0 ? replaceOnChanges : undefined,
    import: options.import,
  };
  const options_ = Object.fromEntries(
    Object.entries(set).filter(([, value]) => value !== undefined),
  );
  return {
    inputs: masked(inputs, secretInputs),
    ...(Object.keys(options_).length > 0 && { options: options_ }),
  };
}

function masked(values: Values, secrets: readonly string[]): Values {
  const visit = (value: unknown, path: string): unknown => {
    if (secrets.includes(path)) return SECRET;
    if (typeof value === "string") return document(value);
    if (Array.isArray(value))
      return value.map((item, index) => visit(item, `${path}[${String(index)}]`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        visit(item, path === "" ? key : `${path}.${key}`),
      ]),
    );
  };
  return visit(values, "") as Values;
}

/** Policies and the like are JSON in a text: as `{ json: … }` a review sees which line of them changed. */
function document(text: string): unknown {
  if (!/^[{[]/.test(text)) return text;
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return text;
  }
}

/** Keys in order, so that the same graph is the same text; lists keep theirs. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

function changes(before: Values, after: Values): string[] {
  const [old, now] = [leaves(before), leaves(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path) => {
    const [from, to] = [old.get(path) ?? "(absent)", now.get(path) ?? "(absent)"];
    return from === to ? [] : [`${path}: ${from} → ${to}`];
  });
}

/** Every value by its path, as JSON; an empty list or object is a value. */
function leaves(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0)
    return path === "" ? found : found.set(path, JSON.stringify(value));
  for (const [key, item] of Object.entries(value))
    leaves(item, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key, found);
  return found;
}
