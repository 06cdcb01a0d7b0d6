// A stack as it was deployed, as rules take it: `pulumi stack export`, and what a pack sees of each resource.
import { type PolicyResource, unknownCheckingProxy } from "@pulumi/policy";
import { createHash } from "node:crypto";
import { z } from "zod";

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  provider: z.string().optional(),
  protect: z.boolean().optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
});

/** https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/ */
const exported = z.object({
  deployment: z.object({
    manifest: z.object({ time: z.string() }),
    resources: z.array(resource).min(1, "the stack has no resources"),
  }),
});

type Exported = z.output<typeof resource>;

/** A deployed stack. Both lists hold the same resources, in the same order. */
export interface State {
  /** When its last update ended. */
  readonly updated: string;
  /** SHA-256 of what was read. */
  readonly digest: string;
  /** As the program asked for them: what rules of a resource see. */
  readonly inputs: readonly PolicyResource[];
  /** As they were made: what rules of a stack see. */
  readonly outputs: readonly PolicyResource[];
}

/** Reads an export. Throws an error of one line where the text is none. */
export function readState(text: string): State {
  const { deployment } = parse(text);
  const { manifest, resources } = deployment;
  return {
    updated: manifest.time,
    digest: createHash("sha256").update(text).digest("hex"),
    inputs: wired(resources, ({ inputs = {} }) => inputs),
    outputs: wired(resources, ({ id, inputs, outputs }) => ({
      ...(outputs ?? inputs),
      ...(id && { id }),
    })),
  };
}

function parse(text: string): z.output<typeof exported> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("this is no JSON: give what `pulumi stack export` writes");
  }
  const result = exported.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new Error(`this is no export of a stack: ${where}: ${issue?.message ?? ""}`);
}

function wired(
  resources: readonly Exported[],
  propsOf: (of: Exported) => Record<string, unknown>,
): PolicyResource[] {
  const all = resources.map((one): PolicyResource => {
    const provider = resources.find(({ urn }) => one.provider?.startsWith(`${urn}::`));
    return {
      ...describe(one, propsOf(one)),
      ...(provider && { provider: describe(provider, provider.inputs ?? {}) }),
      opts: {
        protect: one.protect ?? false,
        ignoreChanges: [],
        aliases: [],
        customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
        additionalSecretOutputs: [],
      },
      dependencies: [],
      propertyDependencies: {},
      isType: noClass,
      asType: noClass,
    };
  });
  const byUrn = new Map(all.map((one) => [one.urn, one]));
  resources.forEach(({ propertyDependencies = {} }, i) => {
    const found = Object.entries(propertyDependencies).map(([key, urns]) => [
      key,
      (urns ?? []).flatMap((urn) => byUrn.get(urn) ?? []),
    ]);
    const one = all[i];
    if (one)
      one.propertyDependencies = Object.fromEntries(found) as typeof one.propertyDependencies;
  });
  return all;
}

const describe = ({ urn, type }: Exported, props: Record<string, unknown>) => ({
  urn,
  type,
  name: urn.split("::").at(-1) ?? urn,
  props: (unknownCheckingProxy as (of: object) => Record<string, unknown>)(
    plain(props) as Record<string, unknown>,
  ),
});

const noClass = (): never => {
  throw new Error("a rule tells types by their token");
};

/** https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/properties.go */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** What the SDK of packs takes for a value that nobody knows; a rule that needs it says that it cannot judge. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Secrets as what they are where the export shows them, else unknown. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET)
    return typeof object["plaintext"] === "string" ? JSON.parse(object["plaintext"]) : UNKNOWN;
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, plain(item)]));
}
