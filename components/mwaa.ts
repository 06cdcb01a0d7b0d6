import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy } from "./attachment";
import { Bucket } from "./bucket";
import type { Context } from "./lib/context";
import { atPath, bounded } from "./lib/iam";
import { allow, document, serviceTrust } from "./lib/policies";
import type { Network } from "./network";

export type WebserverAccess = "PUBLIC_ONLY" | "PRIVATE_ONLY" | "PUBLIC_AND_PRIVATE";

export interface MwaaArgs {
  readonly context: Context;
  readonly network: Network;
  readonly airflowVersion: string;
  readonly environmentClass: string;
  readonly schedulers: number;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly webserverAccess: WebserverAccess;
  /** Airflow configuration options, `section.option` to value. */
  readonly options: Readonly<Record<string, pulumi.Input<string>>>;
  /** Contents of requirements.txt. */
  readonly requirements: string;
  /** What DAGs may do besides running: policies by the name of their attachment. */
  readonly policies: Readonly<Record<string, aws.iam.Policy>>;
  /** Days for which logs, and noncurrent versions in the bucket, are kept. */
  readonly logRetentionDays: number;
  readonly noncurrentVersionDays: number;
  readonly kmsKeyArn?: string | undefined;
  /** Bucket that access to the environment's bucket is logged to. @default none */
  readonly accessLogs?: Bucket | undefined;
}

/** Log groups of an environment, as AWS names them, and the setting that each belongs to. */
const logs = {
  DAGProcessing: "dagProcessingLogs",
  Scheduler: "schedulerLogs",
  Task: "taskLogs",
  WebServer: "webserverLogs",
  Worker: "workerLogs",
} as const;

/**
 * Managed Airflow: an environment in two private subnets, with its bucket, execution role, security
 * group and log groups. Making one takes AWS 20 to 30 minutes. Costs by the hour, of which class and
 * workers decide.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/create-environment.html
 */
export class Mwaa extends pulumi.ComponentResource {
  readonly environment: aws.mwaa.Environment;
  /** Holds `dags/` and requirements.txt. */
  readonly bucket: Bucket;
  readonly role: aws.iam.Role;
  readonly #name: string;
  readonly #context: Context;

  constructor(name: string, args: MwaaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Mwaa", name, {}, opts);
    this.#name = name;
    this.#context = args.context;
    this.bucket = new Bucket(
      name,
      {
        context: args.context,
        bucket: args.context.names.mwaaBucket,
        versioned: true,
        noncurrentVersionDays: args.noncurrentVersionDays,
        kmsKeyArn: args.kmsKeyArn,
        accessLogs: args.accessLogs,
        // AWS makes no environment on a bucket that does not.
        alwaysBlockPublicAccess: true,
      },
      { parent: this },
    );
    const requirements = new aws.s3.BucketObjectv2(
      `${name}-requirements`,
      { bucket: this.bucket.bucket.id, key: "requirements.txt", content: args.requirements },
      { parent: this, dependsOn: this.bucket.ready },
    );
    this.role = this.#createExecutionRole();
    const policies = this.#attachPolicies(args.policies);
    const logGroups = this.#createLogGroups(args.logRetentionDays);
    this.environment = this.#createEnvironment(args, requirements, [
      // AWS checks all of these when it makes the environment, some of them 20 minutes later.
      ...this.bucket.ready,
      ...policies,
      ...logGroups,
      ...args.network.privateRoutes,
    ]);
    this.registerOutputs();
  }

  #createExecutionRole() {
    const { names, arns } = this.#context;
    return new aws.iam.Role(
      this.#name,
      {
        ...bounded(this.#context),
        name: names.mwaaRole,
        // https://docs.aws.amazon.com/mwaa/latest/userguide/cross-service-confused-deputy-prevention.html
        assumeRolePolicy: serviceTrust(
          this.#context,
          ["airflow.amazonaws.com", "airflow-env.amazonaws.com"],
          arns.airflow(names.mwaa),
        ),
      },
      { parent: this },
    );
  }

  #attachPolicies(policies: MwaaArgs["policies"]) {
    const { names } = this.#context;
    const execution = new aws.iam.Policy(
      this.#name,
      { ...atPath(this.#context), name: names.mwaaPolicy, policy: this.#executionPolicy() },
      { parent: this },
    );
    return Object.entries({ execution, ...policies }).map(([what, policy]) =>
      attachPolicy(`${this.#name}-${what}`, policy, this.role, { parent: this }),
    );
  }

  /** https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html */
  #executionPolicy(): aws.iam.PolicyDocument {
    const { names, arns, posture } = this.#context;
    const bucket = [arns.bucket(names.mwaaBucket), arns.objects(names.mwaaBucket)];
    const deadDeny: aws.iam.PolicyStatement = {
      Effect: "Deny",
      Action: "s3:ListAllMyBuckets",
      Resource: bucket,
    };
    return document(
      allow("airflow:PublishMetrics", arns.airflow(names.mwaa)),
      ...(posture["mwaa-deny-statement"] ? [] : [deadDeny]),
      allow(["s3:GetObject*", "s3:GetBucket*", "s3:List*"], bucket),
      allow("s3:GetAccountPublicAccessBlock", "*"),
      allow(
        [
          "logs:CreateLogStream",
          "logs:CreateLogGroup",
          "logs:PutLogEvents",
          "logs:GetLogEvents",
          "logs:GetLogRecord",
          "logs:GetLogGroupFields",
          "logs:GetQueryResults",
        ],
        arns.logGroup(names.mwaaLogs("*")),
      ),
      allow("logs:DescribeLogGroups", "*"),
      allow("cloudwatch:PutMetricData", "*"),
      allow(
        [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ],
        arns.celeryQueues(),
      ),
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt"],
        // The Celery queues are encrypted with a key of AWS's own account, which has no ARN to name here.
        NotResource: arns.ownKeys(),
        Condition: {
          StringLike: { "kms:ViaService": `sqs.${arns.cloud.region}.${arns.cloud.dnsSuffix}` },
        },
      },
    );
  }

  /** Made before the environment: those that MWAA makes keep logs for ever. */
  #createLogGroups(retentionInDays: number) {
    const { names, posture } = this.#context;
    if (!posture["mwaa-logs"]) return [];
    return Object.keys(logs).map(
      (component) =>
        new aws.cloudwatch.LogGroup(
          `${this.#name}-${component}`,
          { name: names.mwaaLogs(component), retentionInDays },
          { parent: this },
        ),
    );
  }

  #createSecurityGroup(network: Network) {
    const { names, posture } = this.#context;
    return new aws.ec2.SecurityGroup(
      this.#name,
      {
        name: names.mwaaSecurityGroup,
        description: posture["mwaa-security-group-description"]
          ? "Airflow: its parts reach each other and the internet, nothing reaches them"
          : "Managed by Terraform",
        vpcId: network.vpcId,
        // https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-security.html
        ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }],
        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
        tags: { Name: names.mwaaSecurityGroup },
      },
      { parent: this },
    );
  }

  #createEnvironment(
    args: MwaaArgs,
    requirements: aws.s3.BucketObjectv2,
    dependsOn: pulumi.Resource[],
  ) {
    const { names, posture, dataOnDestroy } = this.#context;
    const enabled = { enabled: true, logLevel: "INFO" };
    return new aws.mwaa.Environment(
      this.#name,
      {
        name: names.mwaa,
        airflowVersion: args.airflowVersion,
        environmentClass: args.environmentClass,
        schedulers: args.schedulers,
        minWorkers: args.minWorkers,
        maxWorkers: args.maxWorkers,
        webserverAccessMode: args.webserverAccess,
        airflowConfigurationOptions: args.options,
        executionRoleArn: this.role.arn,
        sourceBucketArn: this.bucket.bucket.arn,
        dagS3Path: "dags/",
        requirementsS3Path: requirements.key,
        ...(posture["mwaa-requirements-version"] && {
          requirementsS3ObjectVersion: requirements.versionId,
        }),
        networkConfiguration: {
          securityGroupIds: [this.#createSecurityGroup(args.network).id],
          // Exactly two, in two zones.
          subnetIds: args.network.privateSubnetIds.slice(0, 2),
        },
        ...(posture["mwaa-logs"] && {
          loggingConfiguration: Object.fromEntries(
            Object.values(logs).map((setting) => [setting, enabled]),
          ),
        }),
      },
      { parent: this, dependsOn, protect: dataOnDestroy === "protect" },
    );
  }
}
