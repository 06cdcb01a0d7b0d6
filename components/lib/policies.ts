import type * as aws from "@pulumi/aws";
import type { Arns } from "./arn";
import type { Posture } from "./differences";

type Statement = aws.iam.PolicyStatement;

export function document(...statements: Statement[]): aws.iam.PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

export function allow(Action: string | string[], Resource: string | string[]): Statement {
  return { Effect: "Allow", Action, Resource };
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

/** The statement that lets objects of a bucket be read, written and deleted. */
export function objectAccess({ arns, posture }: { arns: Arns; posture: Posture }, bucket: string) {
  return posture["object-actions"]
    ? allow(objectActions, arns.objects(bucket))
    : allow(["s3:ListBucket", "s3:*Object"], arns.objects(bucket));
}
