// What is seen to before the engine takes over the terminal, so that a fault is one line, and nothing was begun.
import { checkWritable } from "./backend.mts";
import { messageOf, refused } from "./errors.mts";
import { pulumi } from "./pulumi.mts";
import { openStack, type Stack } from "./stack.mts";

/** A resource as the state has it. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom?: boolean;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface Ready extends Stack {
  readonly resources: readonly Resource[];
}

/** Of the state of a stack as large as dev, which a new one will have. */
const USUAL_BYTES = 1_000_000;

/** The state, its secrets decrypted: with the wrong key or passphrase it cannot be read. */
async function readState(name: string): Promise<{ resources: readonly Resource[]; bytes: number }> {
  try {
    const text = await pulumi(["stack", "export", "--show-secrets", "--stack", name]);
    const { resources = [] } = (JSON.parse(text) as { deployment: { resources?: Resource[] } })
      .deployment;
    // An empty state has no secrets, and so asks for no key; its settings do.
    if (resources.length === 0) await pulumi(["destroy", "--preview-only", "--stack", name]);
    return { resources, bytes: Math.max(text.length, USUAL_BYTES) };
  } catch (error) {
    throw refused(`the state of ${name} cannot be read: ${messageOf(error)}`, error);
  }
}

/** The stack and its state; refused where either cannot be read or, for a command that `writes`, be written. */
export async function openForEngine(name: string, writes: boolean): Promise<Ready> {
  // Side by side, for they take as long as each other; what lies deeper is reported.
  const [stack, state] = await Promise.allSettled([openStack(name), readState(name)]);
  if (stack.status === "rejected") throw stack.reason;
  if (state.status === "rejected") throw state.reason;
  if (writes) await checkWritable(stack.value.region, state.value.bytes);
  return { ...stack.value, resources: state.value.resources };
}
