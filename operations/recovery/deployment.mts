// The parts of an exported state (`pulumi stack export`) that recovery works on.
import type { Inputs } from "./wanted.mts";

export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Inputs;
  readonly outputs?: Inputs;
  /** It was replaced, and is to be deleted. */
  readonly delete?: boolean;
  /** It was deleted, and is to be made anew. */
  readonly pendingReplacement?: boolean;
}

/** An operation that was begun, and not seen to end. */
export interface Operation {
  readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
  readonly resource: Resource;
}

export interface State {
  readonly version: number;
  readonly deployment: {
    readonly secrets_providers?: {
      readonly type: string;
      readonly state?: { salt?: string; url?: string; encryptedkey?: string };
    };
    readonly resources?: readonly Resource[];
    readonly pending_operations?: readonly Operation[];
  };
}

export const resourcesOf = ({ deployment }: State): readonly Resource[] =>
  deployment.resources ?? [];

export const pendingOf = ({ deployment }: State): readonly Operation[] =>
  deployment.pending_operations ?? [];

/** The state with what was made in it, without what was deleted, and without pending operations. */
export function settled(
  state: State,
  made: readonly Resource[],
  deleted: readonly Resource[],
): State {
  const gone = new Set(deleted.map(({ urn, id }) => `${urn} ${id}`));
  const resources = resourcesOf(state).filter(({ urn, id }) => !gone.has(`${urn} ${id}`));
  for (const resource of made) {
    const before = resources.findIndex(({ urn }) => urn === resource.urn);
    const former = resources[before];
    // After all that it depends on.
    if (!former) resources.push(resource);
    // A replacement stands in its predecessor's place, and the engine deletes that one.
    else if (former.pendingReplacement) resources[before] = resource;
    else resources.splice(before, 1, resource, { ...former, delete: true });
  }
  const { pending_operations: _, ...deployment } = state.deployment;
  return { ...state, deployment: { ...deployment, resources } };
}
