// drift: what AWS has differs from the state. Nothing is locked or written: a preview of a refresh reads alone.
import { Command } from "commander";
import { exitCodes, messageOf, refused } from "../lib/errors.mts";
import { print, say } from "../lib/progress.mts";
import { pulumi } from "../lib/pulumi.mts";
import { nameOf, openStack } from "../lib/stack.mts";

/** A step of `pulumi refresh --preview-only --json`. */
interface Step {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Readonly<Record<string, { readonly kind: string }>> | null;
}

/** A resource that was changed or deleted behind Pulumi's back. Properties without values: some are secret. */
interface Drifted {
  readonly urn: string;
  readonly change: "changed" | "deleted";
  readonly properties: readonly string[];
}

export function driftOf(steps: readonly Step[]): Drifted[] {
  return steps.flatMap(({ op, urn, detailedDiff }): Drifted[] => {
    if (op === "delete") return [{ urn, change: "deleted", properties: [] }];
    if (op !== "update") return [];
    return [{ urn, change: "changed", properties: Object.keys(detailedDiff ?? {}).sort() }];
  });
}

async function steps(stack: string): Promise<readonly Step[]> {
  const args = ["refresh", "--preview-only", "--json", "--stack", stack];
  try {
    return (JSON.parse(await pulumi(args)) as { steps?: Step[] }).steps ?? [];
  } catch (error) {
    throw refused(`it cannot be told whether ${stack} has drifted: ${messageOf(error)}`, error);
  }
}

async function run(name: string, { json }: { json?: true }): Promise<void> {
  const { account, region } = await openStack(name);
  say(`Comparing ${name} with account ${account}, region ${region} …`);
  const compared = await steps(name);
  if (compared.length === 0) throw refused(`${name} is not deployed: there is nothing to compare`);
  const drifted = driftOf(compared);
  const lines = drifted.map(({ urn, change, properties }) =>
    [`${change}: ${nameOf(urn)}`, properties.join(", ")].filter(Boolean).join(": "),
  );
  const none = `no drift: ${compared.length} resources are as ${name} left them`;
  print(json, { stack: name, resources: compared.length, drifted }, lines.length ? lines : [none]);
  if (drifted.length > 0) process.exitCode = exitCodes.failed;
}

export function drift(): Command {
  return new Command("drift")
    .description(
      "Says what was changed or deleted behind Pulumi's back; takes no lock, writes nothing.",
    )
    .argument("<stack>", "the stack, such as dev")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 no drift, 1 drift, 2 not understood, 3 it cannot be told.\n\nExample:\n  platform drift dev --json",
    )
    .action(run);
}
