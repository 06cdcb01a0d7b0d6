import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy, type Grantee } from "./attachment";
import type { Context } from "./lib/context";
import type { FargateCapacity } from "./lib/fargate";
import { atPath, bounded } from "./lib/iam";
import { allow, document, serviceTrust } from "./lib/policies";
import type { Network } from "./network";

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
  /** Environment variables. No secrets: everybody who may describe the definition reads them. @default none */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** @default none */
  readonly secret?: JobSecret | undefined;
  /** Seconds after which an attempt is ended, 60 or more. @default never */
  readonly timeout?: number | undefined;
  /** How often a failed job is tried, 1 to 10. @default 1 */
  readonly attempts?: number | undefined;
  /** Processor; one for all jobs of a queue. @default X86_64 */
  readonly architecture?: "X86_64" | "ARM64" | undefined;
}

export interface BatchArgs {
  readonly context: Context;
  readonly network: Network;
  /** vCPUs that running jobs may use at once, of each capacity. */
  readonly maxVcpus: number;
  /** In the order in which the queue tries them. @default FARGATE alone */
  readonly capacity?: readonly FargateCapacity[];
  /** Jobs in public subnets take a public address each, in private ones they go through NAT. @default public */
  readonly subnets?: "public" | "private";
  /** TCP ports that jobs may reach on the internet. */
  readonly egressPorts: readonly number[];
  /** By name; `default` must be there. */
  readonly jobs: Readonly<Record<string, JobArgs>> & { readonly default: JobArgs };
  /** Days for which the jobs' logs are kept. */
  readonly logRetentionDays: number;
}

/**
 * AWS Batch on Fargate: a compute environment for each kind of capacity, a queue on them, and the
 * definitions of jobs. Costs only while jobs run.
 */
export class Batch extends pulumi.ComponentResource {
  readonly queue: aws.batch.JobQueue;
  /** The definition named `default`. */
  readonly jobDefinition: aws.batch.JobDefinition;
  /** What a job itself runs as. */
  readonly jobRole: aws.iam.Role;
  /** Allows to submit, follow and cancel jobs. */
  readonly submitPolicy: aws.iam.Policy;
  readonly #name: string;
  readonly #context: Context;

  constructor(name: string, args: BatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Batch", name, {}, opts);
    this.#name = name;
    this.#context = args.context;
    const environments = this.#createComputeEnvironments(args);
    this.queue = new aws.batch.JobQueue(
      name,
      {
        name: args.context.names.batch,
        state: "ENABLED",
        priority: 1,
        computeEnvironmentOrders: environments.map(({ arn }, i) => ({
          order: i + 1,
          computeEnvironment: arn,
        })),
      },
      { parent: this },
    );
    this.jobRole = this.#createTaskRole("job", {
      name: args.context.names.batchJobRole,
      description: "Role for AWS batch jobs",
    });
    const logs = this.#createLogGroup(args.logRetentionDays);
    const dependsOn = [this.jobRole, this.#createExecutionRole(args.jobs), ...logs];
    const { default: job, ...others } = args.jobs;
    this.jobDefinition = this.#createJobDefinition("default", job, args, dependsOn);
    for (const [what, other] of Object.entries(others))
      this.#createJobDefinition(what, other, args, dependsOn);
    this.submitPolicy = this.#createSubmitPolicy();
    this.registerOutputs();
  }

  /** Lets `grantee` submit, follow and cancel jobs. */
  grantSubmit(granteeName: string, grantee: Grantee): void {
    const name = `${this.#name}-submit-${granteeName}`;
    attachPolicy(name, this.submitPolicy, grantee, { parent: this });
  }

  #createComputeEnvironments(args: BatchArgs) {
    const { network, maxVcpus, egressPorts, capacity = ["FARGATE"], subnets = "public" } = args;
    const { names, arns } = this.#context;
    const securityGroup = new aws.ec2.SecurityGroup(
      this.#name,
      {
        name: names.batchSecurityGroup,
        description: "Allow ECS tasks to reach out to internet",
        vpcId: network.vpcId,
        ingress: [],
        egress: egressPorts.map((port) => ({
          description: "Allow ECS tasks to talk to the internet",
          protocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrBlocks: ["0.0.0.0/0"],
        })),
        tags: { Name: names.batchSecurityGroup },
      },
      { parent: this },
    );
    const serviceRole = new aws.iam.Role(
      `${this.#name}-service`,
      {
        ...bounded(this.#context),
        name: names.batchServiceRole,
        assumeRolePolicy: serviceTrust(this.#context, "batch.amazonaws.com"),
      },
      { parent: this },
    );
    const attachment = new aws.iam.RolePolicyAttachment(
      `${this.#name}-service`,
      {
        role: serviceRole.name,
        policyArn: arns.managedPolicy("service-role/AWSBatchServiceRole"),
      },
      { parent: this },
    );
    const isPublic = subnets === "public";
    return capacity.map(
      (type) =>
        new aws.batch.ComputeEnvironment(
          type === "FARGATE" ? this.#name : `${this.#name}-spot`,
          {
            name: type === "FARGATE" ? names.batch : names.batchSpot,
            type: "MANAGED",
            serviceRole: serviceRole.arn,
            computeResources: {
              type,
              maxVcpus,
              subnets: [...(isPublic ? network.publicSubnetIds : network.privateSubnetIds)],
              securityGroupIds: [securityGroup.id],
            },
          },
          {
            parent: this,
            // Without its policy the service role can neither make the environment nor, on the way down,
            // take its network interfaces away: the environment then stays in DELETING.
            dependsOn: [attachment, ...(isPublic ? network.publicRoutes : network.privateRoutes)],
          },
        ),
    );
  }

  #createTaskRole(what: string, args: Pick<aws.iam.RoleArgs, "name" | "description">) {
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    const trust = serviceTrust(this.#context, "ecs-tasks.amazonaws.com", this.#context.arns.ecs());
    return new aws.iam.Role(
      `${this.#name}-${what}`,
      { ...bounded(this.#context), ...args, assumeRolePolicy: trust },
      { parent: this },
    );
  }

  #createExecutionRole(jobs: BatchArgs["jobs"]) {
    const { names, arns, posture } = this.#context;
    const role = this.#createTaskRole("exec", { name: names.batchExecutionRole });
    new aws.iam.RolePolicyAttachment(
      `${this.#name}-exec`,
      {
        role: role.name,
        policyArn: arns.managedPolicy("service-role/AmazonECSTaskExecutionRolePolicy"),
      },
      { parent: this },
    );
    const secrets = new Set(Object.values(jobs).flatMap(({ secret }) => secret?.arn ?? []));
    if (secrets.size) {
      const policy = new aws.iam.Policy(
        `${this.#name}-secrets`,
        {
          ...atPath(this.#context),
          name: names.secretsPolicy,
          description: "Allow a user/role to access secrets in SecretsManager",
          policy: document(
            allow(
              "secretsmanager:GetSecretValue",
              posture["secret-scope"] ? [...secrets] : arns.secrets(),
            ),
          ),
        },
        { parent: this },
      );
      attachPolicy(`${this.#name}-exec-secrets`, policy, role, { parent: this });
    }
    return role;
  }

  /** Made before the jobs that write to it: the one that Batch would use keeps logs for ever. */
  #createLogGroup(retentionInDays: number) {
    const { names, posture } = this.#context;
    if (!posture["batch-logs"]) return [];
    return [
      new aws.cloudwatch.LogGroup(
        this.#name,
        { name: names.batchLogs, retentionInDays },
        { parent: this },
      ),
    ];
  }

  #createJobDefinition(
    what: string,
    job: JobArgs,
    { subnets = "public" }: BatchArgs,
    // The document names the roles and the log group, and so depends on them by no value.
    dependsOn: pulumi.Resource[],
  ) {
    const { names, arns, posture } = this.#context;
    const environment = Object.entries(job.environment ?? {});
    const name = names.batchJob(what);
    return new aws.batch.JobDefinition(
      what === "default" ? this.#name : `${this.#name}-job-${what}`,
      {
        name,
        type: "container",
        platformCapabilities: ["FARGATE"],
        containerProperties: pulumi.jsonStringify({
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
          ...(environment.length && {
            environment: environment.map(([key, value]) => ({ name: key, value })),
          }),
          ...(job.secret && { secrets: secretFields(job.secret) }),
          ...(job.architecture === "ARM64" && {
            runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
          }),
          ...(posture["batch-logs"] && {
            logConfiguration: {
              logDriver: "awslogs",
              options: { "awslogs-group": names.batchLogs, "awslogs-stream-prefix": name },
            },
          }),
        }),
        ...(job.timeout && { timeout: { attemptDurationSeconds: job.timeout } }),
        ...(job.attempts && { retryStrategy: { attempts: job.attempts } }),
      },
      { parent: this, dependsOn },
    );
  }

  #createSubmitPolicy() {
    const { names, arns, posture } = this.#context;
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
    const where = [arns.jobQueue(names.batch), arns.jobDefinition(`${names.prefix}*`)];
    const statements = posture["batch-submit-actions"]
      ? [
          allow("batch:SubmitJob", where),
          allow("batch:CancelJob", arns.jobs()),
          allow(["batch:DescribeJobs", "batch:ListJobs"], "*"),
        ]
      : [
          allow(["batch:SubmitJob", "batch:CancelJob", "batch:ListJobs"], where),
          allow("batch:DescribeJobs", "*"),
        ];
    return new aws.iam.Policy(
      `${this.#name}-submit`,
      {
        ...atPath(this.#context),
        name: names.batchSubmitPolicy,
        description: `Policy allowing to submit batch jobs for ${names.prefix}`,
        policy: document(...statements),
      },
      { parent: this },
    );
  }
}

function secretFields({ arn, prefix, fields }: JobSecret) {
  return fields.map((field) => ({
    name: `${prefix}_${field.toUpperCase()}`,
    valueFrom: `${arn}:${field}::`,
  }));
}
