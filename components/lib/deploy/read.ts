import type * as aws from "@pulumi/aws";
import { allow, document } from "../policies.ts";
import type { DeployPolicyArgs } from "./args.ts";
import { locations } from "./locations.ts";
import { onKeys, sid, tagged, throughS3, where } from "./statements.ts";

/**
 * What `pulumi preview` reads, with `--refresh` too, and `pulumi up` between its changes. Of data only Airflow's
 * bucket, whose requirements.txt the program looks after; no secret's value.
 */
export function readPolicy({ context, deployed, state }: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { names, arns } = context;
  const at = locations(context, deployed);
  return document(
    // AWS knows no resource for these.
    sid(
      "Lists",
      allow(
        [
          "batch:DescribeComputeEnvironments",
          "batch:DescribeJobDefinitions",
          "batch:DescribeJobQueues",
          "ec2:DescribeAddresses",
          "ec2:DescribeAddressesAttribute",
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeFlowLogs",
          "ec2:DescribeInternetGateways",
          "ec2:DescribeNatGateways",
          "ec2:DescribeNetworkAcls",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribePrefixLists",
          "ec2:DescribeRouteTables",
          "ec2:DescribeSecurityGroupRules",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcEndpointServices",
          "ec2:DescribeVpcEndpoints",
          "ec2:DescribeVpcs",
          "kms:ListAliases",
          "logs:DescribeLogGroups",
          "sns:GetSubscriptionAttributes",
        ],
        "*",
      ),
    ),
    allow("batch:ListTagsForResource", at.batch),
    allow(["airflow:GetEnvironment", "airflow:ListTagsForResource"], at.airflow),
    allow(
      [
        "ecr:DescribeRepositories",
        "ecr:GetLifecyclePolicy",
        "ecr:GetRepositoryPolicy",
        "ecr:ListTagsForResource",
      ],
      at.repositories,
    ),
    allow(
      [
        "s3:GetAccelerateConfiguration",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketNotification",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:ListTagsForResource",
      ],
      at.buckets,
    ),
    allow(
      ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"],
      arns.objects(names.mwaaBucket),
    ),
    // What is encrypted. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    ...onKeys(["kms:Decrypt"], context, deployed, throughS3(context)),
    allow(
      [
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
      ],
      [...at.roles, at.serviceLinkedRoles],
    ),
    allow(["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"], at.policies),
    allow(["iam:GetGroup", "iam:ListAttachedGroupPolicies"], at.groups),
    allow("iam:GetOpenIDConnectProvider", at.openIdProviders),
    allow("logs:ListTagsForResource", at.logGroups),
    allow(
      ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"],
      at.topics,
    ),
    allow(
      ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
      at.rules,
    ),
    // Of all alarms at once, if of any.
    allow("cloudwatch:DescribeAlarms", at.anyAlarm),
    allow("cloudwatch:ListTagsForResource", at.alarms),
    allow("ec2:DescribeVpcAttribute", at.vpcs),
    allow(["budgets:ListTagsForResource", "budgets:ViewBudget"], at.budgets),
    where(
      tagged(deployed),
      allow(["kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"], at.keys),
    ),
    ...onKeys(["kms:DescribeKey"], context, deployed),
    // Its ARN and tags; a secret's value is nobody's here.
    allow(["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"], arns.secrets()),
    ...(state
      ? [
          allow("s3:ListBucket", arns.bucket(state.bucket)),
          allow("s3:GetObject", arns.objects(state.bucket)),
          ...(state.keyArn ? [allow("kms:Decrypt", state.keyArn)] : []),
        ]
      : []),
  );
}

/** What they read of users, in a policy of its own as it names the people one by one. */
export function readPeoplePolicy({ context, deployed }: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { users } = locations(context, deployed);
  return document(
    allow(["iam:GetUser", "iam:ListAttachedUserPolicies", "iam:ListGroupsForUser"], users),
  );
}
