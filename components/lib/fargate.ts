/** Where Fargate takes its capacity from. Spot is cheaper, and may end a job with two minutes' notice. */
export const fargateCapacities = ["FARGATE", "FARGATE_SPOT"] as const;
export type FargateCapacity = (typeof fargateCapacities)[number];

/**
 * Whose role Batch works with: one of the platform's, as in the reference, or AWSServiceRoleForBatch, which AWS
 * makes and keeps, and with which subnets and security groups are updated in place. A change makes new environments.
 * https://docs.aws.amazon.com/batch/latest/userguide/using-service-linked-roles.html
 */
export const batchServiceRoles = ["custom", "serviceLinked"] as const;
export type BatchServiceRole = (typeof batchServiceRoles)[number];

/**
 * Why a job that is first in the queue does not start, as far as AWS can cancel it for it.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_time_limit_actions.html
 */
export const stuckReasons = [
  "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
  "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
  "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
] as const;

export const architectures = ["X86_64", "ARM64"] as const;
export type Architecture = (typeof architectures)[number];

/** What an attempt that failed must have for a rule of retries to apply; a pattern may end in an asterisk. */
export interface RetryRule {
  readonly action: "RETRY" | "EXIT";
  /** Digits. */
  readonly onExitCode?: string;
  /** Letters, digits, periods, colons and white space, as in onStatusReason. */
  readonly onReason?: string;
  readonly onStatusReason?: string;
}

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);

/**
 * Memory in MiB that Fargate offers with each number of vCPUs.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
 */
export const fargateMemory: Readonly<Record<string, readonly number[]>> = {
  "0.25": [512, 1024, 2048],
  "0.5": range(1024, 4096, 1024),
  "1": range(2048, 8192, 1024),
  "2": range(4096, 16384, 1024),
  "4": range(8192, 30720, 1024),
  "8": range(16384, 61440, 4096),
  "16": range(32768, 122880, 8192),
  "32": [61440, 122880, 249856],
};

/** The variable by which a job receives a field of its secret. */
export const secretVariable = (prefix: string, field: string): string =>
  `${prefix}_${field.toUpperCase()}`;
