// Submits a job with the AWS CLI: `node operations/github/submit-job.mts`. What it submits is in the environment, as what
// somebody typed into a form must be no part of a command line.
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { required, script } from "./api.mts";

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html */
export function jobRequest(environment: NodeJS.ProcessEnv): object {
  const [run, attempt] = ["GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"].map((name) =>
    required(environment, name),
  );
  const command = environment["JOB_COMMAND"];
  return {
    jobName: `github-${run}-${attempt}`,
    jobQueue: required(environment, "JOB_QUEUE"),
    jobDefinition: required(environment, "JOB_DEFINITION"),
    containerOverrides: {
      environment: [{ name: "BUCKET", value: required(environment, "SCRATCH_BUCKET") }],
      resourceRequirements: [
        { type: "VCPU", value: positive(environment, "JOB_VCPUS", /^(\d+|0\.25|0\.5)$/) },
        { type: "MEMORY", value: positive(environment, "JOB_MEMORY", /^\d+$/) },
      ],
      ...(command && { command: words(command) }),
    },
  };
}

/** A number that looks like one. Which pairs Fargate offers Batch itself says, when it is asked for another. */
function positive(environment: NodeJS.ProcessEnv, name: string, form: RegExp): string {
  const value = required(environment, name);
  if (!form.test(value) || Number(value) === 0) throw new Error(`${name} ${value} is no such size`);
  return value;
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

export function submitJob(environment: NodeJS.ProcessEnv = process.env): void {
  const request = JSON.stringify(jobRequest(environment));
  const args = ["batch", "submit-job", "--output", "json", "--cli-input-json", request];
  const answer = execFileSync("aws", args, {
    encoding: "utf8",
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { jobId, jobName } = JSON.parse(answer) as { jobId: string; jobName: string };
  console.log(jobId);
  appendFileSync(
    required(environment, "GITHUB_STEP_SUMMARY"),
    `Submitted \`${jobName}\`: job \`${jobId}\`. This run does not wait for it.\n`,
  );
}

if (import.meta.main) await script(submitJob);
