// `platform`: what is done with a stack on a real account, day by day, with the credentials of the shell.
import { Command, CommanderError } from "commander";
import { adopt } from "./commands/adopt.mts";
import { airflow } from "./commands/airflow.mts";
import { bootstrap } from "./commands/bootstrap.mts";
import { deployDags } from "./commands/deploy-dags.mts";
import { destroy, preview, up } from "./commands/deploy.mts";
import { doctor } from "./commands/doctor.mts";
import { drift } from "./commands/drift.mts";
import { logs } from "./commands/logs.mts";
import { recover } from "./commands/recover.mts";
import { submitJob } from "./commands/submit-job.mts";
import { teardown } from "./commands/teardown.mts";
import { CommandError, exitCodes, messageOf } from "./lib/errors.mts";
import { listenForInterrupts } from "./lib/interrupts.mts";
import { say } from "./lib/progress.mts";

const commands = [
  bootstrap,
  adopt,
  preview,
  up,
  destroy,
  recover,
  drift,
  doctor,
  deployDags,
  submitJob,
  logs,
  airflow,
  teardown,
];

function platform(): Command {
  const program = new Command("platform")
    .description("Works on a stack of the data platform, with the AWS credentials of this shell.")
    .exitOverride()
    .showHelpAfterError("(add --help for the options, and an example)")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 failed, 2 not understood, 3 refused (nothing was changed), 130 interrupted.",
    );
  for (const command of commands) program.addCommand(command().copyInheritedSettings(program));
  return program;
}

function exitCodeOf(error: unknown): number {
  // Commander has said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  say(`error: ${messageOf(error)}`);
  return error instanceof CommandError ? error.exitCode : exitCodes.failed;
}

// A reader such as `head` that has seen enough is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
listenForInterrupts();
try {
  await platform().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
