// What became of the operations of an update that was killed. The engine records each before its provider calls AWS, so
// that nothing was begun that the state does not have as pending.
import { awsFault } from "../lib/aws.mts";
import { CommandError, refused } from "../lib/errors.mts";
import { nameOf } from "../lib/stack.mts";
import { pendingOf, type Resource, resourcesOf, settled, type State } from "./deployment.mts";
import { kinds, repeatable } from "./kinds.mts";
import { readBack } from "./scratch.mts";
import { tagsOf, type Wanted } from "./wanted.mts";

/** What is said of a pending operation. */
export interface Outcome {
  readonly urn: string;
  readonly operation: string;
  /**
   * `made`: it comes into the state. `not made`: the next update makes it. `deleted`: it leaves the state.
   * `again`: the next update does it again, to the same effect.
   */
  readonly outcome: "made" | "not made" | "deleted" | "again";
  readonly id?: string;
}

export interface Recovery {
  readonly outcomes: readonly Outcome[];
  /** The state as it is to be. */
  readonly state: State;
}

export type Place = Omit<Wanted, "inputs">;

/** Ids by URN that a person names; empty where nothing was made. */
export type Told = ReadonlyMap<string, string>;

/** Looks for what was made and deleted. Nothing is changed: neither AWS nor the stack. */
export async function recoveryOf(
  stack: string,
  state: State,
  place: Place,
  told: Told = new Map(),
): Promise<Recovery> {
  const made: Resource[] = [];
  const deleted: Resource[] = [];
  const read: string[] = [];
  for (const { type, resource } of pendingOf(state)) {
    const found = await look(resource, place);
    if (type === "creating") {
      const id = told.get(resource.urn) ?? theOne(resource, found, resourcesOf(state));
      // Without outputs the provider reads it as it does for an import.
      if (id) made.push({ ...resource, id, outputs: {} });
    }
    if (type !== "deleting") continue;
    if (found?.length === 0) deleted.push(resource);
    else read.push(resource.urn);
  }
  read.push(...made.map(({ urn }) => urn));
  const tried = settled(state, made, deleted);
  const after = read.length > 0 ? await readBack(stack, tried, read) : tried;
  const standing = new Map(
    resourcesOf(after)
      .filter((resource) => !resource.delete)
      .map((resource) => [resource.urn, resource]),
  );

  const outcomes = pendingOf(state).map(({ type, resource }): Outcome => {
    const { urn } = resource;
    const operation = type;
    const now = standing.get(urn);
    if (type === "deleting") {
      const stands = resourcesOf(after).some((one) => one.urn === urn && one.id === resource.id);
      return { urn, operation, outcome: stands ? "again" : "deleted" };
    }
    if (type !== "creating" || kinds[resource.type] === repeatable)
      return { urn, operation, outcome: "again" };
    if (!now || !made.some((one) => one.urn === urn))
      return { urn, operation, outcome: "not made" };
    if (!told.has(urn)) refuseForeign(stack, resource, now);
    return { urn, operation, outcome: "made", id: now.id ?? "" };
  });
  return { outcomes, state: after };
}

/** The ids that it may have; undefined where they make no difference, or nobody knows how to look. */
async function look({ urn, type, inputs = {} }: Resource, place: Place) {
  const kind = kinds[type];
  if (kind === undefined || kind === repeatable) return undefined;
  try {
    return await kind({ inputs, ...place });
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refused(`${nameOf(urn)} cannot be looked for: ${awsFault(error)}`, error);
  }
}

function theOne(
  { urn, type }: Resource,
  found: readonly string[] | undefined,
  state: readonly Resource[],
): string | undefined {
  if (kinds[type] === undefined)
    throw refused(
      `nobody knows whether ${nameOf(urn)} was made: look for it, and say so by --id '${urn}=ID', without an id where it was not`,
    );
  const known = state.filter((resource) => resource.type === type).map(({ id }) => id);
  const [id, ...more] = (found ?? []).filter((candidate) => !known.includes(candidate));
  if (more.length > 0)
    throw refused(
      `${nameOf(urn)} may be any of ${[id, ...more].join(", ")}: say which by --id '${urn}=ID'`,
    );
  return id;
}

/** A create that was about to be refused, as another has the name, must not end in taking over what is another's. */
function refuseForeign(stack: string, wanted: Resource, { id = "", outputs = {} }: Resource): void {
  const has = tagsOf(outputs);
  for (const [tag, value] of Object.entries(tagsOf(wanted.inputs ?? {})))
    if (has[tag] !== value)
      throw refused(
        `${nameOf(wanted.urn)} is not what ${stack} made: ${id} has the tag ${tag} ${has[tag] ?? "not at all"}, not ${value}; delete it, or have ${stack} use another name, or take it by --id '${wanted.urn}=${id}'`,
      );
}
