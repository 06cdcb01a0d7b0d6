import type * as aws from "@pulumi/aws";
import type { Arns } from "./arn.ts";
import type { Posture } from "./differences.ts";

type Statement = aws.iam.PolicyStatement;

export function document(...statements: Statement[]): aws.iam.PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

export function allow(Action: string | string[], Resource: string | string[]): Statement {
  return { Effect: "Allow", Action, Resource };
}

export function where(condition: Statement["Condition"], statement: Statement): Statement {
  return condition ? { ...statement, Condition: condition } : statement;
}

/**
 * A trust policy for services of AWS. Bound to this account, and to `sourceArn` where AWS documents
 * that the service sends one, so that the service cannot be led to use the role for somebody else.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function serviceTrust(
  { arns, posture }: { arns: Arns; posture: Posture },
  services: string | string[],
  sourceArn?: string,
): aws.iam.PolicyDocument {
  const condition = {
    StringEquals: { "aws:SourceAccount": arns.cloud.accountId },
    ...(sourceArn && { ArnLike: { "aws:SourceArn": sourceArn } }),
  };
  return document({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: services },
    ...(posture["role-trust"] && { Condition: condition }),
  });
}

/**
 * What reads, writes and deletes objects.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const objectActions = [
  "s3:GetObject",
  "s3:PutObject",
  "s3:DeleteObject",
  "s3:RestoreObject",
  "s3:AbortMultipartUpload",
];

/**
 * Lets objects of the bucket, or of each, be read, written and deleted, and `bucketActions` be done to the bucket
 * itself.
 */
export function readWrite(
  { arns, posture }: { arns: Arns; posture: Posture },
  bucketActions: string | string[],
  buckets: string | readonly string[],
  condition?: Statement["Condition"],
): aws.iam.PolicyDocument {
  const all = (arn: (bucket: string) => string) =>
    typeof buckets === "string" ? arn(buckets) : buckets.map(arn);
  const actions = posture["object-actions"] ? objectActions : ["s3:ListBucket", "s3:*Object"];
  const statements = [
    allow(
      bucketActions,
      all((bucket) => arns.bucket(bucket)),
    ),
    allow(
      actions,
      all((bucket) => arns.objects(bucket)),
    ),
  ];
  return document(
    ...statements.map((statement) =>
      condition ? { ...statement, Condition: condition } : statement,
    ),
  );
}

/**
 * Characters that AWS takes of a managed policy; white space does not count.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const policyLength = 6144;

/** Lets somebody read the secrets, or what else the ARN stands for. */
export function readSecrets(arns: string | string[]): aws.iam.PolicyDocument {
  return document(allow("secretsmanager:GetSecretValue", arns));
}

export function documentLength(policy: aws.iam.PolicyDocument): number {
  return JSON.stringify(policy).replace(/\s/g, "").length;
}

/** Whether AWS takes it as a managed policy. */
export function fitsManagedPolicy(policy: aws.iam.PolicyDocument): boolean {
  return documentLength(policy) <= policyLength;
}
