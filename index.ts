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
import { stackOutputs } from "./outputs";

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

  return stackOutputs({ registry, batch, scratch, mwaa, bot });
};
