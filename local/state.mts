// What Pulumi's file backend knows of the stacks of an instance. Read only: the engine is the one that writes.
// Layout: https://github.com/pulumi/pulumi/tree/master/pkg/backend/diy
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { locksInFolder, type Lock } from "../operations/lib/locks.mts";
import { project } from "../operations/lib/pulumi.mts";

export interface StackState {
  name: string;
  resources: number;
  /** Operations that were begun and never seen to end: their engine was killed. */
  pending: { type: string; resource: { urn: string } }[];
}

export const stateFolder = (folder: string) => join(folder, "state");
const backend = (folder: string) => join(stateFolder(folder), ".pulumi");

function jsonFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".json"));
}

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8")) as unknown;

interface Checkpoint {
  checkpoint?: {
    latest?: { resources?: unknown[]; pending_operations?: StackState["pending"] };
  };
}

export function stackStates(folder: string): StackState[] {
  const stacks = join(backend(folder), "stacks", project);
  return jsonFiles(stacks).map((file) => {
    const latest = (readJson(stacks, file) as Checkpoint).checkpoint?.latest;
    return {
      name: file.slice(0, -".json".length),
      resources: latest?.resources?.length ?? 0,
      pending: latest?.pending_operations ?? [],
    };
  });
}

export function stackState(folder: string, stack: string): StackState | undefined {
  return stackStates(folder).find(({ name }) => name === stack);
}

/** Stacks that have something in the account, or may have. */
export function deployedStacks(folder: string): string[] {
  return stackStates(folder)
    .filter((state) => state.resources > 0 || state.pending.length > 0)
    .map((state) => state.name);
}

export const engineLocks = (folder: string, stack: string): Lock[] =>
  locksInFolder(stateFolder(folder), project, stack);

/** How many states that were set aside are kept. */
const kept = 5;

/** Moves the states of stacks away whose account is gone, so that they can be deployed anew. */
export function setStatesAside(folder: string, say: (line: string) => void): string[] {
  const lost = deployedStacks(folder);
  if (lost.length === 0) return [];
  const aside = join(folder, `state-lost-${new Date().toISOString().replace(/[:.]/g, "-")}`);
  renameSync(stateFolder(folder), aside);
  mkdirSync(stateFolder(folder));
  const older = readdirSync(folder).filter((name) => name.startsWith("state-lost-"));
  for (const name of older.sort().slice(0, -kept)) rmSync(join(folder, name), { recursive: true });
  const where = relative(process.cwd(), aside);
  say(
    lost.length === 1
      ? `${lost[0]} was deployed there: its state is set aside in ${where}; \`make up STACK=${lost[0]}\` deploys it again.`
      : `${lost.join(" and ")} were deployed there: their states are set aside in ${where}; \`make up STACK=…\` deploys each again.`,
  );
  return lost;
}
