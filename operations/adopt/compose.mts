// The state of a stack that has what stands in the account. Ids alone: the providers read all else.
import { randomUUID } from "node:crypto";
import { isProvider, keeping, type Resource } from "./deployment.mts";
import type { Match } from "./match.mts";

/** Of a resource of a preview, what says where in the code it is made. */
function withoutPosition({ sourcePosition, stackTrace, ...resource }: Resource): Resource {
  return resource;
}

/** Of all that the program wants, what an account may have, with its components and providers. */
export function compose(planned: readonly Resource[], matches: readonly Match[]): Resource[] {
  const byUrn = new Map(matches.map((match) => [match.wanted.urn, match]));
  const providerIds = new Map<string, string>();
  const composed = [...defaultProviders(planned), ...planned].flatMap((one): Resource[] => {
    const resource = withoutPosition(one);
    if (isProvider(resource)) {
      const id = randomUUID();
      providerIds.set(resource.urn, id);
      const { __internal, ...outputs } = resource.inputs ?? {};
      return [{ ...resource, id, outputs }];
    }
    if (!resource.custom) return [resource];
    const match = byUrn.get(resource.urn);
    const found = match && foundBy(match);
    if (!found) return [];
    const provider = providerOf(resource);
    return [{ ...resource, ...found, provider: `${provider}::${providerIds.get(provider)}` }];
  });
  return keeping(composed);
}

/** The URN of a reference, which ends in an id. */
const providerOf = ({ provider = "" }: Resource): string => provider.replace(/::[^:]*$/, "");

/** Those that the engine makes by itself, and a preview does not show. */
function defaultProviders(planned: readonly Resource[]): Resource[] {
  const urns = new Set(planned.filter(({ custom }) => custom).map(providerOf));
  return [...urns].flatMap((urn): Resource[] => {
    const [, , type = "", name = ""] = urn.split("::");
    const version = /^default_(.+)$/.exec(name)?.[1]?.replaceAll("_", ".");
    return version ? [{ urn, custom: true, type, inputs: { version } }] : [];
  });
}

/** A resource without outputs is imported by its id, when it is refreshed. */
function foundBy({ kind, instance, importId, made }: Match) {
  if (made) {
    const { id, outputs } = made;
    const { byteLength, keepers } = outputs;
    return { id, outputs, inputs: { byteLength, ...(keepers !== undefined && { keepers }) } };
  }
  if (importId === undefined) return undefined;
  const outputs = (instance && kind.outputs?.(instance)) ?? {};
  return { id: importId, inputs: outputs, outputs };
}

/** Arguments that AWS never hears of, and no difference is about: what the provider does on the way down. */
const ofStateAlone: Readonly<Record<string, string>> = {
  "aws:s3/bucket:Bucket": "forceDestroy",
  "aws:ecr/repository:Repository": "forceDelete",
};

/** What no account can tell: as the program has it, or of people as Terraform had it. */
export function settle(adopted: readonly Resource[], planned: readonly Resource[]): Resource[] {
  const inputsOf = new Map(planned.map(({ urn, inputs }) => [urn, inputs]));
  return adopted.map((one) => {
    if (one.type === "aws:iam/user:User") return withValue(one, { forceDestroy: false });
    const property = ofStateAlone[one.type] ?? "";
    const value = inputsOf.get(one.urn)?.[property];
    return value === undefined ? one : withValue(one, { [property]: value });
  });
}

const withValue = (one: Resource, value: Readonly<Record<string, unknown>>): Resource => ({
  ...one,
  inputs: { ...one.inputs, ...value },
  outputs: { ...one.outputs, ...value },
});
