import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy } from "./attachment.ts";
import type { Context } from "./lib/context.ts";
import { secretVariable, type Architecture, type RetryRule } from "./lib/fargate.ts";
import { atPath, bounded } from "./lib/iam.ts";
import { readSecrets, serviceTrust } from "./lib/policies.ts";

/** A Secrets Manager secret with JSON fields, each of which jobs receive as `PREFIX_FIELD`. */
export interface JobSecret {
  readonly arn: string;
  readonly prefix: string;
  readonly fields: readonly string[];
}

/** What a job runs as, unless whoever submits it says otherwise. */
export interface JobArgs {
  /** Repository address with tag or digest. */
  readonly image: pulumi.Input<string>;
  readonly command: readonly string[];
  /** vCPUs, as Fargate writes them: `0.25`. */
  readonly vcpus: string;
  /** MiB. */
  readonly memory: number;
  /** GiB of ephemeral storage, 21 to 200. @default Fargate's 20 */
  readonly storageGib?: number | undefined;
  /** Environment variables. No secrets: everybody who may describe the definition reads them. @default none */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** @default none */
  readonly secret?: JobSecret | undefined;
  /** Seconds after which an attempt is ended, 60 or more. @default never */
  readonly timeout?: number | undefined;
  /** How often a failed job is tried, 1 to 10. @default 1 */
  readonly attempts?: number | undefined;
  /** Up to 5, of which the first that a failed attempt meets decides; needs `attempts`. @default each failure is tried again */
  readonly retryRules?: readonly RetryRule[] | undefined;
  /** Processor; one for all jobs of a queue. @default X86_64 */
  readonly architecture?: Architecture | undefined;
  /** Whether the file system of the image is read-only. @default false */
  readonly readonlyRoot?: boolean | undefined;
  /** User that the container runs as, `uid`, `uid:gid` or names that the image has. @default the image's */
  readonly user?: string | undefined;
  /** Whether an init process forwards signals and reaps processes. @default false */
  readonly initProcess?: boolean | undefined;
  /**
   * Days for which the job's logs are kept, in a group of its own; of the job `default`, those of the group that
   * all jobs without have. @default the logs go to that group
   */
  readonly logRetentionDays?: number | undefined;
}

export interface JobDefinitionsArgs {
  readonly context: Context;
  /** Where the jobs run; those in public subnets take a public address. @default public */
  readonly subnets?: "public" | "private";
  /** By name; `default` must be there. */
  readonly jobs: Readonly<Record<string, JobArgs>> & { readonly default: JobArgs };
  /** Days for which the jobs' logs are kept. */
  readonly logRetentionDays: number;
  /** ARN of the KMS key that the jobs' logs are encrypted with. @default a key of CloudWatch Logs */
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
}

/** The definitions of a queue's jobs, and what they run as. */
export interface JobDefinitions {
  /** The definition named `default`. */
  readonly default: aws.batch.JobDefinition;
  /** What a job itself runs as. */
  readonly jobRole: aws.iam.Role;
}

type Options = Pick<pulumi.CustomResourceOptions, "parent">;

/** Makes a definition for each job, their two roles, and their log groups. */
export function createJobDefinitions(
  name: string,
  args: JobDefinitionsArgs,
  opts: Options,
): JobDefinitions {
  const { names } = args.context;
  const jobRole = createTaskRole(
    `${name}-job`,
    args.context,
    { name: names.batchJobRole, description: "Role for AWS batch jobs" },
    opts,
  );
  const dependsOn = [
    jobRole,
    createExecutionRole(name, args, opts),
    ...createSharedLogGroup(name, args, opts),
  ];
  const { default: job, ...others } = args.jobs;
  const definition = createJobDefinition(name, "default", job, args, { ...opts, dependsOn });
  for (const [what, other] of Object.entries(others)) {
    const logicalName = `${name}-job-${what}`;
    const ownLogs = createOwnLogGroup(logicalName, what, other, args, opts);
    createJobDefinition(logicalName, what, other, args, {
      ...opts,
      dependsOn: [...dependsOn, ...ownLogs],
    });
  }
  return { default: definition, jobRole };
}

function createTaskRole(
  name: string,
  context: Context,
  args: Pick<aws.iam.RoleArgs, "name" | "description">,
  opts: Options,
) {
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
  const trust = serviceTrust(context, "ecs-tasks.amazonaws.com", context.arns.ecs());
  return new aws.iam.Role(name, { ...bounded(context), ...args, assumeRolePolicy: trust }, opts);
}

function createExecutionRole(name: string, { context, jobs }: JobDefinitionsArgs, opts: Options) {
  const { names, arns, posture } = context;
  const role = createTaskRole(`${name}-exec`, context, { name: names.batchExecutionRole }, opts);
  new aws.iam.RolePolicyAttachment(
    `${name}-exec`,
    {
      role: role.name,
      policyArn: arns.managedPolicy("service-role/AmazonECSTaskExecutionRolePolicy"),
    },
    opts,
  );
  const secrets = new Set(Object.values(jobs).flatMap(({ secret }) => secret?.arn ?? []));
  if (secrets.size) {
    const policy = new aws.iam.Policy(
      `${name}-secrets`,
      {
        ...atPath(context),
        name: names.secretsPolicy,
        description: "Allow a user/role to access secrets in SecretsManager",
        policy: readSecrets(posture["secret-scope"] ? [...secrets] : arns.secrets()),
      },
      opts,
    );
    attachPolicy(`${name}-exec-secrets`, policy, role, opts);
  }
  return role;
}

/** Made before the jobs that write to it: the one that Batch would use keeps logs for ever. */
function createSharedLogGroup(
  name: string,
  { context: { names, posture }, jobs, logRetentionDays, kmsKeyArn: kmsKeyId }: JobDefinitionsArgs,
  opts: Options,
) {
  if (!posture["batch-logs"]) return [];
  const retentionInDays = jobs.default.logRetentionDays ?? logRetentionDays;
  const args = { name: names.batchLogs, retentionInDays, kmsKeyId };
  return [new aws.cloudwatch.LogGroup(name, args, opts)];
}

function createOwnLogGroup(
  name: string,
  what: string,
  { logRetentionDays: retentionInDays }: JobArgs,
  { context: { names }, kmsKeyArn: kmsKeyId }: JobDefinitionsArgs,
  opts: Options,
) {
  if (!retentionInDays) return [];
  const args = { name: names.batchJobLogs(what), retentionInDays, kmsKeyId };
  return [new aws.cloudwatch.LogGroup(name, args, opts)];
}

function createJobDefinition(
  name: string,
  what: string,
  job: JobArgs,
  args: JobDefinitionsArgs,
  // The document names the roles and the log group, and so depends on them by no value.
  opts: pulumi.CustomResourceOptions,
) {
  return new aws.batch.JobDefinition(
    name,
    {
      name: args.context.names.batchJob(what),
      type: "container",
      platformCapabilities: ["FARGATE"],
      containerProperties: pulumi.jsonStringify(containerProperties(what, job, args)),
      ...(job.timeout && { timeout: { attemptDurationSeconds: job.timeout } }),
      ...(job.attempts && {
        retryStrategy: {
          attempts: job.attempts,
          ...(job.retryRules?.length && { evaluateOnExits: [...job.retryRules] }),
        },
      }),
    },
    opts,
  );
}

/**
 * Of a container, what Batch takes on Fargate: no privileges, devices, tmpfs, shared memory, swap or ulimits.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
 */
function containerProperties(
  what: string,
  job: JobArgs,
  { context, subnets = "public" }: JobDefinitionsArgs,
) {
  const { names, arns } = context;
  const environment = Object.entries(job.environment ?? {});
  const logs = logGroupOf(what, job, context);
  return {
    image: job.image,
    command: job.command,
    jobRoleArn: arns.role(names.batchJobRole),
    executionRoleArn: arns.role(names.batchExecutionRole),
    fargatePlatformConfiguration: { platformVersion: "LATEST" },
    networkConfiguration: { assignPublicIp: subnets === "public" ? "ENABLED" : "DISABLED" },
    resourceRequirements: [
      { type: "VCPU", value: job.vcpus },
      { type: "MEMORY", value: String(job.memory) },
    ],
    ...(job.storageGib && { ephemeralStorage: { sizeInGiB: job.storageGib } }),
    ...(environment.length && {
      environment: environment.map(([key, value]) => ({ name: key, value })),
    }),
    ...(job.secret && { secrets: secretFields(job.secret) }),
    ...(job.architecture === "ARM64" && {
      runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
    }),
    ...(job.readonlyRoot && { readonlyRootFilesystem: true }),
    ...(job.user && { user: job.user }),
    ...(job.initProcess && { linuxParameters: { initProcessEnabled: true } }),
    ...(logs && {
      logConfiguration: {
        logDriver: "awslogs",
        options: { "awslogs-group": logs, "awslogs-stream-prefix": names.batchJob(what) },
      },
    }),
  };
}

/** Undefined where Batch's own group gets the logs. */
function logGroupOf(what: string, job: JobArgs, { names, posture }: Context) {
  if (what !== "default" && job.logRetentionDays) return names.batchJobLogs(what);
  return posture["batch-logs"] ? names.batchLogs : undefined;
}

function secretFields({ arn, prefix, fields }: JobSecret) {
  return fields.map((field) => ({
    name: secretVariable(prefix, field),
    valueFrom: `${arn}:${field}::`,
  }));
}
