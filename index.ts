import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Alarms } from "./components/alarms.ts";
import { Batch } from "./components/batch.ts";
import { Bot } from "./components/bot.ts";
import {
  createAccessLogBucket,
  createProjectBuckets,
  createScratchBucket,
} from "./components/buckets.ts";
import { encryptionKeys } from "./components/data-key.ts";
import { Registry } from "./components/ecr.ts";
import { GithubRoles } from "./components/github.ts";
import { jobImage } from "./components/job-image.ts";
import { accountPin } from "./components/lib/account.ts";
import { Mwaa } from "./components/mwaa.ts";
import { existingNetwork } from "./components/network.ts";
import { People } from "./components/people.ts";
import { Vpc } from "./components/vpc.ts";
import { loadConfig } from "./config.ts";
import { toJobArgs } from "./config/jobs.ts";
import { lookUpArns, lookUpSecrets, lookUpZones } from "./lookups.ts";
import { stackOutputs } from "./outputs.ts";
import { quietSdk, spareMemory } from "./sdk.ts";

quietSdk();

export default async function platform() {
  const config = loadConfig();
  spareMemory(config.names.projects.length);
  for (const warning of config.warnings) await pulumi.log.warn(warning);
  const { region, tags, names, posture, retention, dataOnDestroy, permissionsBoundary } = config;
  const pin = accountPin(process.env["AWS_ENDPOINT_URL"], config.accountId);
  const provider = new aws.Provider("aws", { region, defaultTags: { tags }, ...pin });
  const opts = { provider };
  const [arns, zones, secrets] = await Promise.all([
    lookUpArns(config, opts),
    lookUpZones(config.network.publicCidrBlocks.length, opts),
    lookUpSecrets(config, opts),
  ]);
  const context = { names, arns, posture, dataOnDestroy, permissionsBoundary };
  const keys = encryptionKeys("data-key", { context, ...config.encryption }, opts);
  const shared = { context, kmsKeyArn: keys.data, ...retention };

  const network = config.existingNetwork
    ? existingNetwork(config.existingNetwork, opts)
    : new Vpc("vpc", { ...shared, ...config.network, zones }, opts);
  const registry = new Registry("registry", { context, ...config.registry }, opts);
  const image = await jobImage("job-image", { ...config.jobImage, registry }, opts);
  const jobs = toJobArgs(config.jobs, image, registry, secrets);
  const batch = new Batch("batch", { ...shared, ...config.batch, network, jobs }, opts);
  const accessLogs = createAccessLogBucket("access-logs", shared, opts);
  const stored = { ...shared, accessLogs };
  const scratch = createScratchBucket("scratch", { ...stored, ...config.scratch }, opts);
  scratch.grantReadWrite("job", batch.jobRole);

  const policies = { "batch-submit": batch.submitPolicy };
  const platform = { bucket: scratch.bucket, queue: batch.queue, definition: batch.jobDefinition };
  const airflow = { ...stored, ...config.airflow, network, environmentKeyArn: keys.airflow };
  const mwaa = new Mwaa("mwaa", { ...airflow, policies, platform }, opts);

  const people = new People("people", { ...shared, ...config.people }, opts);
  const owned = { ...stored, owner: config.projectOwner };
  const projects = await createProjectBuckets(names.projects, owned, opts);
  people.grantProjects(projects, config.projectGrant);

  const bot = new Bot("bot", shared, opts);
  registry.grantPush("bot", bot.grantee);
  batch.grantSubmit("bot", bot.grantee);

  const github = config.github && new GithubRoles("github", { ...shared, ...config.github }, opts);
  if (github) {
    registry.grantPush("github", github.jobs);
    batch.grantSubmit("github", github.jobs);
    batch.grantFollow("github", github.jobs, "github");
    // The deployment itself builds and pushes.
    if (config.jobImage.context) registry.grantPush("deploy", github.deploy);
  }
  const alarms = config.alarms && new Alarms("alarms", { context, ...config.alarms }, opts);

  return stackOutputs({ network, registry, batch, scratch, mwaa, bot, github, alarms });
}
