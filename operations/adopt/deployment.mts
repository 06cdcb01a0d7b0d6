// A stack's state, as `pulumi stack export` prints it and `import` takes it.
import { z } from "zod";

const properties = z.record(z.string(), z.unknown());

/** https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/core.go, ResourceV3, as far as it is read here. */
const resource = z.looseObject({
  urn: z.string(),
  custom: z.boolean(),
  type: z.string(),
  id: z.string().optional(),
  inputs: properties.optional(),
  outputs: properties.optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
  /** When this or another stack made it; nothing that was adopted has one. */
  created: z.string().optional(),
});

export type Resource = z.infer<typeof resource>;

const exported = z.looseObject({
  version: z.number(),
  deployment: z.looseObject({ resources: z.array(resource).optional() }),
});

export type Exported = z.infer<typeof exported>;

export function parseDeployment(text: string): Exported {
  return exported.parse(JSON.parse(text));
}

export const resourcesOf = ({ deployment }: Exported): readonly Resource[] =>
  deployment.resources ?? [];

export const isProvider = ({ type }: Resource): boolean => type.startsWith("pulumi:providers:");

/** Resources that stand for something: neither components nor providers. */
export const isReal = (one: Resource): boolean => one.custom && !isProvider(one);

export function withResources(state: Exported, resources: readonly Resource[]): Exported {
  return { ...state, deployment: { ...state.deployment, resources: [...resources] } };
}

export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** What Pulumi's engine writes where a value is not known in a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Without the resources that are not kept, the components that are then empty, and all that refers to them. */
export function keeping(
  resources: readonly Resource[],
  kept: (one: Resource) => boolean = () => true,
): Resource[] {
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const needed = new Set<Resource>();
  const need = (one: Resource | undefined): void => {
    if (!one || needed.has(one)) return;
    needed.add(one);
    need(byUrn.get(one.parent ?? ""));
  };
  for (const one of resources) if (one.custom && kept(one)) need(one);
  const rest = resources.filter((one) => needed.has(one));
  const urns = new Set(rest.map(({ urn }) => urn));
  const those = (list: readonly string[] | null | undefined) =>
    (list ?? []).filter((urn) => urns.has(urn));
  return rest.map((one) => ({
    ...one,
    ...(one.dependencies && { dependencies: those(one.dependencies) }),
    ...(one.propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(one.propertyDependencies).map(([property, list]) => [property, those(list)]),
      ),
    }),
  }));
}
