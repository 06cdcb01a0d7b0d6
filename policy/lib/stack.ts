import type { PolicyResource } from "@pulumi/policy";
import type { Resource } from "./resource.ts";
import type { Type } from "./types.ts";
import { known } from "./unknown.ts";

type Resources = readonly PolicyResource[];
type Texts = (resource: PolicyResource) => string[];

/** The resources of a stack, and how they refer to each other. */
export class StackResources {
  readonly #byUrn: ReadonlyMap<string, PolicyResource>;
  readonly #byType: ReadonlyMap<string, Resources>;
  readonly #indexes = new Map<string, ReadonlyMap<string, Resources>>();

  constructor(resources: Resources) {
    this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    this.#byType = Map.groupBy(resources, ({ type }) => type);
  }

  of<Args>({ token }: Type<Args>): Resource<Args>[] {
    return (this.#byType.get(token) ?? []).map((resource) => resource as Resource<Args>);
  }

  /** The resources of `type` that refer to `subject` by `property`: a bucket's policies by `bucket`. */
  companions<Args>(
    subject: Resource,
    { token }: Type<Args>,
    property: string & keyof Args,
  ): Resource<Args>[] {
    const texts: Texts = (resource) => references(resource, property);
    return this.#find(token, `${token} ${property}`, texts, namesOf(subject)) as Resource<Args>[];
  }

  /** The resources of `type` that `subject` refers to by `property`: a subnet's VPC by `vpcId`. */
  targets<Args, Of>(
    subject: Resource<Of>,
    property: string & keyof Of,
    { token }: Type<Args>,
  ): Resource<Args>[] {
    const from = this.#byUrn.get(subject.urn);
    if (!from) return [];
    return this.#find(token, token, namesOf, references(from, property)) as Resource<Args>[];
  }

  /** By an index: else each of a thousand buckets would look at the companions of all. */
  #find(token: string, key: string, texts: Texts, wanted: readonly string[]): PolicyResource[] {
    const index = this.#indexes.get(key) ?? indexOf(this.#byType.get(token) ?? [], texts);
    this.#indexes.set(key, index);
    return [...new Set(wanted.flatMap((text) => index.get(text) ?? []))];
  }
}

function indexOf(resources: Resources, texts: Texts): Map<string, PolicyResource[]> {
  const index = new Map<string, PolicyResource[]>();
  for (const resource of resources)
    for (const text of texts(resource)) {
      const found = index.get(text);
      if (found) found.push(resource);
      else index.set(text, [resource]);
    }
  return index;
}

/** By dependency first: in the preview of a new stack ids are unknown. By name where there is none, as for a literal. */
const references = (
  { propertyDependencies, props }: PolicyResource,
  property: string,
): string[] => [
  ...(propertyDependencies[property] ?? []).map(({ urn }) => urn),
  ...strings(() => (props as Values)[property]),
];

/** What a resource is referred to by. */
const namesOf = ({ urn, props }: Resource): string[] => [
  urn,
  ...["id", "arn", "name", "bucket"].flatMap((key) => strings(() => (props as Values)[key])),
];

type Values = Record<string, unknown>;

/** Every known text in a value. */
function strings(read: () => unknown): string[] {
  const value = known(read);
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => strings(() => (value as Values)[key]));
}
