// Which resource of the program each of Terraform's is.
import { isReal, type Resource, UNKNOWN } from "./deployment.mts";
import { type Kind, kinds, tagSuffix, type Wanted } from "./kinds.mts";
import { generation, type Made, randomId } from "./random.mts";
import { type Instance, text } from "./terraform-state.mts";

export interface Match {
  readonly wanted: Resource;
  readonly kind: Kind;
  /** Undefined where the state does not have it, and the account may all the same. */
  readonly instance: Instance | undefined;
  /** Undefined where it cannot be looked for before it is made. */
  readonly importId: string | undefined;
  /** What the state of the resource is, where it is nothing that an account has. */
  readonly made: Made | undefined;
}

/** Attributes of what others refer to a resource by. */
const identifying = (type: string) => (type === "aws:iam/policy:Policy" ? "arn" : "id");

export class Matcher {
  readonly #planned: ReadonlyMap<string, Resource>;
  readonly #instances: readonly Instance[];
  readonly #taken = new Set<Instance>();
  readonly #matched = new Map<string, Instance | undefined>();

  constructor(planned: readonly Resource[], instances: readonly Instance[]) {
    this.#planned = new Map(planned.map((one) => [one.urn, one]));
    this.#instances = instances;
  }

  /** Of every resource of the program whose kind Terraform has too. */
  matches(): Match[] {
    return [...this.#planned.values()].filter(isReal).flatMap((wanted) => {
      const kind = kinds[wanted.type];
      if (!kind) return [];
      const instance = this.#instanceOf(wanted);
      const view = this.#view(wanted);
      const importId = kind.importId?.(view, instance);
      return [{ wanted, kind, instance, importId, made: this.#made(view) }];
    });
  }

  #made(wanted: Wanted): Made | undefined {
    if (wanted.type !== "random:index/randomId:RandomId") return undefined;
    const hex = tagSuffix(wanted);
    if (hex) return randomId(hex);
    const environment = wanted.consumer("aws:batch/computeEnvironment:ComputeEnvironment", "name");
    return environment && generation(environment, this.#instances);
  }

  #instanceOf(wanted: Resource): Instance | undefined {
    if (!this.#matched.has(wanted.urn)) {
      // A resource may be found by what refers to it, but never by itself.
      this.#matched.set(wanted.urn, undefined);
      const kind = kinds[wanted.type];
      const view = this.#view(wanted);
      const found = this.#instances.find(
        (instance) =>
          instance.type === kind?.terraform &&
          !this.#taken.has(instance) &&
          kind.is(view, instance),
      );
      if (found) this.#taken.add(found);
      this.#matched.set(wanted.urn, found);
    }
    return this.#matched.get(wanted.urn);
  }

  #view(wanted: Resource): Wanted {
    const { urn, type } = wanted;
    const input = (property: string) => textAt(wanted.inputs, property);
    return {
      type,
      input,
      target: (property) => input(property) ?? this.#target(wanted, property),
      consumer: (consumerType, property) => {
        const consumer = [...this.#planned.values()].find(
          (one) => one.type === consumerType && one.propertyDependencies?.[property]?.includes(urn),
        );
        return consumer && this.#instanceOf(consumer);
      },
    };
  }

  #target({ propertyDependencies = {} }: Resource, property: string): string | undefined {
    const [urn = ""] = propertyDependencies[property] ?? [];
    const target = this.#planned.get(urn);
    if (!target) return undefined;
    const instance = this.#instanceOf(target);
    if (instance) return text(instance, identifying(target.type));
    const kind = kinds[target.type];
    return kind?.importId?.(this.#view(target), undefined);
  }
}

/** The text at a path such as `computeResources.type`; undefined where it is not known, or no text. */
function textAt(inputs: Resource["inputs"], path: string): string | undefined {
  let value: unknown = inputs;
  for (const part of path.split("."))
    value = (value as Record<string, unknown> | undefined)?.[part];
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}
