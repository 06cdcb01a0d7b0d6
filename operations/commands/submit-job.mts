import { Command, InvalidArgumentError } from "commander";
import { exitCodes } from "../lib/errors.mts";
import { print, say } from "../lib/progress.mts";
import { openStack, output, stackOutputs } from "../lib/stack.mts";
import { submitJob as submit, watchJob } from "../lib/submit.mts";

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

async function run(stack: string, command: string[], options: Options): Promise<void> {
  const { definition, name, vcpus, memory, env = new Map<string, string>(), json } = options;
  const { region } = await openStack(stack);
  const outputs = await stackOutputs(stack);
  const jobQueue = output(outputs, "batchJobQueue");
  const jobDefinition = definition ?? output(outputs, "batchJobDefinition");
  const target = { region, jobQueue, jobDefinition };

  const job = await submit({ ...target, jobName: name, vcpus, memory, command, variables: env });
  const submitted = { ...job, jobQueue, jobDefinition };
  if (!options.follow) {
    print(json, submitted, [job.jobId]);
    return;
  }

  const goesOn = () => {
    say(`The job goes on. Follow it: platform logs ${stack} job ${job.jobId} --follow`);
    say(`Cancel it: ${howToCancel(job.jobId, region)}`);
    process.exit(exitCodes.interrupted);
  };
  // With --json, stdout has the result alone.
  const show = (line: string) => (json ? say(line) : print(false, line, [line]));
  const ended = await watchJob(region, job.jobId, { show, onInterrupt: goesOn });
  if (json) print(true, { ...submitted, ...ended }, []);
  process.exitCode = ended.exitCode;
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
