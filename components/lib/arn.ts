/** Where a stack lives: known before anything is made, so that documents built from it are known at preview. */
export interface Cloud {
  readonly partition: string;
  readonly dnsSuffix: string;
  readonly region: string;
  readonly accountId: string;
  /** Path of the stack's roles, users, groups and policies. @default / */
  readonly iamPath?: string | undefined;
}

/** How the names of regions begin outside the partition `aws`, as AWS's SDKs have it. */
const partitions: Readonly<Record<string, string>> = {
  "cn-": "aws-cn",
  "us-gov-": "aws-us-gov",
  "eusc-": "aws-eusc",
  "us-iso-": "aws-iso",
  "us-isob-": "aws-iso-b",
  "eu-isoe-": "aws-iso-e",
  "us-isof-": "aws-iso-f",
};

/** The partition of a region, where AWS cannot be asked yet. */
export function partitionOf(region: string): string {
  const found = Object.entries(partitions).find(([start]) => region.startsWith(start));
  return found?.[1] ?? "aws";
}

/**
 * ARNs built from names. A policy document that waits for a resource's own `arn` is unknown in the
 * preview of a new stack, and a policy rule that meets an unknown goes blind.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export class Arns {
  readonly cloud: Cloud;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  #regional(service: string, resource: string) {
    const { partition, region, accountId } = this.cloud;
    return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  }

  bucket(name: string) {
    return `arn:${this.cloud.partition}:s3:::${name}`;
  }
  objects(bucket: string) {
    return `${this.bucket(bucket)}/*`;
  }
  #global(service: string, resource: string) {
    const { partition, accountId } = this.cloud;
    return `arn:${partition}:${service}::${accountId}:${resource}`;
  }
  /** What the stack makes in IAM, by name or pattern; AWS knows it by its path as well. */
  iam(type: "role" | "user" | "group" | "policy", name: string) {
    return this.#global("iam", `${type}${this.cloud.iamPath ?? "/"}${name}`);
  }
  role(name: string) {
    return this.iam("role", name);
  }
  /** The user who asks, whose name AWS puts in. */
  self() {
    const { partition, iamPath = "/" } = this.cloud;
    return `arn:${partition}:iam::*:user${iamPath}\${aws:username}`;
  }
  /** Without the stack's path: people make their devices themselves. */
  mfaDevice(name: string) {
    return this.#global("iam", `mfa/${name}`);
  }
  anyMfaDevice() {
    return `arn:${this.cloud.partition}:iam::*:mfa/*`;
  }
  openIdProvider(host: string) {
    return this.#global("iam", `oidc-provider/${host}`);
  }
  /** The account itself: in a key's policy, whomever policies of the account allow. */
  accountRoot() {
    return `arn:${this.cloud.partition}:iam::${this.cloud.accountId}:root`;
  }
  managedPolicy(path: string) {
    return `arn:${this.cloud.partition}:iam::aws:policy/${path}`;
  }
  jobQueue(name: string) {
    return this.#regional("batch", `job-queue/${name}`);
  }
  jobDefinition(name: string) {
    return this.#regional("batch", `job-definition/${name}`);
  }
  jobs() {
    return this.#regional("batch", "job/*");
  }
  repository(name: string) {
    return this.#regional("ecr", `repository/${name}`);
  }
  repositoryUrl(name: string) {
    const { accountId, region, dnsSuffix } = this.cloud;
    return `${accountId}.dkr.ecr.${region}.${dnsSuffix}/${name}`;
  }
  /**
   * What a VPC endpoint leads to: `ecr.api`, or a service's whole name, which has Amazon's domain or the region in it.
   * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
   */
  endpointService(service: string) {
    const { region } = this.cloud;
    return service.includes(".amazonaws.") || service.includes(`.${region}.`)
      ? service
      : `com.amazonaws.${region}.${service}`;
  }
  logGroup(name: string) {
    return this.#regional("logs", `log-group:${name}`);
  }
  /** All streams of a log group. */
  logStreams(group: string) {
    return `${this.logGroup(group)}:log-stream:*`;
  }
  airflow(environment: string) {
    return this.#regional("airflow", `environment/${environment}`);
  }
  /** Anything of ECS here: what a Fargate task assumes its role from. */
  ecs() {
    return this.#regional("ecs", "*");
  }
  /** Secrets of a name, which AWS appends a hyphen and six characters to. @default all */
  secrets(name = "*") {
    return this.#regional("secretsmanager", `secret:${name}`);
  }
  vpcFlowLogs() {
    return this.#regional("ec2", "vpc-flow-log/*");
  }
  /** The Celery queues of MWAA, which stand in an account of AWS. */
  celeryQueues() {
    return `arn:${this.cloud.partition}:sqs:${this.cloud.region}:*:airflow-celery-*`;
  }
  /** Any key of this account and region. */
  anyKey() {
    return this.#regional("kms", "key/*");
  }
  ownKeys() {
    return `arn:${this.cloud.partition}:kms:*:${this.cloud.accountId}:key/*`;
  }
}
