// Submits a job from a workflow: `node operations/github/submit-job.mts`. The queue and what is submitted are in the
// environment: the role reads no state, and what somebody typed into a form must be no part of a command line.
import { appendFileSync } from "node:fs";
import { BatchClient, TerminateJobCommand } from "@aws-sdk/client-batch";
import { clientSettings } from "../lib/aws.mts";
import { exitCodes } from "../lib/errors.mts";
import { listenForInterrupts } from "../lib/interrupts.mts";
import { say } from "../lib/progress.mts";
import { type JobRequest, submitJob, watchJob } from "../lib/submit.mts";
import { required, script } from "./api.mts";

export function jobRequest(environment: NodeJS.ProcessEnv): JobRequest {
  const [run, attempt] = ["GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"].map((name) =>
    required(environment, name),
  );
  const command = environment["JOB_COMMAND"];
  const memory = required(environment, "JOB_MEMORY");
  if (!/^\d+$/.test(memory)) throw new Error(`JOB_MEMORY ${memory} is no number of MiB`);
  return {
    region: required(environment, "AWS_REGION"),
    jobName: `github-${run}-${attempt}`,
    jobQueue: required(environment, "JOB_QUEUE"),
    jobDefinition: required(environment, "JOB_DEFINITION"),
    vcpus: required(environment, "JOB_VCPUS"),
    memory: Number(memory),
    command: command ? words(command) : [],
    variables: new Map([["BUCKET", required(environment, "SCRATCH_BUCKET")]]),
    // The role may end what has it: Batch.grantFollow.
    tags: { SubmittedBy: "github" },
  };
}

function words(command: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(command);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list) || list.length === 0 || list.some((word) => typeof word !== "string"))
    throw new Error(
      `JOB_COMMAND ${command} is no JSON list of words, such as ["python", "job.py"]`,
    );
  return list as string[];
}

/** Whoever cancels a run that follows a job means the job. */
function terminate(region: string, jobId: string): void {
  const batch = new BatchClient(clientSettings(region));
  const reason = "the run of GitHub Actions was cancelled";
  batch
    .send(new TerminateJobCommand({ jobId, reason }))
    .then(() => say(`job ${jobId} is terminated: ${reason}`))
    .catch((error: unknown) => say(`job ${jobId} goes on: ${String(error)}`))
    .finally(() => process.exit(exitCodes.interrupted));
}

async function main(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const request = jobRequest(environment);
  const { region } = request;
  const { jobId, jobName } = await submitJob(request);
  const summarise = (text: string) =>
    appendFileSync(required(environment, "GITHUB_STEP_SUMMARY"), `${text}\n`);
  if (environment["JOB_FOLLOW"] !== "true") {
    summarise(`Submitted \`${jobName}\`: job \`${jobId}\`. This run does not wait for it.`);
    return;
  }
  const { status, exitCode, reason } = await watchJob(region, jobId, {
    show: console.log,
    onInterrupt: () => terminate(region, jobId),
  });
  summarise(
    `Job \`${jobId}\` (\`${jobName}\`) is ${status}, with exit code ${exitCode}. ${reason ?? ""}`,
  );
  process.exitCode = exitCode;
}

if (import.meta.main) {
  listenForInterrupts();
  await script(main);
}
