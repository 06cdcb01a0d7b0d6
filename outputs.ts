import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Alarms } from "./components/alarms.ts";
import type { Batch } from "./components/batch.ts";
import type { Bot } from "./components/bot.ts";
import type { Bucket } from "./components/bucket.ts";
import type { Registry } from "./components/ecr.ts";
import type { GithubRoles } from "./components/github.ts";
import type { Mwaa } from "./components/mwaa.ts";
import type { Network } from "./components/network.ts";

interface Parts {
  readonly network: Network;
  readonly registry: Registry;
  readonly batch: Batch;
  readonly scratch: Bucket;
  readonly mwaa: Mwaa;
  readonly bot: Bot;
  readonly github: GithubRoles | undefined;
  readonly alarms: Alarms | undefined;
}

/** What the stack tells people, scripts and other stacks. */
export function stackOutputs({
  network,
  registry,
  batch,
  scratch,
  mwaa,
  bot,
  github,
  alarms,
}: Parts) {
  const state = {
    repository_url: registry.repository.repositoryUrl,
    scratch_bucket: scratch.bucket.bucket,
    mwaa_bucket: mwaa.bucket.bucket.bucket,
    github_actions_bot: bot.user.name,
    batch_job_queue: batch.queue.name,
    batch_job_definition: batch.jobDefinition.name,
  };
  return {
    /** The one output of the reference, for what reads it. */
    state,
    /** Addresses from which Airflow reaches the internet, for others' allow lists. */
    natPublicIps: network.natPublicIps,
    /** Where job images are pushed to: `account.dkr.ecr.region.amazonaws.com/name`. */
    repositoryUrl: state.repository_url,
    /** Bucket in which jobs and DAGs hand files to each other. */
    scratchBucket: state.scratch_bucket,
    /** Bucket of `dags/`, requirements.txt, plugins.zip and startup.sh. */
    mwaaBucket: state.mwaa_bucket,
    /** IAM user whose keys GitHub Actions holds. */
    githubActionsBot: state.github_actions_bot,
    /** Queue to submit jobs to. */
    batchJobQueue: state.batch_job_queue,
    /** Definition to submit jobs with; by name it is the newest revision. */
    batchJobDefinition: state.batch_job_definition,
    /** Name of the Airflow environment. */
    mwaaEnvironment: mwaa.environment.name,
    /** Host name of the Airflow web server. */
    mwaaWebserver: mwaa.environment.webserverUrl,
    ...(github && {
      /** Role that GitHub Actions takes for previews. */
      githubPreviewRole: github.preview.arn,
      /** Role that GitHub Actions takes for deployments. */
      githubDeployRole: github.deploy.arn,
      /** Role that GitHub Actions takes for images and jobs. */
      githubJobsRole: github.jobs.arn,
    }),
    /** SNS topic that alarms go to. */
    ...(alarms && { alarmTopic: alarms.topic.arn }),
    /** Page that Pulumi Cloud shows of the stack, with the outputs that it names: https://www.pulumi.com/docs/pulumi-cloud/projects-and-stacks/#stack-readme */
    readme: readFileSync(join(import.meta.dirname, "Pulumi.README.md"), "utf8"),
  };
}
