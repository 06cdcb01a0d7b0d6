import type { Context } from "../context.ts";

/** What a deployment looks after besides what begins with the platform's name. */
export interface Deployed {
  /** Names of the projects' buckets and policies, `*` for the project. */
  readonly projectBuckets: string;
  readonly projectPolicies: string;
  /** User names of the people that it makes. */
  readonly people: readonly string[];
  /** Tags that everything has whose name AWS makes up: VPCs, keys … */
  readonly tags: Readonly<Record<string, string>>;
  /** ARN of a KMS key that somebody else looks after. @default the stack's own keys alone */
  readonly keyArn?: string | undefined;
}

/** Where Pulumi keeps the stack's state, if that is an S3 bucket. */
export interface StateBackend {
  readonly bucket: string;
  /** Key that encrypts the stack's secrets or the bucket. */
  readonly keyArn?: string | undefined;
}

export interface DeployPolicyArgs {
  readonly context: Context;
  readonly deployed: Deployed;
  /** Names of the roles and policies of those who deploy, who may not change their own rights. */
  readonly deployers: string;
  readonly state?: StateBackend;
}
