// preview, up and destroy: the Pulumi CLI, with the policy pack always on and the account checked first.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { misused } from "../lib/errors.mts";
import { say } from "../lib/progress.mts";
import { clone, pulumiInForeground } from "../lib/pulumi.mts";
import { openStack } from "../lib/stack.mts";

/** Options of Pulumi's that would lead it past what was checked. */
const ours = /^(--stack|-s|--cwd|-C|--policy-pack|--policy-pack-config|--config-file)(=|$)|^-[sC]./;

/** The pack, with the stack's settings of it where there are any. */
function policies(stack: string): string[] {
  const config = join(clone, "policy", "config", `${stack}.json`);
  return [
    `--policy-pack=${join(clone, "policy")}`,
    ...(existsSync(config) ? [`--policy-pack-config=${config}`] : []),
  ];
}

async function run(command: string, stack: string, args: string[], more: string[]): Promise<void> {
  const taken = more.find((argument) => ours.test(argument));
  if (taken) throw misused(`${taken} is not passed on to pulumi: platform sets it itself`);
  const { account, region } = await openStack(stack);
  say(`${command} of ${stack}: account ${account}, region ${region}`);
  process.exitCode = await pulumiInForeground([command, "--stack", stack, ...args, ...more], {
    // `up --plan` is one of the CLI's experiments: https://www.pulumi.com/docs/iac/concepts/update-plans/
    env: { PULUMI_EXPERIMENTAL: "true" },
  });
}

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
        [...policies(stack), ...(savePlan ? [`--save-plan=${resolve(savePlan)}`] : [])],
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
          ...policies(stack),
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
