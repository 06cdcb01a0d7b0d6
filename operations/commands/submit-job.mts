import { BatchClient, SubmitJobCommand } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { Command, InvalidArgumentError } from "commander";
import { clientSettings } from "../lib/aws.mts";
import { attempt, isNamed } from "../lib/call.mts";
import { exitCodes, messageOf, refused } from "../lib/errors.mts";
import { holdInterrupts } from "../lib/interrupts.mts";
import { exitCodeOf, followJob, reasonOf, sizeOverrides } from "../lib/jobs.mts";
import { print, say } from "../lib/progress.mts";
import { openStack, output, stackOutputs } from "../lib/stack.mts";

interface Options {
  readonly definition?: string;
  readonly name?: string;
  readonly vcpus?: string;
  readonly memory?: number;
  readonly env?: ReadonlyMap<string, string>;
  readonly follow?: true;
  readonly json?: true;
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html */
function toJobName(name: string): string {
  if (!/^[A-Za-z0-9][\w-]{0,127}$/.test(name))
    throw new InvalidArgumentError("It has 1 to 128 letters, digits, - and _.");
  return name;
}

function toMemory(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is a number of MiB.");
  return Number(text);
}

function addVariable(text: string, before: ReadonlyMap<string, string> = new Map()) {
  const [, name = "", value = ""] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
  if (!name) throw new InvalidArgumentError("It is NAME=VALUE.");
  // https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html
  if (name.startsWith("AWS_BATCH"))
    throw new InvalidArgumentError("AWS keeps names that begin with AWS_BATCH to itself.");
  return new Map([...before, [name, value]]);
}

const howToCancel = (id: string, region: string) =>
  `aws batch terminate-job --job-id ${id} --reason cancelled --region ${region}`;

async function submit(
  batch: BatchClient,
  jobQueue: string,
  jobDefinition: string,
  command: string[],
  { name, vcpus, memory, env }: Options,
) {
  return attempt("the job was not submitted", async () => {
    const resourceRequirements = await sizeOverrides(batch, { vcpus, memory }, jobDefinition);
    const environment = [...(env ?? [])].map(([name, value]) => ({ name, value }));
    const request = new SubmitJobCommand({
      // A definition's name without its revision.
      jobName: name ?? jobDefinition.replace(/:\d+$/, ""),
      jobQueue,
      jobDefinition,
      containerOverrides: {
        ...(command.length > 0 && { command }),
        ...(environment.length > 0 && { environment }),
        ...(resourceRequirements.length > 0 && { resourceRequirements }),
      },
    });
    const { jobId = "", jobName = "", jobArn = "" } = await batch.send(request);
    return { jobId, jobName, jobArn };
  }).catch((error: unknown) => {
    // Batch refuses by this name: the queue, the definition or the request is not as it must be.
    const { cause } = error as Error;
    if (isNamed(cause, "ClientException"))
      throw refused(`the job was not submitted: ${messageOf(cause)}`, cause);
    throw error;
  });
}

async function run(stack: string, command: string[], options: Options): Promise<void> {
  const { region } = await openStack(stack);
  const outputs = await stackOutputs(stack);
  const jobQueue = output(outputs, "batchJobQueue");
  const jobDefinition = options.definition ?? output(outputs, "batchJobDefinition");
  const batch = new BatchClient(clientSettings(region));

  const { jobId, jobName, jobArn } = await submit(batch, jobQueue, jobDefinition, command, options);
  const submitted = { jobId, jobName, jobArn, jobQueue, jobDefinition };
  say(`submitted job ${jobId} to ${jobQueue}`);
  if (!options.follow) {
    print(options.json, submitted, [jobId]);
    return;
  }

  const goesOn = () => {
    say(`The job goes on. Follow it: platform logs ${stack} job ${jobId} --follow`);
    say(`Cancel it: ${howToCancel(jobId, region)}`);
    process.exit(exitCodes.interrupted);
  };
  const logs = new CloudWatchLogsClient(clientSettings(region));
  const job = await holdInterrupts(goesOn, () =>
    attempt(`job ${jobId} was submitted, but cannot be followed`, () =>
      followJob(batch, logs, jobId, {
        onStatus: ({ status }) => say(`job ${jobId} is ${status}`),
        // With --json, stdout has the result alone.
        onEvent: ({ message }) => (options.json ? say(message) : print(false, message, [message])),
      }),
    ),
  );
  const exitCode = exitCodeOf(job);
  if (job.status === "FAILED") say(`job ${jobId} has failed: ${reasonOf(job)}`);
  if (options.json)
    print(true, { ...submitted, status: job.status, exitCode, reason: job.statusReason }, []);
  process.exitCode = exitCode;
}

export function submitJob(): Command {
  return new Command("submit-job")
    .description("Submits a job to the stack's queue.")
    .argument("<stack>", "the stack, such as dev")
    .argument("[command...]", "what the job runs, after --; else what its definition says")
    .option("--definition <name>", "a job definition of the stack; else its default one")
    .option("--name <name>", "what the job is called; else as its definition", toJobName)
    .option("--vcpus <vcpus>", "vCPUs, in sizes of Fargate: 0.25 to 32")
    .option("--memory <MiB>", "memory that Fargate has with as many vCPUs", toMemory)
    .option("-e, --env <NAME=VALUE>", "an environment variable; no secret", addVariable)
    .option("-f, --follow", "print what the job prints, and end with its exit code")
    .option("--json", "print the job as JSON; what it prints goes to stderr")
    .addHelpText(
      "after",
      "\nExample:\n  platform submit-job dev --vcpus 2 --memory 4096 --env BUCKET=b --follow -- python job.py",
    )
    .action(run);
}
