import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Batch } from "./components/batch";
import { Bot } from "./components/bot";
import { createProjectBucket, createScratchBucket } from "./components/buckets";
import { Registry } from "./components/ecr";
import { jobImage } from "./components/job-image";
import { accountPin } from "./components/lib/account";
import { Mwaa } from "./components/mwaa";
import { People } from "./components/people";
import { Vpc } from "./components/vpc";
import { loadConfig } from "./config";
import { lookUpArns, lookUpJobSecret, lookUpZones } from "./lookups";

export = async function platform() {
  const config = loadConfig();
  for (const warning of config.warnings) await pulumi.log.warn(warning);
  const { region, tags, names, posture, retention, network } = config;
  const pin = accountPin(process.env["AWS_ENDPOINT_URL"], config.accountId);
  const provider = new aws.Provider("aws", { region, defaultTags: { tags }, ...pin });
  const opts = { provider };
  const [arns, zones, secret] = await Promise.all([
    lookUpArns(region, opts),
    lookUpZones(network.publicCidrBlocks.length, opts),
    lookUpJobSecret(config, opts),
  ]);
  const shared = { context: { names, arns, posture }, ...retention };

  const vpc = new Vpc("vpc", { ...shared, ...network, zones }, opts);
  const registry = new Registry("registry", shared, opts);
  const image = await jobImage("job-image", { ...config.jobImage, registry }, opts);
  const job = { ...config.job, image, secret };
  const batch = new Batch("batch", { ...shared, ...config.batch, vpc, job }, opts);
  const scratch = createScratchBucket("scratch", { ...shared, ...config.scratch }, opts);
  scratch.grantReadWrite("job", batch.jobRole);

  const requirements = readFileSync(join(__dirname, "dags", "requirements.txt"), "utf8");
  const policies = { "batch-submit": batch.submitPolicy };
  // By these DAGs find the platform.
  const options = {
    ...config.airflowOptions,
    "custom.scratch_bucket": scratch.bucket.bucket,
    "custom.default_job_queue": batch.queue.name,
    "custom.default_job_definition": batch.jobDefinition.name,
  };
  const airflow = { ...shared, ...config.airflow, vpc, requirements, policies, options };
  const mwaa = new Mwaa("mwaa", airflow, opts);

  const people = new People("people", { ...shared, ...config.people }, opts);
  for (const project of names.projects) {
    const args = { ...shared, project, owner: config.projectOwner };
    const bucket = createProjectBucket(`project-${project.id}`, args, opts);
    bucket.grantReadWrite("people", people.group);
  }

  const bot = new Bot("bot", shared, opts);
  registry.grantPush("bot", bot.grantee);
  batch.grantSubmit("bot", bot.grantee);

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
    /** Where job images are pushed to: `account.dkr.ecr.region.amazonaws.com/name`. */
    repositoryUrl: state.repository_url,
    /** Bucket in which jobs and DAGs hand files to each other. */
    scratchBucket: state.scratch_bucket,
    /** Bucket of `dags/` and requirements.txt. */
    mwaaBucket: state.mwaa_bucket,
    /** IAM user whose keys GitHub Actions holds. */
    githubActionsBot: state.github_actions_bot,
    /** Queue to submit jobs to. */
    batchJobQueue: state.batch_job_queue,
    /** Definition to submit jobs with; by name it is the newest revision. */
    batchJobDefinition: state.batch_job_definition,
    /** Name of the Airflow environment. */
    mwaaEnvironment: mwaa.environment.name,
    /** Address of the Airflow web server, without scheme. */
    mwaaWebserver: mwaa.environment.webserverUrl,
  };
};
