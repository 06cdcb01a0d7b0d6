import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy } from "./attachment.ts";
import { Bucket } from "./bucket.ts";
import {
  type AirflowFiles,
  type AirflowLog,
  type AirflowLogLevel,
  platformOptions,
} from "./lib/airflow.ts";
import type { Context } from "./lib/context.ts";
import { executionPolicy } from "./lib/airflow-policy.ts";
import { atPath, bounded } from "./lib/iam.ts";
import { serviceTrust } from "./lib/policies.ts";
import type { Network } from "./network.ts";

export type WebserverAccess = "PUBLIC_ONLY" | "PRIVATE_ONLY" | "PUBLIC_AND_PRIVATE";

export interface MwaaArgs {
  readonly context: Context;
  readonly network: Network;
  /** Such as `3.0.6`. AWS creates some, and upgrades to some. https://docs.aws.amazon.com/mwaa/latest/userguide/airflow-versions.html */
  readonly airflowVersion: string;
  /** Size of its parts, `mw1.micro` to `mw1.2xlarge`. https://docs.aws.amazon.com/mwaa/latest/userguide/environment-class.html */
  readonly environmentClass: string;
  /** Schedulers, 2 to 5, 1 in mw1.micro. */
  readonly schedulers: number;
  /** Workers that always run. */
  readonly minWorkers: number;
  /** Workers that may run at once; 1 in mw1.micro. */
  readonly maxWorkers: number;
  /** Who reaches the web server: the internet after an IAM login, the VPC, or both. */
  readonly webserverAccess: WebserverAccess;
  /** TCP ports that it may reach on the internet, besides its own parts. @default everything */
  readonly egressPorts?: readonly number[];
  /** 2 to 5, 1 in mw1.micro. @default what the environment has; AWS makes it with the least */
  readonly minWebservers?: number | undefined;
  /** As `minWebservers`, how many may run at once. @default what the environment has */
  readonly maxWebservers?: number | undefined;
  /** When weekly maintenance may begin, in UTC: `SUN:03:30`. @default AWS's choice */
  readonly maintenanceWindow?: string | undefined;
  /** Whether an update ends what workers run. @default AWS's choice, `FORCED` */
  readonly workerReplacement?: "FORCED" | "GRACEFUL" | undefined;
  /** Levels of Airflow's logs. @default INFO for those not named */
  readonly logLevels?: Readonly<Partial<Record<AirflowLog, AirflowLogLevel>>>;
  /** Airflow configuration options, `section.option` to value. */
  readonly options: Readonly<Record<string, string>>;
  /** What DAGs work with, whose names they find in options of their own. */
  readonly platform: {
    readonly bucket: aws.s3.Bucket;
    readonly queue: aws.batch.JobQueue;
    readonly definition: aws.batch.JobDefinition;
  };
  /** What is uploaded beside the DAGs, which are uploaded by others. */
  readonly files: AirflowFiles;
  /** What DAGs may do besides running: policies by the name of their attachment. */
  readonly policies: Readonly<Record<string, aws.iam.Policy>>;
  /** Days for which logs are kept. */
  readonly logRetentionDays: number;
  /** Days for which a replaced or deleted object of its bucket is kept. */
  readonly noncurrentVersionDays: number;
  /** ARN of the KMS key that logs are encrypted with. @default a key of CloudWatch Logs */
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
  /**
   * ARN of the KMS key of the environment and its bucket: AWS wants one for both, and a new environment for another.
   * @default keys of AWS
   * https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-s3-bucket.html
   */
  readonly environmentKeyArn?: pulumi.Input<string> | undefined;
  /** Bucket that access to the environment's bucket is logged to. @default none */
  readonly accessLogs?: Bucket | undefined;
}

/** The setting of each of Airflow's logs. */
const logSettings = {
  DAGProcessing: "dagProcessingLogs",
  Scheduler: "schedulerLogs",
  Task: "taskLogs",
  WebServer: "webserverLogs",
  Worker: "workerLogs",
} as const satisfies Record<AirflowLog, keyof aws.types.input.mwaa.EnvironmentLoggingConfiguration>;

/**
 * Managed Airflow: an environment in two private subnets, with its bucket, execution role, security
 * group and log groups. Making one takes AWS 20 to 30 minutes. Costs by the hour, of which class and
 * workers decide.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/create-environment.html
 */
export class Mwaa extends pulumi.ComponentResource {
  readonly environment: aws.mwaa.Environment;
  /** Holds `dags/`, requirements.txt, plugins.zip and startup.sh. */
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
        kmsKeyArn: args.environmentKeyArn,
        accessLogs: args.accessLogs,
        // AWS makes no environment on a bucket that does not.
        alwaysBlockPublicAccess: true,
      },
      { parent: this },
    );
    this.role = this.#createExecutionRole();
    const policies = this.#attachPolicies(args);
    const logGroups = this.#createLogGroups(args);
    this.environment = this.#createEnvironment(args, [
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

  #attachPolicies({ policies, environmentKeyArn }: MwaaArgs) {
    const { names } = this.#context;
    const execution = new aws.iam.Policy(
      this.#name,
      {
        ...atPath(this.#context),
        name: names.mwaaPolicy,
        policy: executionPolicy(this.#context, environmentKeyArn),
      },
      { parent: this },
    );
    return Object.entries({ execution, ...policies }).map(([what, policy]) =>
      attachPolicy(`${this.#name}-${what}`, policy, this.role, { parent: this }),
    );
  }

  /** Made before the environment: those that MWAA makes keep logs for ever. */
  #createLogGroups({ logRetentionDays, kmsKeyArn }: MwaaArgs) {
    const { names, posture } = this.#context;
    if (!posture["mwaa-logs"]) return [];
    return Object.keys(logSettings).map(
      (component) =>
        new aws.cloudwatch.LogGroup(
          `${this.#name}-${component}`,
          {
            name: names.mwaaLogs(component),
            retentionInDays: logRetentionDays,
            kmsKeyId: kmsKeyArn,
          },
          { parent: this },
        ),
    );
  }

  #createSecurityGroup({ network, egressPorts = [] }: MwaaArgs) {
    const { names, posture } = this.#context;
    const isDescribed = posture["mwaa-security-group-description"];
    const everything = { protocol: "-1", fromPort: 0, toPort: 0 };
    const described = (description: string) => isDescribed && { description };
    const itself = { ...everything, self: true, ...described("Its own parts") };
    const outside = {
      cidrBlocks: ["0.0.0.0/0"],
      ...described("AWS, and whatever DAGs and requirements need"),
    };
    const ports = egressPorts.map((port) => ({
      protocol: "tcp",
      fromPort: port,
      toPort: port,
      ...outside,
    }));
    return new aws.ec2.SecurityGroup(
      this.#name,
      {
        name: names.mwaaSecurityGroup,
        description: isDescribed
          ? "Airflow: its parts reach each other and the internet, nothing reaches them"
          : "Managed by Terraform",
        vpcId: network.vpcId,
        // https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-security.html
        ingress: [itself],
        egress: ports.length > 0 ? [itself, ...ports] : [{ ...everything, ...outside }],
        tags: { Name: names.mwaaSecurityGroup },
      },
      { parent: this },
    );
  }

  /** Uploads what there is. The environment takes each file by its path, in the version that was uploaded. */
  #uploadFiles({ requirements, startupScript, plugins }: AirflowFiles) {
    const requirementsTxt =
      requirements === undefined
        ? undefined
        : this.#upload("requirements", "requirements.txt", { content: requirements });
    const startupSh =
      startupScript === undefined
        ? undefined
        : this.#upload("startup-script", "startup.sh", { content: startupScript });
    const pluginsZip = plugins && this.#upload("plugins", "plugins.zip", { source: zip(plugins) });
    return {
      requirementsS3Path: requirementsTxt?.path,
      requirementsS3ObjectVersion: requirementsTxt?.version,
      startupScriptS3Path: startupSh?.path,
      startupScriptS3ObjectVersion: startupSh?.version,
      pluginsS3Path: pluginsZip?.path,
      pluginsS3ObjectVersion: pluginsZip?.version,
    };
  }

  #upload(what: string, key: string, body: Pick<aws.s3.BucketObjectv2Args, "content" | "source">) {
    const versioned = this.#context.posture["mwaa-requirements-version"];
    const object = new aws.s3.BucketObjectv2(
      `${this.#name}-${what}`,
      {
        bucket: this.bucket.bucket.id,
        key,
        ...body,
        // A script uploads them in the reference, without tags.
        ...(!versioned && { overrideProvider: { defaultTags: { tags: {} } } }),
      },
      { parent: this, dependsOn: this.bucket.ready },
    );
    return { path: object.key, version: versioned ? object.versionId : undefined };
  }

  #loggingConfiguration(levels: MwaaArgs["logLevels"] = {}) {
    return Object.fromEntries(
      Object.entries(logSettings).map(([log, setting]) => {
        const level = levels[log as AirflowLog] ?? "INFO";
        // One that is off has a level too, which AWS answers with.
        return [setting, { enabled: level !== "OFF", logLevel: level === "OFF" ? "INFO" : level }];
      }),
    );
  }

  #createEnvironment(args: MwaaArgs, dependsOn: pulumi.Resource[]) {
    const { names, posture, dataOnDestroy } = this.#context;
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
        minWebservers: args.minWebservers,
        maxWebservers: args.maxWebservers,
        weeklyMaintenanceWindowStart: args.maintenanceWindow,
        workerReplacementStrategy: args.workerReplacement,
        airflowConfigurationOptions: { ...args.options, ...namesIn(args.platform) },
        executionRoleArn: this.role.arn,
        ...(args.environmentKeyArn && { kmsKey: args.environmentKeyArn }),
        sourceBucketArn: this.bucket.bucket.arn,
        dagS3Path: "dags/",
        ...this.#uploadFiles(args.files),
        networkConfiguration: {
          securityGroupIds: [this.#createSecurityGroup(args).id],
          // Exactly two, in two zones.
          subnetIds: args.network.privateSubnetIds.slice(0, 2),
        },
        ...(posture["mwaa-logs"] && {
          loggingConfiguration: this.#loggingConfiguration(args.logLevels),
        }),
      },
      { parent: this, dependsOn, protect: dataOnDestroy === "protect" },
    );
  }
}

/** An archive of files by their path in it. Holds names and contents alone, so that it is the same everywhere. */
function zip(files: Readonly<Record<string, string>>): pulumi.asset.Archive {
  return new pulumi.asset.AssetArchive(
    Object.fromEntries(
      Object.entries(files).map(([path, file]) => [path, new pulumi.asset.FileAsset(file)]),
    ),
  );
}

function namesIn({ bucket, queue, definition }: MwaaArgs["platform"]) {
  return {
    [platformOptions.bucket]: bucket.bucket,
    [platformOptions.queue]: queue.name,
    [platformOptions.definition]: definition.name,
  };
}
