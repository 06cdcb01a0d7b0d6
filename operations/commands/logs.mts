import { setTimeout as sleep } from "node:timers/promises";
import { BatchClient } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { MWAAClient, type LoggingConfiguration } from "@aws-sdk/client-mwaa";
import { Argument, Command, InvalidArgumentError } from "commander";
import { clientSettings } from "../lib/aws.mts";
import { attempt, isNamed } from "../lib/call.mts";
import { getEnvironment } from "../lib/environment.mts";
import { misused, refused } from "../lib/errors.mts";
import { exitCodeOf, followJob, getJob, lastJob, readJob, reasonOf } from "../lib/jobs.mts";
import { LogGroup, type LogEvent } from "../lib/logs.mts";
import { print, say } from "../lib/progress.mts";
import { openStack, output, stackOutputs, type Outputs } from "../lib/stack.mts";

interface Options {
  readonly last?: true;
  readonly since: number;
  readonly follow?: true;
}

const airflowLogs = {
  task: "TaskLogs",
  scheduler: "SchedulerLogs",
  worker: "WorkerLogs",
  webserver: "WebserverLogs",
  "dag-processing": "DagProcessingLogs",
} as const satisfies Record<string, keyof LoggingConfiguration>;

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function toMilliseconds(text: string): number {
  const [, count, unit = ""] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const each = units[unit];
  if (!count || !each) throw new InvalidArgumentError("It is a time such as 30m, 1h or 2d.");
  return Number(count) * each;
}

const show = ({ timestamp, message }: LogEvent) =>
  print(false, undefined, [`${new Date(timestamp).toISOString()} ${message}`]);

async function jobLogs(
  region: string,
  outputs: Outputs,
  given: string | undefined,
  { last, follow }: Options,
): Promise<void> {
  if ((given === undefined) === (last === undefined))
    throw misused("name a job by its id, or the newest with --last");
  const batch = new BatchClient(clientSettings(region));
  const logs = new CloudWatchLogsClient(clientSettings(region));
  await attempt("the job's log cannot be read", async () => {
    const id = given ?? (await lastJob(batch, output(outputs, "batchJobQueue")));
    if (!follow) {
      const job = await getJob(batch, id);
      say(`job ${id} is ${job.status}${job.status === "FAILED" ? `: ${reasonOf(job)}` : ""}`);
      const events = await readJob(logs, job);
      events?.forEach(show);
      if (!events?.length) say("it has printed nothing yet");
      return;
    }
    const job = await followJob(batch, logs, id, {
      onStatus: ({ status }) => say(`job ${id} is ${status}`),
      onEvent: show,
    });
    if (job.status === "FAILED") say(`job ${id} has failed: ${reasonOf(job)}`);
    process.exitCode = exitCodeOf(job);
  });
}

async function airflowLog(
  region: string,
  outputs: Outputs,
  log: string,
  { since, follow }: Options,
): Promise<void> {
  const what = log in airflowLogs ? airflowLogs[log as keyof typeof airflowLogs] : undefined;
  if (!what) throw misused(`Airflow has no log ${log}: ${Object.keys(airflowLogs).join(", ")}`);
  const mwaa = new MWAAClient(clientSettings(region));
  const logs = new CloudWatchLogsClient(clientSettings(region));
  await attempt("Airflow's log cannot be read", async () => {
    const name = output(outputs, "mwaaEnvironment");
    const { LoggingConfiguration } = await getEnvironment(mwaa, name);
    const { Enabled, CloudWatchLogGroupArn } = LoggingConfiguration?.[what] ?? {};
    // arn:aws:logs:region:account:log-group:NAME:*
    const group = CloudWatchLogGroupArn?.split(":")[6];
    if (!group) throw refused(`${name} has no ${log} log: see dse:mwaaLogLevels`);
    if (!Enabled)
      say(`the ${log} log of ${name} is off: what follows is older (dse:mwaaLogLevels)`);
    const events = new LogGroup(logs, group, Date.now() - since);
    const first = await readGroup(events, group);
    first.forEach(show);
    if (first.length === 0) say(`the ${log} log has nothing from that time: see --since`);
    while (follow) {
      await sleep(2000);
      (await readGroup(events, group)).forEach(show);
    }
  });
}

async function readGroup(events: LogGroup, group: string): Promise<LogEvent[]> {
  try {
    return await events.read();
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException"))
      throw refused(`there is no log group ${group}`, error);
    throw error;
  }
}

async function run(
  stack: string,
  of: "job" | "airflow",
  which: string | undefined,
  options: Options,
): Promise<void> {
  const { region } = await openStack(stack);
  const outputs = await stackOutputs(stack);
  if (of === "job") return jobLogs(region, outputs, which, options);
  return airflowLog(region, outputs, which ?? "task", options);
}

export function logs(): Command {
  return new Command("logs")
    .description("Prints what a job or Airflow has logged.")
    .argument("<stack>", "the stack, such as dev")
    .addArgument(new Argument("<job|airflow>", "whose log").choices(["job", "airflow"]))
    .argument("[which]", `the job's id; or ${Object.keys(airflowLogs).join(", ")}`)
    .option("--last", "of the job that was submitted last")
    .option("--since <time>", "how far back, of Airflow: 30m, 1h, 2d", toMilliseconds, units["h"])
    .option("-f, --follow", "go on printing; of a job until it ends, with its exit code")
    .addHelpText(
      "after",
      "\nExample:\n  platform logs dev job --last --follow\n  platform logs dev airflow scheduler --since 30m",
    )
    .action(run);
}
