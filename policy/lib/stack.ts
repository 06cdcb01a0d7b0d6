import type { PolicyResource } from "@pulumi/policy";
import type { Resource } from "./rule.ts";
import type { Type } from "./types.ts";
import { known } from "./unknown.ts";

/** The resources of a stack, and how they refer to each other. */
export class StackResources {
  readonly #resources: readonly PolicyResource[];

  constructor(resources: readonly PolicyResource[]) {
    this.#resources = resources;
  }

  of<Args>(type: Type<Args>): Resource<Args>[] {
    return this.#all(type).map((resource) => resource as Resource<Args>);
  }

  /** The resources of `type` that refer to `subject` by `property`: a bucket's policies by `bucket`. */
  companions<Args>(
    subject: Resource,
    type: Type<Args>,
    property: string & keyof Args,
  ): Resource<Args>[] {
    return this.#all(type).filter((resource) =>
      refers(resource, property, subject),
    ) as Resource<Args>[];
  }

  /** The resources of `type` that `subject` refers to by `property`: a subnet's VPC by `vpcId`. */
  targets<Args, Of>(
    subject: Resource<Of>,
    property: string & keyof Of,
    type: Type<Args>,
  ): Resource<Args>[] {
    const from = this.#resources.find(({ urn }) => urn === subject.urn);
    return this.of(type).filter((target) => from && refers(from, property, target));
  }

  #all({ token }: Type<unknown>): PolicyResource[] {
    return this.#resources.filter(({ type }) => type === token);
  }
}

/** By dependency first: in the preview of a new stack ids are unknown. By name where there is none, as for a literal. */
function refers(from: PolicyResource, property: string, to: Resource): boolean {
  if (from.propertyDependencies[property]?.some(({ urn }) => urn === to.urn)) return true;
  const names = namesOf(to);
  return strings(() => (from.props as Record<string, unknown>)[property]).some((text) =>
    names.includes(text),
  );
}

const namesOf = ({ props }: Resource): string[] =>
  ["id", "arn", "name", "bucket"].flatMap((key) => strings(() => (props as Values)[key]));

type Values = Record<string, unknown>;

/** Every known text in a value. */
function strings(read: () => unknown): string[] {
  const value = known(read);
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => strings(() => (value as Values)[key]));
}
