// recover: what an update left that was killed. Its lock goes; what it made and did not record is found and taken over;
// then the stack is updated. The engine alone would make a second VPC, and fail on the role that is there.
import { Command } from "commander";
import { confirm } from "../lib/ask.mts";
import { misused, refused } from "../lib/errors.mts";
import { describeLock, isElsewhere, isLive } from "../lib/locks.mts";
import { print, say } from "../lib/progress.mts";
import { pulumi } from "../lib/pulumi.mts";
import { importState, nameOf, openStack } from "../lib/stack.mts";
import { stackLocks } from "../lib/stack-locks.mts";
import { removeEmptyAttributes } from "../recovery/attributes.mts";
import { pendingOf, type State } from "../recovery/deployment.mts";
import { recoveryOf, type Outcome } from "../recovery/recovery.mts";
import { deployUp } from "./deploy.mts";

interface Options {
  readonly update: boolean;
  readonly forceUnlock?: true;
  readonly id?: ReadonlyMap<string, string>;
  readonly yes?: true;
  readonly json?: true;
}

function line({ urn, operation, outcome, id = "" }: Outcome): string {
  const said = {
    made: `was made, as ${id}: it is taken over`,
    "not made": "was not made: the update makes it",
    deleted: "was deleted",
    again: `was cut off while ${operation}: the update does it again, to the same effect`,
  };
  return `${nameOf(urn)} ${said[outcome]}`;
}

/** Whether a killed update left its lock. Refuses one that may be under way. */
async function hasDeadLock(stack: string, force: boolean): Promise<boolean> {
  const locks = await stackLocks(stack);
  for (const lock of locks.filter(isLive)) {
    const who = `${stack} is locked by ${describeLock(lock)}`;
    if (!isElsewhere(lock)) throw refused(`${who}: wait for it, or interrupt it`);
    if (!force)
      throw refused(
        `${who}, on another machine: wait for it; where you know that it has ended, --force-unlock`,
      );
  }
  return locks.length > 0;
}

async function run(stack: string, options: Options): Promise<void> {
  const { forceUnlock = false, id, update, yes = false, json } = options;
  const locked = await hasDeadLock(stack, forceUnlock);
  await removeEmptyAttributes(stack);
  const place = await openStack(stack);
  const state = JSON.parse(await pulumi(["stack", "export", "--stack", stack])) as State;
  const pending = pendingOf(state).length;
  if (!locked && pending === 0) {
    const nothing = `nothing to recover: ${stack} has no lock and no operation that was cut off`;
    print(json, { stack, unlocked: false, outcomes: [] }, [nothing]);
    return;
  }
  say(`${stack} was left with ${locked ? "a lock" : "no lock"} and ${pending} cut-off operations.`);
  const { outcomes, state: recovered } = await recoveryOf(stack, state, place, id);
  for (const outcome of outcomes) say(line(outcome));

  await confirm(`Take this into the state of ${stack}?`, yes);
  // Another may have come first meanwhile, and be updating.
  if (locked && (await hasDeadLock(stack, forceUnlock)))
    await pulumi(["cancel", "--yes", "--stack", stack]);
  if (pending > 0) await importState(stack, recovered);
  print(json, { stack, unlocked: locked, outcomes }, [`${stack} is as the account is`]);
  if (update) await deployUp(stack, { yes, output: json ? 2 : 1 });
}

function idOf(argument: string, told: ReadonlyMap<string, string> = new Map()) {
  const [, urn, id] = /^(urn:pulumi:[^=]+)=(.*)$/.exec(argument) ?? [];
  if (urn === undefined || id === undefined) throw misused(`--id ${argument}: give it as URN=ID`);
  return new Map([...told, [urn, id]]);
}

export function recover(): Command {
  return new Command("recover")
    .description("Goes on where an update was killed: takes over what it made, and updates.")
    .argument("<stack>", "the stack, such as dev")
    .option("--no-update", "take over what was made, and leave the rest to the next `up`")
    .option("--force-unlock", "clear the lock of another machine, whose process has ended")
    .option(
      "--id <urn=id>",
      "what a create has made, where that cannot be found; without an id, nothing (repeatable)",
      idOf,
    )
    .option("-y, --yes", "without asking")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  platform recover dev")
    .action(run);
}
