// The state of the stack itself: all that adopting and its undoing change.
import { refused } from "../lib/errors.mts";
import { pulumi } from "../lib/pulumi.mts";
import { importState } from "../lib/stack.mts";
import {
  type Exported,
  isReal,
  keeping,
  parseDeployment,
  type Resource,
  resourcesOf,
  withResources,
} from "./deployment.mts";
import type { Settings } from "./settings.mts";

/** The state of a stack without resources; any other is refused. */
export async function emptyState(stack: string): Promise<Exported> {
  const state = await exportState(stack);
  const there = resourcesOf(state).filter(isReal).length;
  if (there > 0)
    throw refused(
      `${stack} has ${there} resources already, and only a stack without any adopts: take another, or \`platform adopt ${stack} --undo\` where they were adopted`,
    );
  return state;
}

/** Writes the settings into the stack's file, and the resources into its state, in one step. */
export async function takeOver(
  stack: string,
  empty: Exported,
  resources: readonly Resource[],
  settings: Settings,
): Promise<void> {
  await writeSettings(stack, settings);
  await importState(stack, withResources(empty, resources));
}

async function writeSettings(stack: string, settings: Settings): Promise<void> {
  const values = Object.entries(settings).map(([key, value]) => [
    `dse:${key}`,
    typeof value === "string"
      ? { value }
      : { value: JSON.stringify(value), ...(typeof value === "object" && { objectValue: value }) },
  ]);
  const json = JSON.stringify(Object.fromEntries(values));
  await pulumi(["config", "set-all", "--json", json, "--stack", stack]);
}

/** Takes what was adopted out of the state, and leaves what the stack itself has made since. Resolves to how many. */
export async function forget(stack: string): Promise<number> {
  const state = await exportState(stack);
  const resources = resourcesOf(state);
  const adopted = resources.filter(isAdopted);
  const rest = resources.filter((one) => !isAdopted(one));
  const own = rest.some(isReal) ? keeping(resources, (one) => !isAdopted(one)) : [];
  if (adopted.length > 0) await importState(stack, withResources(state, own));
  return adopted.length;
}

/** The engine notes of each resource that it makes when it did. */
const isAdopted = (one: Resource): boolean => isReal(one) && one.created === undefined;

async function exportState(stack: string): Promise<Exported> {
  return parseDeployment(await pulumi(["stack", "export", "--show-secrets", "--stack", stack]));
}
