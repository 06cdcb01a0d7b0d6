// A job from its submission to its end, for whoever names the queue: a stack's outputs, or variables of a workflow.
import { BatchClient, SubmitJobCommand } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { clientSettings } from "./aws.mts";
import { attempt, isNamed } from "./call.mts";
import { messageOf, refused } from "./errors.mts";
import { holdInterrupts } from "./interrupts.mts";
import { exitCodeOf, followJob, reasonOf, type Size, sizeOverrides } from "./jobs.mts";
import { say } from "./progress.mts";

export interface JobRequest extends Size {
  readonly region: string;
  readonly jobQueue: string;
  readonly jobDefinition: string;
  readonly jobName?: string | undefined;
  /** Else what the definition says. */
  readonly command: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  /** @default none: the policy of people lets no tags be given */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Submitted {
  readonly jobId: string;
  readonly jobName: string;
  readonly jobArn: string;
}

export async function submitJob(request: JobRequest): Promise<Submitted> {
  const { region, jobQueue, jobDefinition, command, variables } = request;
  const batch = new BatchClient(clientSettings(region));
  try {
    return await attempt("the job was not submitted", async () => {
      const resourceRequirements = await sizeOverrides(batch, request, jobDefinition);
      const environment = [...variables].map(([name, value]) => ({ name, value }));
      const {
        jobId = "",
        jobName = "",
        jobArn = "",
      } = await batch.send(
        new SubmitJobCommand({
          // A definition's name without its revision.
          jobName: request.jobName ?? jobDefinition.replace(/:\d+$/, ""),
          jobQueue,
          jobDefinition,
          tags: request.tags,
          containerOverrides: {
            ...(command.length > 0 && { command: [...command] }),
            ...(environment.length > 0 && { environment }),
            ...(resourceRequirements.length > 0 && { resourceRequirements }),
          },
        }),
      );
      say(`submitted job ${jobId} to ${jobQueue}`);
      return { jobId, jobName, jobArn };
    });
  } catch (error) {
    // Batch refuses by this name: the queue, the definition or the request is not as it must be.
    const { cause } = error as Error;
    if (isNamed(cause, "ClientException"))
      throw refused(`the job was not submitted: ${messageOf(cause)}`, cause);
    throw error;
  } finally {
    batch.destroy();
  }
}

interface Watch {
  readonly show: (line: string) => void;
  readonly onInterrupt: () => void;
}

/** What a job prints goes to `show` until it has ended; resolves to how. */
export async function watchJob(region: string, id: string, { show, onInterrupt }: Watch) {
  const batch = new BatchClient(clientSettings(region));
  const logs = new CloudWatchLogsClient(clientSettings(region));
  const job = await holdInterrupts(onInterrupt, () =>
    attempt(`job ${id} was submitted, but cannot be followed`, () =>
      followJob(batch, logs, id, {
        onStatus: ({ status }) => say(`job ${id} is ${status}`),
        onEvent: ({ message }) => show(message),
      }),
    ),
  );
  if (job.status === "FAILED") say(`job ${id} has failed: ${reasonOf(job)}`);
  return { status: job.status, exitCode: exitCodeOf(job), reason: job.statusReason };
}
