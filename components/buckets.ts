import * as pulumi from "@pulumi/pulumi";
import { Bucket } from "./bucket.ts";
import type { Context } from "./lib/context.ts";
import { projectBucketActions } from "./lib/projects.ts";

interface CommonArgs {
  readonly context: Context;
  /** Days for which a noncurrent version is kept. */
  readonly noncurrentVersionDays: number;
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
  readonly accessLogs?: Bucket | undefined;
}

export interface AccessLogBucketArgs extends Omit<CommonArgs, "accessLogs" | "kmsKeyArn"> {
  /** Days for which access logs are kept. */
  readonly logRetentionDays: number;
}

/**
 * The bucket that the others log access to; undefined where the reference is kept. Encrypted with S3's own
 * keys, as the logging service writes with no others.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function createAccessLogBucket(
  name: string,
  { context, logRetentionDays, noncurrentVersionDays }: AccessLogBucketArgs,
  opts: pulumi.ComponentResourceOptions,
): Bucket | undefined {
  const { names, arns, posture } = context;
  if (!posture["bucket-access-logs"]) return undefined;
  return new Bucket(
    name,
    {
      context,
      noncurrentVersionDays,
      bucket: names.accessLogBucket,
      versioned: true,
      expiryDays: logRetentionDays,
      policyStatements: [
        {
          Sid: "AccessLogs",
          Effect: "Allow",
          Principal: { Service: "logging.s3.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: arns.objects(names.accessLogBucket),
          Condition: { StringEquals: { "aws:SourceAccount": arns.cloud.accountId } },
        },
      ],
    },
    opts,
  );
}

export interface ScratchBucketArgs extends CommonArgs {
  /** Days after which an object is deleted. */
  readonly expiryDays: number;
}

/** The bucket in which jobs and DAGs hand files to each other; its objects expire. */
export function createScratchBucket(
  name: string,
  { context, ...args }: ScratchBucketArgs,
  opts: pulumi.ComponentResourceOptions,
): Bucket {
  return new Bucket(
    name,
    {
      ...args,
      context,
      bucket: context.names.scratchBucket,
      versioned: context.posture["scratch-versioning"],
      readWritePolicy: {
        name: context.names.scratchPolicy,
        description: "Policy allowing read/write for s3 scratch bucket",
        bucketActions: "s3:ListBucket",
      },
    },
    opts,
  );
}

export interface ProjectBucketArgs extends CommonArgs {
  readonly project: Context["names"]["projects"][number];
  /** Owner tag. */
  readonly owner: string;
}

/** The versioned bucket of one project of the analysts. */
export function createProjectBucket(
  name: string,
  { project, owner, ...args }: ProjectBucketArgs,
  opts: pulumi.ComponentResourceOptions,
): Bucket {
  return new Bucket(
    name,
    {
      ...args,
      bucket: project.bucket,
      versioned: true,
      tags: { Owner: owner, Project: project.id },
      readWritePolicy: {
        name: project.policy,
        description: `Policy allowing read/write for DSA ${project.id} bucket`,
        bucketActions: projectBucketActions,
      },
    },
    opts,
  );
}

/** Buckets that are under way at a time. The SDK holds a quarter of a MiB for each resource that the engine has not answered. */
const projectsAtOnce = 20;

/** A bucket for each project, in their order. */
export async function createProjectBuckets(
  projects: readonly ProjectBucketArgs["project"][],
  args: Omit<ProjectBucketArgs, "project">,
  opts: pulumi.ComponentResourceOptions,
): Promise<Bucket[]> {
  const buckets: Bucket[] = [];
  for (const project of projects) {
    const last = buckets.at(-1);
    if (last && buckets.length % projectsAtOnce === 0) await registered(last);
    buckets.push(createProjectBucket(`project-${project.id}`, { ...args, project }, opts));
  }
  return buckets;
}

/** Resolves when the engine has answered, be it that it failed: of that it tells by itself. An apply would not hear of it. */
async function registered({ bucket: { urn } }: Bucket): Promise<void> {
  await pulumi.runtime.serializeProperties("bucket", { urn }).catch(() => undefined);
}
