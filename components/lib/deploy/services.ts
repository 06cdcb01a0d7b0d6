import type * as aws from "@pulumi/aws";
import { allow, document } from "../policies.ts";
import type { DeployPolicyArgs } from "./args.ts";
import { locations } from "./locations.ts";
import { onKeys, sid, tagged, throughS3, where, withPrefix } from "./statements.ts";

/** What `pulumi up` changes of everything else. Data is nobody's here but Airflow's files. */
export function servicePolicy({
  context,
  deployed,
  state,
}: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { names, arns } = context;
  const at = locations(context, deployed);
  const tags = tagged(deployed);
  return document(
    // AWS knows no resource for these.
    sid("Unnamed", allow(["sns:SetSubscriptionAttributes", "sns:Unsubscribe"], "*")),
    where(
      { StringEquals: withPrefix("aws:RequestTag/", deployed.tags) },
      allow("kms:CreateKey", "*"),
    ),
    where(
      tags,
      allow(
        [
          "kms:CreateAlias",
          "kms:DeleteAlias",
          "kms:EnableKeyRotation",
          "kms:PutKeyPolicy",
          "kms:ScheduleKeyDeletion",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:UpdateAlias",
          "kms:UpdateKeyDescription",
        ],
        at.keys,
      ),
    ),
    allow(["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], at.aliases),
    // By services of AWS alone, for what they encrypt: a repository, an Airflow environment.
    // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
    // https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    // https://docs.aws.amazon.com/mwaa/latest/userguide/custom-keys-certs.html
    ...onKeys(["kms:CreateGrant"], context, deployed, {
      Bool: { "kms:GrantIsForAWSResource": "true" },
    }),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    ...onKeys(["kms:GenerateDataKey"], context, deployed, throughS3(context)),
    allow(
      [
        "batch:CreateComputeEnvironment",
        "batch:CreateJobQueue",
        "batch:DeleteComputeEnvironment",
        "batch:DeleteJobQueue",
        "batch:DeregisterJobDefinition",
        "batch:RegisterJobDefinition",
        "batch:TagResource",
        "batch:UntagResource",
        "batch:UpdateComputeEnvironment",
        "batch:UpdateJobQueue",
      ],
      at.batch,
    ),
    allow(
      [
        "airflow:CreateEnvironment",
        "airflow:DeleteEnvironment",
        "airflow:TagResource",
        "airflow:UntagResource",
        "airflow:UpdateEnvironment",
      ],
      at.airflow,
    ),
    allow(
      [
        "ecr:CreateRepository",
        "ecr:DeleteLifecyclePolicy",
        "ecr:DeleteRepository",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "ecr:PutLifecyclePolicy",
        "ecr:TagResource",
        "ecr:UntagResource",
      ],
      at.repositories,
    ),
    allow(
      [
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:ListBucketVersions",
        "s3:PutBucketAcl",
        "s3:PutBucketLogging",
        "s3:PutBucketNotification",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:TagResource",
        "s3:UntagResource",
      ],
      at.buckets,
    ),
    allow(
      ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"],
      arns.objects(names.mwaaBucket),
    ),
    allow(
      [
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ],
      at.logGroups,
    ),
    allow(
      [
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:UntagResource",
      ],
      at.topics,
    ),
    allow(
      [
        "events:DeleteRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:TagResource",
        "events:UntagResource",
      ],
      at.rules,
    ),
    allow(
      [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      at.alarms,
    ),
    allow(["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"], at.budgets),
    ...(state
      ? [
          allow(["s3:DeleteObject", "s3:PutObject"], arns.objects(state.bucket)),
          ...(state.keyArn ? [allow(["kms:Encrypt", "kms:GenerateDataKey"], state.keyArn)] : []),
        ]
      : []),
  );
}
