// preview, up and destroy: the Pulumi CLI, with the policy pack always on and the account checked first.
import { resolve } from "node:path";
import { Command } from "commander";
import { packOptions } from "../../policy/pack.mts";
import { misused } from "../lib/errors.mts";
import { openForEngine } from "../lib/preflight.mts";
import { say } from "../lib/progress.mts";
import { pulumiInForeground } from "../lib/pulumi.mts";
import { refuseLocked } from "../lib/stack-locks.mts";

/** Options of Pulumi's that would lead it past what was checked; without a preview, a rule of the stack comes too late. */
const ours =
  /^(--stack|-s|--cwd|-C|--policy-pack|--policy-pack-config|--config-file|--skip-preview|-f)(=|$)|^-[sC]./;

interface Deployment {
  readonly command: "preview" | "up" | "destroy";
  readonly stack: string;
  readonly args: readonly string[];
  /** Where the output goes: stderr where stdout has a result of the command line's own. @default stdout */
  readonly output?: 1 | 2;
}

async function deploy({ command, stack, args, output = 1 }: Deployment): Promise<void> {
  const { account, region } = await openForEngine(stack, command !== "preview");
  if (command !== "preview") await refuseLocked(stack);
  say(`${command} of ${stack}: account ${account}, region ${region}`);
  process.exitCode = await pulumiInForeground([command, "--stack", stack, ...args], {
    // `up --plan` is one of the CLI's experiments: https://www.pulumi.com/docs/iac/concepts/update-plans/
    env: { PULUMI_EXPERIMENTAL: "true" },
    output,
  });
}

async function run(
  command: Deployment["command"],
  stack: string,
  args: string[],
  more: string[],
): Promise<void> {
  const taken = more.find((argument) => ours.test(argument));
  if (taken) throw misused(`${taken} is not passed on to pulumi: platform sets it itself`);
  await deploy({ command, stack, args: [...args, ...more] });
}

/** `platform up`, for commands that end with it. */
export const deployUp = (
  stack: string,
  { yes, output }: { yes: boolean; output: 1 | 2 },
): Promise<void> =>
  deploy({
    command: "up",
    stack,
    args: [...packOptions(stack), ...(yes ? ["--yes"] : [])],
    output,
  });

function command(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .argument("<stack>", "the stack, such as dev")
    .argument("[pulumi...]", "more options of `pulumi`, after --")
    .addHelpText("after", `\nExample:\n  ${example}`);
}

export function preview(): Command {
  return command(
    "preview",
    "Shows what `up` would change, and what the policies say to it.",
    "platform preview dev --save-plan dev.plan -- --diff",
  )
    .option("--save-plan <file>", "keep the plan, for `up --plan`")
    .action((stack: string, more: string[], { savePlan }: { savePlan?: string }) =>
      run(
        "preview",
        stack,
        [...packOptions(stack), ...(savePlan ? [`--save-plan=${resolve(savePlan)}`] : [])],
        more,
      ),
    );
}

export function up(): Command {
  return command(
    "up",
    "Deploys the stack; refuses what the policies refuse.",
    "platform up dev --plan dev.plan --yes",
  )
    .option("--plan <file>", "do what this plan of `preview --save-plan` says, and nothing else")
    .option("-y, --yes", "without asking")
    .action((stack: string, more: string[], { plan, yes }: { plan?: string; yes?: true }) =>
      run(
        "up",
        stack,
        [
          ...packOptions(stack),
          ...(plan ? [`--plan=${resolve(plan)}`] : []),
          ...(yes ? ["--yes"] : []),
        ],
        more,
      ),
    );
}

export function destroy(): Command {
  return command(
    "destroy",
    "Deletes what the stack made; refuses what is protected (dse:dataOnDestroy).",
    "platform destroy dev",
  )
    .option("-y, --yes", "without asking")
    .action((stack: string, more: string[], { yes }: { yes?: true }) =>
      run("destroy", stack, yes ? ["--yes"] : [], more),
    );
}
