// Jobs of the stack's queue: their size, their state, and what they print.
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeJobDefinitionsCommand,
  DescribeJobsCommand,
  JobStatus,
  paginateDescribeJobDefinitions,
  paginateListJobs,
  type BatchClient,
  type JobDefinition,
  type JobDetail,
  type JobSummary,
  type ResourceRequirement,
} from "@aws-sdk/client-batch";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { fargateMemory } from "../../components/lib/fargate.ts";
import { misused, refused } from "./errors.mts";
import { LogStream, type LogEvent } from "./logs.mts";

/** The definition that Batch takes for a name, with a revision (`name:3`) or the newest. */
async function findDefinition(batch: BatchClient, name: string): Promise<JobDefinition> {
  const found: JobDefinition[] = [];
  if (name.includes(":")) {
    const exact = new DescribeJobDefinitionsCommand({ jobDefinitions: [name] });
    found.push(...((await batch.send(exact)).jobDefinitions ?? []));
  } else {
    const active = { jobDefinitionName: name, status: "ACTIVE" };
    for await (const page of paginateDescribeJobDefinitions({ client: batch }, active))
      found.push(...(page.jobDefinitions ?? []));
  }
  const [newest] = found.sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0));
  if (!newest) throw refused(`there is no job definition ${name} in this account and region`);
  return newest;
}

export interface Size {
  readonly vcpus?: string | undefined;
  /** MiB. */
  readonly memory?: number | undefined;
}

const requirementOf = (of: JobDefinition, type: "VCPU" | "MEMORY") =>
  of.containerProperties?.resourceRequirements?.find((each) => each.type === type)?.value;

/** Sizes of the command line and of a definition, as one that Fargate has. */
export function checkSize({ vcpus = "", memory = 0 }: Size): ResourceRequirement[] {
  const offered = fargateMemory[vcpus];
  if (!offered)
    throw misused(
      `--vcpus ${vcpus}: Fargate has ${Object.keys(fargateMemory)
        .sort((a, b) => Number(a) - Number(b))
        .join(", ")}`,
    );
  if (!offered.includes(memory))
    throw misused(`--memory ${memory}: with ${vcpus} vCPU Fargate has ${offered.join(", ")} MiB`);
  return [
    { type: "VCPU", value: vcpus },
    { type: "MEMORY", value: String(memory) },
  ];
}

/** What a submission says of a job's size: nothing, or all of it. */
export async function sizeOverrides(
  batch: BatchClient,
  { vcpus, memory }: Size,
  definition: string,
): Promise<ResourceRequirement[]> {
  if (vcpus === undefined && memory === undefined) return [];
  if (vcpus !== undefined && memory !== undefined) return checkSize({ vcpus, memory });
  // Who may submit jobs need not be allowed to read definitions: asked for the half that is missing alone.
  const defined = await findDefinition(batch, definition);
  return checkSize({
    vcpus: vcpus ?? requirementOf(defined, "VCPU"),
    memory: memory ?? Number(requirementOf(defined, "MEMORY")),
  });
}

export async function getJob(batch: BatchClient, id: string): Promise<JobDetail> {
  const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [id] }));
  if (!jobs?.[0])
    throw refused(`there is no job ${id}: Batch forgets jobs some days after they have ended`);
  return jobs[0];
}

/** The job of a queue that was submitted last. */
export async function lastJob(batch: BatchClient, jobQueue: string): Promise<string> {
  const jobs: JobSummary[] = [];
  for (const jobStatus of Object.values(JobStatus))
    for await (const page of paginateListJobs({ client: batch }, { jobQueue, jobStatus }))
      jobs.push(...(page.jobSummaryList ?? []));
  const [last] = jobs.sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  if (!last?.jobId) throw refused(`queue ${jobQueue} has no jobs`);
  return last.jobId;
}

/** https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html */
function logOf(client: CloudWatchLogsClient, { container }: JobDetail): LogStream | undefined {
  const group = container?.logConfiguration?.options?.["awslogs-group"] ?? "/aws/batch/job";
  return (
    (container?.logStreamName && new LogStream(client, group, container.logStreamName)) || undefined
  );
}

export const hasEnded = ({ status }: JobDetail): boolean =>
  status === "SUCCEEDED" || status === "FAILED";

/** As which the job ends: the container's code, or 1 where it has failed without. */
export function exitCodeOf({ status, container }: Pick<JobDetail, "status" | "container">): number {
  const code = container?.exitCode ?? 0;
  return status === "FAILED" ? code || 1 : code;
}

/** Why a job has failed, as far as Batch says. */
export const reasonOf = ({
  statusReason,
  container,
}: Pick<JobDetail, "statusReason" | "container">): string =>
  [statusReason, container?.reason].filter(Boolean).join("; ") || "Batch names no reason";

export interface Follow {
  readonly onStatus: (job: JobDetail) => void;
  readonly onEvent: (event: LogEvent) => void;
}

/** What was printed last may come after Batch says that the job has ended: so many reads a second apart without. */
const DRAIN_READS = 2;

/** Hands on what a job prints, of each attempt, until it has ended. */
export async function followJob(
  batch: BatchClient,
  logs: CloudWatchLogsClient,
  id: string,
  { onStatus, onEvent }: Follow,
): Promise<JobDetail> {
  let said: string | undefined;
  let stream: string | undefined;
  let log: LogStream | undefined;
  let pause = 1;
  const pass = async () => {
    const events = (await log?.read()) ?? [];
    events.forEach(onEvent);
    return events.length > 0;
  };
  for (;;) {
    const job = await getJob(batch, id);
    const changed = job.status !== said;
    if (changed) onStatus(job);
    said = job.status;
    if (job.container?.logStreamName !== stream) {
      // Another attempt: first the end of the one before.
      await pass();
      stream = job.container?.logStreamName;
      log = logOf(logs, job);
    }
    const busy = await pass();
    if (hasEnded(job)) {
      for (let empty = 0; log && empty < DRAIN_READS;) {
        await sleep(1000);
        empty = (await pass()) ? 0 : empty + 1;
      }
      return job;
    }
    pause = busy || changed ? 1 : Math.min(pause * 1.5, 5);
    await sleep(pause * 1000);
  }
}

/** What a job has printed until now, in its last attempt. */
export async function readJob(
  logs: CloudWatchLogsClient,
  job: JobDetail,
): Promise<LogEvent[] | undefined> {
  return logOf(logs, job)?.read();
}
