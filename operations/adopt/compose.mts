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

/** What no account can tell, and AWS never hears of: as the program has it, or else as Terraform and scripts left it. */
export function settle(adopted: readonly Resource[], planned: readonly Resource[]): Resource[] {
  const inputsOf = new Map(planned.map(({ urn, inputs = {} }) => [urn, inputs]));
  return adopted.map((one) => {
    const values = settled(one.type, inputsOf.get(one.urn) ?? {});
    const inputs = { ...one.inputs, ...values };
    // The last is how the outputs were read, which blocks that are put there would gainsay.
    const outputs = { ...one.outputs, ...values, __pulumi_raw_state_delta: undefined };
    return Object.keys(values).length > 0 ? { ...one, inputs, outputs } : one;
  });
}

function settled(type: string, wanted: Inputs): Inputs {
  switch (type) {
    case "aws:s3/bucket:Bucket":
      return pick(wanted, "forceDestroy");
    case "aws:ecr/repository:Repository":
      return pick(wanted, "forceDelete");
    case "aws:iam/user:User":
      return { forceDestroy: false };
    case "aws:s3/bucketObjectv2:BucketObjectv2":
      // The content was brought from there (airflow-files.mts).
      return {
        ...pick(wanted, "content"),
        forceDestroy: false,
        overrideProvider: { defaultTags: { tags: {} } },
      };
    default:
      return {};
  }
}

type Inputs = Readonly<Record<string, unknown>>;

const pick = (inputs: Inputs, property: string): Inputs =>
  property in inputs ? { [property]: inputs[property] } : {};
