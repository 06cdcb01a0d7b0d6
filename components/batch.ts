import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy, type Grantee } from "./attachment";
import type { Context } from "./lib/context";
import { allow, document, serviceTrust } from "./lib/policies";
import type { Vpc } from "./vpc";

/** A Secrets Manager secret with JSON fields, each of which jobs receive as `PREFIX_FIELD`. */
export interface JobSecret {
  readonly arn: string;
  readonly prefix: string;
  readonly fields: readonly string[];
}

export interface BatchArgs {
  readonly context: Context;
  readonly vpc: Vpc;
  /** vCPUs that running jobs may use at once. */
  readonly maxVcpus: number;
  /** TCP ports that jobs may reach on the internet. */
  readonly egressPorts: readonly number[];
  readonly job: {
    /** Repository address with tag or digest. */
    readonly image: pulumi.Input<string>;
    readonly command: readonly string[];
    /** vCPUs, as Fargate writes them: `0.25`. */
    readonly vcpus: string;
    /** MiB. */
    readonly memory: number;
    readonly secret?: JobSecret;
  };
  /** Days for which the jobs' logs are kept. */
  readonly logRetentionDays: number;
}

/**
 * AWS Batch on Fargate: a compute environment in the public subnets, a queue on it, and the definition
 * of a job. Jobs take a public address of their own, so they need no NAT gateway. Costs only while
 * jobs run.
 */
export class Batch extends pulumi.ComponentResource {
  readonly queue: aws.batch.JobQueue;
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
    const computeEnvironment = this.#createComputeEnvironment(args);
    this.queue = new aws.batch.JobQueue(
      name,
      {
        name: args.context.names.batch,
        state: "ENABLED",
        priority: 1,
        computeEnvironmentOrders: [{ order: 1, computeEnvironment: computeEnvironment.arn }],
      },
      { parent: this },
    );
    this.jobRole = this.#createTaskRole("job", {
      name: args.context.names.batchJobRole,
      description: "Role for AWS batch jobs",
    });
    const executionRole = this.#createExecutionRole(args.job.secret);
    this.jobDefinition = this.#createJobDefinition(args, executionRole);
    this.submitPolicy = this.#createSubmitPolicy();
    this.registerOutputs();
  }

  /** Lets `grantee` submit, follow and cancel jobs. */
  grantSubmit(granteeName: string, grantee: Grantee): void {
    const name = `${this.#name}-submit-${granteeName}`;
    attachPolicy(name, this.submitPolicy, grantee, { parent: this });
  }

  #createComputeEnvironment({ vpc, maxVcpus, egressPorts }: BatchArgs) {
    const { names, arns } = this.#context;
    const securityGroup = new aws.ec2.SecurityGroup(
      this.#name,
      {
        name: names.batchSecurityGroup,
        description: "Allow ECS tasks to reach out to internet",
        vpcId: vpc.vpc.id,
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
    return new aws.batch.ComputeEnvironment(
      this.#name,
      {
        name: names.batch,
        type: "MANAGED",
        serviceRole: serviceRole.arn,
        computeResources: {
          type: "FARGATE",
          maxVcpus,
          subnets: vpc.publicSubnets.map((subnet) => subnet.id),
          securityGroupIds: [securityGroup.id],
        },
      },
      // Without its policy the service role can neither make the environment nor, on the way down,
      // take its network interfaces away: the environment then stays in DELETING.
      { parent: this, dependsOn: [attachment, ...vpc.publicRoutes] },
    );
  }

  #createTaskRole(what: string, args: Pick<aws.iam.RoleArgs, "name" | "description">) {
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    const trust = serviceTrust(this.#context, "ecs-tasks.amazonaws.com", this.#context.arns.ecs());
    return new aws.iam.Role(
      `${this.#name}-${what}`,
      { ...args, assumeRolePolicy: trust },
      { parent: this },
    );
  }

  #createExecutionRole(secret: JobSecret | undefined) {
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
    if (secret) {
      const policy = new aws.iam.Policy(
        `${this.#name}-secrets`,
        {
          name: names.secretsPolicy,
          description: "Allow a user/role to access secrets in SecretsManager",
          policy: document(
            allow(
              "secretsmanager:GetSecretValue",
              posture["secret-scope"] ? secret.arn : arns.secrets(),
            ),
          ),
        },
        { parent: this },
      );
      attachPolicy(`${this.#name}-exec-secrets`, policy, role, { parent: this });
    }
    return role;
  }

  #createJobDefinition({ job, logRetentionDays }: BatchArgs, executionRole: aws.iam.Role) {
    const { names, arns, posture } = this.#context;
    const logs = posture["batch-logs"]
      ? new aws.cloudwatch.LogGroup(
          this.#name,
          { name: names.batchLogs, retentionInDays: logRetentionDays },
          { parent: this },
        )
      : undefined;
    const container = {
      image: job.image,
      command: job.command,
      jobRoleArn: arns.role(names.batchJobRole),
      executionRoleArn: arns.role(names.batchExecutionRole),
      fargatePlatformConfiguration: { platformVersion: "LATEST" },
      networkConfiguration: { assignPublicIp: "ENABLED" },
      resourceRequirements: [
        { type: "VCPU", value: job.vcpus },
        { type: "MEMORY", value: String(job.memory) },
      ],
      ...(job.secret && { secrets: secretFields(job.secret) }),
      ...(logs && {
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": names.batchLogs, "awslogs-stream-prefix": names.batch },
        },
      }),
    };
    return new aws.batch.JobDefinition(
      this.#name,
      {
        name: names.batch,
        type: "container",
        platformCapabilities: ["FARGATE"],
        containerProperties: pulumi.jsonStringify(container),
      },
      // The document names the roles and the log group, and so depends on them by no value.
      { parent: this, dependsOn: [this.jobRole, executionRole, ...(logs ? [logs] : [])] },
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
