import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Arns } from "./arn.ts";
import type { Context } from "./context.ts";
import { allow, document } from "./policies.ts";

/**
 * What Airflow may do for itself; `keyArn` is the key of its environment, if it is not AWS's.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
 */
export function executionPolicy(
  { names, arns, posture }: Context,
  keyArn: pulumi.Input<string> | undefined,
): aws.iam.PolicyDocument {
  const bucket = [arns.bucket(names.mwaaBucket), arns.objects(names.mwaaBucket)];
  const deadDeny: aws.iam.PolicyStatement = {
    Effect: "Deny",
    Action: "s3:ListAllMyBuckets",
    Resource: bucket,
  };
  return document(
    allow("airflow:PublishMetrics", arns.airflow(names.mwaa)),
    ...(posture["mwaa-deny-statement"] ? [] : [deadDeny]),
    ...(posture["mwaa-s3-actions"]
      ? [
          allow(
            ["s3:GetBucket*", "s3:ListBucket", "s3:ListBucketVersions"],
            arns.bucket(names.mwaaBucket),
          ),
          allow("s3:GetObject*", arns.objects(names.mwaaBucket)),
        ]
      : [allow(["s3:GetObject*", "s3:GetBucket*", "s3:List*"], bucket)]),
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
    ...useOfKey(arns, keyArn),
  );
}

/** The key that the Celery queues are encrypted with, and the bucket where it is not AWS's. */
function useOfKey(arns: Arns, keyArn: pulumi.Input<string> | undefined): aws.iam.PolicyStatement[] {
  const { region, dnsSuffix } = arns.cloud;
  const Action = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt"];
  const via = (...services: string[]) => ({
    StringLike: {
      "kms:ViaService": services.map((service) => `${service}.${region}.${dnsSuffix}`),
    },
  });
  if (keyArn === undefined)
    // AWS's key is in an account of AWS's own: there is no ARN to name here.
    return [{ Effect: "Allow", Action, NotResource: arns.ownKeys(), Condition: via("sqs") }];
  // One that is made here lets this role use it: its ARN is not known in the preview that makes it.
  if (typeof keyArn !== "string") return [];
  return [{ ...allow(Action, keyArn), Condition: via("sqs", "s3") }];
}
