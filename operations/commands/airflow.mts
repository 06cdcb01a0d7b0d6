import { CreateCliTokenCommand, MWAAClient } from "@aws-sdk/client-mwaa";
import { Command } from "commander";
import { clientSettings } from "../lib/aws.mts";
import { attempt, isNamed } from "../lib/call.mts";
import { exitCodes, failed, refused } from "../lib/errors.mts";
import { openStack, output, stackOutputs } from "../lib/stack.mts";

/** The web server splits the line as a shell does, and runs no shell. */
const quoted = (argument: string) =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'"'"'`)}'`;

interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
}

const decoded = (text = "") => Buffer.from(text, "base64");

/** The web server of an environment; of an emulator, at the address of all of it. */
const serverOf = (host: string | undefined) => process.env["AWS_ENDPOINT_URL"] ?? `https://${host}`;

/** https://docs.aws.amazon.com/mwaa/latest/userguide/call-mwaa-apis-cli.html */
async function ask(mwaa: MWAAClient, Name: string, command: string): Promise<number> {
  const token = await mwaa.send(new CreateCliTokenCommand({ Name })).catch((error: unknown) => {
    if (isNamed(error, "ResourceNotFoundException"))
      throw refused(`there is no Airflow environment ${Name}: deploy the stack again`, error);
    throw error;
  });
  const server = serverOf(token.WebServerHostname);
  const response = await fetch(new URL("/aws_mwaa/cli", server), {
    method: "POST",
    headers: { authorization: `Bearer ${token.CliToken}`, "content-type": "text/plain" },
    body: command,
  }).catch((error: unknown) => {
    throw failed(
      `Airflow's web server ${server} cannot be reached: a private one (dse:mwaaWebserverAccess) answers in its VPC alone`,
      error,
    );
  });
  const text = await response.text();
  // Neither AWS nor Airflow describes other answers than this one.
  const isAnswer = /^\s*\{/.test(text);
  if (response.status === 403 || !isAnswer)
    throw failed(
      `Airflow's web server refused the command: ${response.status} ${text.slice(0, 200)}`,
    );
  const { stdout, stderr } = JSON.parse(text) as Answer;
  process.stdout.write(decoded(stdout));
  process.stderr.write(decoded(stderr));
  return response.ok ? exitCodes.ok : exitCodes.failed;
}

async function run(stack: string, command: string[]): Promise<void> {
  const { region } = await openStack(stack);
  const name = output(await stackOutputs(stack), "mwaaEnvironment");
  const mwaa = new MWAAClient(clientSettings(region));
  const line = command.map(quoted).join(" ");
  process.exitCode = await attempt("Airflow cannot be asked", () => ask(mwaa, name, line));
}

export function airflow(): Command {
  return new Command("airflow")
    .description("Runs a command of Airflow's CLI in the stack's environment.")
    .argument("<stack>", "the stack, such as dev")
    .argument("<command...>", "the command, after --, without the word airflow")
    .addHelpText("after", "\nExample:\n  platform airflow dev -- dags list")
    .action(run);
}
