import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy, type Grantee } from "./attachment.ts";
import type { Context } from "./lib/context.ts";
import { dataOptions } from "./lib/data.ts";
import { atPath } from "./lib/iam.ts";
import { document, readWrite } from "./lib/policies.ts";

export interface BucketArgs {
  readonly context: Context;
  /** Physical name. */
  readonly bucket: string;
  /** Whether replaced and deleted objects are kept as noncurrent versions. */
  readonly versioned: boolean;
  /** Days for which a noncurrent version is kept. */
  readonly noncurrentVersionDays: number;
  /** Days after which an object is deleted. @default never */
  readonly expiryDays?: number;
  /** ARN of the KMS key that objects are encrypted with. @default S3's own encryption, AES256 */
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
  /** Bucket that access to this one is logged to. @default none */
  readonly accessLogs?: Bucket | undefined;
  /** Statements of the bucket policy besides the denial of requests without TLS. @default none */
  readonly policyStatements?: aws.iam.PolicyStatement[];
  /** Public access is blocked even where `keepReference` leaves other buckets without. @default false */
  readonly alwaysBlockPublicAccess?: boolean;
  /** Tags of the bucket and its policy besides those of the provider. */
  readonly tags?: Record<string, string>;
  /** The policy that {@link Bucket.grantReadWrite} attaches. @default none */
  readonly readWritePolicy?: {
    readonly name: string;
    readonly description: string;
    /** What it allows on the bucket itself, besides reading, writing and deleting objects. */
    readonly bucketActions: string | string[];
  };
}

/**
 * An S3 bucket that is closed to the public, takes requests over TLS alone, is encrypted, owned by its
 * account, and versioned with an expiry of what is no longer current.
 */
export class Bucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;
  /** Physical name, known before the bucket is made. */
  readonly bucketName: string;
  /** What must stand before an object is put: one made before versioning has no version id. */
  readonly ready: pulumi.Resource[];
  readonly #name: string;
  readonly #readWrite: aws.iam.Policy | undefined;

  constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Bucket", name, {}, opts);
    const { posture, dataOnDestroy } = args.context;
    this.#name = name;
    this.bucketName = args.bucket;
    const children = { parent: this, ...dataOptions(dataOnDestroy) };
    this.bucket = new aws.s3.Bucket(
      name,
      {
        bucket: args.bucket,
        ...(dataOnDestroy === "empty" && { forceDestroy: true }),
        ...(args.tags && { tags: args.tags }),
      },
      children,
    );
    const bucket = this.bucket.id;
    this.ready = [];

    if (args.versioned)
      this.ready.push(
        new aws.s3.BucketVersioning(
          name,
          { bucket, versioningConfiguration: { status: "Enabled" } },
          children,
        ),
      );
    if (posture["bucket-public-access-block"] || args.alwaysBlockPublicAccess)
      this.ready.push(
        new aws.s3.BucketPublicAccessBlock(
          name,
          {
            bucket,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
          },
          children,
        ),
      );
    if (posture["bucket-ownership"])
      new aws.s3.BucketOwnershipControls(
        name,
        { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
        children,
      );
    if (posture["bucket-encryption"] || args.kmsKeyArn)
      new aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        { bucket, rules: [encryption(args.kmsKeyArn)] },
        children,
      );
    // S3 takes one change of a bucket's access settings at a time and answers 409 to the second.
    const afterAccess = { ...children, dependsOn: [...this.ready] };
    const policy = [
      ...(posture["bucket-tls-only"] ? [tlsOnly(args)] : []),
      ...(args.policyStatements ?? []),
    ];
    if (policy.length)
      this.ready.push(
        new aws.s3.BucketPolicy(name, { bucket, policy: document(...policy) }, afterAccess),
      );
    if (posture["bucket-lifecycle"])
      new aws.s3.BucketLifecycleConfiguration(
        name,
        { bucket, rules: [lifecycleRule(args)] },
        afterAccess,
      );
    if (posture["bucket-events"])
      new aws.s3.BucketNotification(name, { bucket, eventbridge: true }, afterAccess);
    if (args.accessLogs)
      new aws.s3.BucketLogging(
        name,
        { bucket, targetBucket: args.accessLogs.bucket.id, targetPrefix: `${args.bucket}/` },
        // The target must let the logging service write before S3 accepts it.
        { ...children, dependsOn: args.accessLogs.ready },
      );
    this.#readWrite = this.#createReadWritePolicy(args);
    this.registerOutputs();
  }

  #createReadWritePolicy({ context, bucket, readWritePolicy, tags }: BucketArgs) {
    if (!readWritePolicy) return undefined;
    const { name, description, bucketActions } = readWritePolicy;
    return new aws.iam.Policy(
      `${this.#name}-rw`,
      {
        ...atPath(context),
        name,
        description,
        policy: readWrite(context, bucketActions, bucket),
        ...(tags && { tags }),
      },
      { parent: this },
    );
  }

  /** Lets `grantee` see the bucket, and read, write and delete its objects. */
  grantReadWrite(
    granteeName: string,
    grantee: Grantee,
    opts?: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    if (!this.#readWrite) throw new Error(`bucket ${this.#name} has no readWritePolicy to grant`);
    const { name, parent } = this.grantAlias(granteeName);
    return attachPolicy(name, this.#readWrite, grantee, { ...opts, parent });
  }

  /** What {@link grantReadWrite} makes for a grantee of that name: for what stands in its place. */
  grantAlias(granteeName: string) {
    return { name: `${this.#name}-${granteeName}`, parent: this };
  }
}

function tlsOnly({ context: { arns }, bucket }: BucketArgs): aws.iam.PolicyStatement {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [arns.bucket(bucket), arns.objects(bucket)],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

function encryption(
  kmsKeyArn: pulumi.Input<string> | undefined,
): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
  if (!kmsKeyArn) return { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
    // One call of KMS for many objects, which cuts its cost.
    bucketKeyEnabled: true,
  };
}

/** All in one rule: the provider checks and compares each at length, at every preview. */
function lifecycleRule(args: BucketArgs): aws.types.input.s3.BucketLifecycleConfigurationRule {
  return {
    id: "expiry",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    ...(args.versioned && {
      noncurrentVersionExpiration: { noncurrentDays: args.noncurrentVersionDays },
    }),
    ...(args.expiryDays && { expiration: { days: args.expiryDays } }),
  };
}
