// teardown: destroys what a stack does not protect, once somebody has seen what is lost and said its name.
import { Command } from "commander";
import { ask } from "../lib/ask.mts";
import { exitCodes, failed, messageOf, refused } from "../lib/errors.mts";
import { lossesOf, others, summaryOf, type Loss } from "../lib/losses.mts";
import { openForEngine, type Ready, type Resource } from "../lib/preflight.mts";
import { print, say } from "../lib/progress.mts";
import { pulumi, pulumiInForeground } from "../lib/pulumi.mts";

interface Options {
  readonly confirm?: string;
  readonly dryRun?: true;
}

interface Fate {
  readonly deleted: readonly Resource[];
  /** They leave the stack and stay in the account. */
  readonly retained: readonly Resource[];
  readonly kept: readonly Resource[];
}

const unprotected = ["destroy", "--exclude-protected"];

/** What becomes of each resource, by the engine's own account: what a protected one needs stays too. */
async function fateOf({ name, resources }: Ready): Promise<Fate> {
  interface Step {
    readonly op: string;
    readonly urn: string;
  }
  const args = [...unprotected, "--preview-only", "--json", "--stack", name];
  const { steps = [] } = JSON.parse(await pulumi(args)) as { steps?: Step[] };
  const going = new Set(steps.filter(({ op }) => op === "delete").map(({ urn }) => urn));
  const made = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  return {
    deleted: made.filter(({ urn, retainOnDelete }) => going.has(urn) && !retainOnDelete),
    retained: made.filter(({ urn, retainOnDelete }) => going.has(urn) && retainOnDelete),
    kept: made.filter(({ urn }) => !going.has(urn)),
  };
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [title, ...lines.map((line) => `  ${line}`)] : [];
}

function show(
  { name, account, region }: Ready,
  { deleted, retained, kept }: Fate,
  losses: readonly Loss[],
): void {
  const lost = losses.map(({ kind, name: what, detail }) => `${kind} ${what}: ${detail}`);
  const rest = others(deleted.length - losses.length);
  print(false, undefined, [
    `${name}, in account ${account}, region ${region}`,
    ...listed("Lost:", [...lost, ...rest]),
    ...listed("Leaves the stack, and stays in the account:", summaryOf(retained)),
    ...listed(
      "Stays, as it is protected or something protected needs it; it may work no longer:",
      summaryOf(kept),
    ),
  ]);
}

async function confirm(stack: string, given: string | undefined): Promise<void> {
  if (given === undefined && !process.stdin.isTTY)
    throw refused(`nobody can be asked: --confirm ${stack} says that all this may go`);
  const name = given ?? (await ask("The stack's name, if all this may go: "));
  if (name !== stack) throw refused(`"${name}" is not ${stack}: nothing was destroyed`);
}

/** Says what is left, and how it goes too. */
async function report(stack: string): Promise<void> {
  const { resources = [] } = (
    JSON.parse(await pulumi(["stack", "export", "--stack", stack])) as {
      deployment: { resources?: Resource[] };
    }
  ).deployment;
  const left = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  if (left.length === 0) {
    say(`Nothing of ${stack} is left.`);
    return;
  }
  listed(`Left of ${stack}, and billed as before:`, summaryOf(left)).forEach(say);
  say(
    `To have it go too: set dse:dataOnDestroy (delete: what is empty; empty: with what is in it), then \`platform up ${stack}\`, which makes again what it needs, then this again.`,
  );
}

async function run(stack: string, { confirm: given, dryRun }: Options): Promise<void> {
  const ready = await openForEngine(stack, true);
  if (ready.resources.length === 0)
    throw refused(`${stack} is not deployed: there is nothing to destroy`);
  const fate = await fateOf(ready).catch((error: unknown) => {
    throw refused(
      `it cannot be told what a destruction of ${stack} deletes: ${messageOf(error)}`,
      error,
    );
  });
  const losses = await lossesOf(ready.region, fate.deleted);
  show(ready, fate, losses);
  const full = losses.find((loss) => loss.refused);
  if (full)
    throw refused(
      `${full.kind} ${full.name} is not empty, and AWS deletes no such one: empty it, or set dse:dataOnDestroy to empty and deploy`,
    );
  if (dryRun) return;
  if (fate.deleted.length + fate.retained.length === 0) {
    await report(stack);
    return;
  }
  await confirm(stack, given);
  const args = [...unprotected, "--stack", stack, "--yes", "--skip-preview"];
  const code = await pulumiInForeground(args);
  if (code === exitCodes.interrupted) process.exitCode = code;
  else if (code !== 0)
    throw failed(`pulumi destroy failed, as shown above: mend it, and run this again`);
  await report(stack);
}

export function teardown(): Command {
  return new Command("teardown")
    .description(
      "Says what is lost with the stack, asks for its name, destroys what is not protected.",
    )
    .argument("<stack>", "the stack, such as dev")
    .option("--confirm <stack>", "the stack's name, for scripts: without asking")
    .option("--dry-run", "say what is lost, and end")
    .addHelpText("after", "\nExample:\n  platform teardown dev --dry-run")
    .action(run);
}
