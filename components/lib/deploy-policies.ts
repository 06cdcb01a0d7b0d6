import type * as aws from "@pulumi/aws";
import type { Context } from "./context";
import { allow, document } from "./policies";

type Statement = aws.iam.PolicyStatement;

/** What a deployment looks after besides what begins with the platform's name. */
export interface Deployed {
  /** Names of the projects' buckets and policies, `*` for the project. */
  readonly projectBuckets: string;
  readonly projectPolicies: string;
  /** User names of the people that it makes. */
  readonly people: readonly string[];
  /** Tags that everything has whose name AWS makes up: VPCs, keys … */
  readonly tags: Readonly<Record<string, string>>;
  /** IAM path of roles, policies, groups and users. */
  readonly path?: string;
}

/** Where Pulumi keeps the stack's state, if that is an S3 bucket. */
export interface StateBackend {
  readonly bucket: string;
  /** Key that encrypts the stack's secrets or the bucket. */
  readonly keyArn?: string;
}

export interface DeployPolicyArgs {
  readonly context: Context;
  readonly deployed: Deployed;
  /** Names of the roles and policies of those who deploy, who may not change their own rights. */
  readonly deployers: string;
  /** Policy that every role and user must have as its boundary, and none may lose. */
  readonly permissionsBoundary?: string;
  readonly state?: StateBackend;
}

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
    allow(["iam:GetUser", "iam:ListAttachedUserPolicies", "iam:ListGroupsForUser"], at.users),
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
      allow(
        ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
        at.keys,
      ),
    ),
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

/** What is made when a network is. */
const networkCreations = [
  "AllocateAddress",
  "CreateFlowLogs",
  "CreateInternetGateway",
  "CreateNatGateway",
  "CreateRouteTable",
  "CreateSecurityGroup",
  "CreateSubnet",
  "CreateVpc",
  "CreateVpcEndpoint",
];

/** What `pulumi up` changes of the network. What stands may be changed if it has the stack's tags. */
export function networkPolicy({ context, deployed }: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { partition, region, accountId } = context.arns.cloud;
  const here = (type: string) => `arn:${partition}:ec2:${region}:${accountId}:${type}`;
  return document(
    // What is to be made has no name yet, and what it is made in may be somebody else's: a VPC, an elastic IP.
    sid(
      "Makes",
      allow(
        [
          ...networkCreations.map((creation) => `ec2:${creation}`),
          // By Airflow, on behalf of who makes the environment.
          // https://docs.aws.amazon.com/mwaa/latest/userguide/access-policies.html
          "ec2:CreateNetworkInterface",
        ],
        here("*"),
      ),
    ),
    where(
      { StringEquals: { "ec2:CreateAction": networkCreations } },
      allow("ec2:CreateTags", here("*")),
    ),
    // A VPC's default security group comes without tags.
    where(
      {
        StringEquals: withPrefix("aws:RequestTag/", deployed.tags),
        Null: Object.fromEntries(
          Object.keys(deployed.tags).map((key) => [`aws:ResourceTag/${key}`, "true"]),
        ),
      },
      allow("ec2:CreateTags", here("security-group/*")),
    ),
    where(
      tagged(deployed),
      allow(
        [
          "ec2:AssociateRouteTable",
          "ec2:AttachInternetGateway",
          "ec2:AuthorizeSecurityGroupEgress",
          "ec2:AuthorizeSecurityGroupIngress",
          "ec2:CreateRoute",
          "ec2:CreateTags",
          "ec2:DeleteFlowLogs",
          "ec2:DeleteInternetGateway",
          "ec2:DeleteNatGateway",
          "ec2:DeleteRoute",
          "ec2:DeleteRouteTable",
          "ec2:DeleteSecurityGroup",
          "ec2:DeleteSubnet",
          "ec2:DeleteTags",
          "ec2:DeleteVpc",
          "ec2:DeleteVpcEndpoints",
          "ec2:DetachInternetGateway",
          "ec2:DisassociateAddress",
          "ec2:DisassociateRouteTable",
          "ec2:ModifySecurityGroupRules",
          "ec2:ModifySubnetAttribute",
          "ec2:ModifyVpcAttribute",
          "ec2:ModifyVpcEndpoint",
          "ec2:ReleaseAddress",
          "ec2:ReplaceRoute",
          "ec2:ReplaceRouteTableAssociation",
          "ec2:RevokeSecurityGroupEgress",
          "ec2:RevokeSecurityGroupIngress",
          "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
          "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
        ],
        here("*"),
      ),
    ),
  );
}

/** Policies of AWS that the platform's roles have, besides its own. */
const policiesOfAws = [
  "service-role/AWSBatchServiceRole",
  "service-role/AmazonECSTaskExecutionRolePolicy",
];

/** Services that work with the platform's roles. */
const roleUsers = [
  "airflow.amazonaws.com",
  "batch.amazonaws.com",
  "ecs-tasks.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
];

/**
 * What `pulumi up` changes of roles, groups and policies: the platform's own, by name, and never those of who
 * deploys. IAM cannot limit what is written into a policy or into whom a role trusts; a permissions boundary does.
 */
export function identityPolicy(args: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { context, deployed, deployers, permissionsBoundary } = args;
  const { names, arns } = context;
  const at = locations(context, deployed);
  const bounded = boundary(permissionsBoundary);
  const attachable = {
    ArnLike: {
      "iam:PolicyARN": [...at.policies, ...policiesOfAws.map((name) => arns.managedPolicy(name))],
    },
  };
  return document(
    where(
      bounded,
      allow(["iam:CreateRole", ...(bounded ? ["iam:PutRolePermissionsBoundary"] : [])], at.roles),
    ),
    where(
      { ...attachable, ...bounded },
      allow(["iam:AttachRolePolicy", "iam:DetachRolePolicy"], at.roles),
    ),
    where(attachable, allow(["iam:AttachGroupPolicy", "iam:DetachGroupPolicy"], at.groups)),
    allow(
      [
        "iam:DeleteRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      at.roles,
    ),
    allow(
      [
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:TagPolicy",
        "iam:UntagPolicy",
      ],
      at.policies,
    ),
    allow(
      [
        "iam:AddUserToGroup",
        "iam:CreateGroup",
        "iam:DeleteGroup",
        "iam:RemoveUserFromGroup",
        "iam:UpdateGroup",
      ],
      at.groups,
    ),
    where(
      { StringEquals: { "iam:PassedToService": roleUsers } },
      allow(
        "iam:PassRole",
        at.iam(
          "role",
          names.flowLogsRole,
          names.batchServiceRole,
          names.batchExecutionRole,
          names.batchJobRole,
          names.mwaaRole,
        ),
      ),
    ),
    where(
      { StringEquals: { "iam:AWSServiceName": ["airflow.amazonaws.com", "batch.amazonaws.com"] } },
      allow("iam:CreateServiceLinkedRole", at.serviceLinkedRoles),
    ),
    sid("NotOneself", {
      Effect: "Deny",
      Action: [
        "iam:AttachRolePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DeleteRole",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
      ],
      Resource: [
        ...at.iam("role", deployers),
        ...at.iam("policy", deployers),
        ...(permissionsBoundary ? [permissionsBoundary] : []),
      ],
    }),
  );
}

/** What `pulumi up` changes of the people that it makes. None of it makes or opens anyone's credentials. */
export function peoplePolicy({
  context,
  deployed,
  permissionsBoundary,
}: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { users, mfaDevices } = locations(context, deployed);
  const bounded = boundary(permissionsBoundary);
  return document(
    where(
      bounded,
      allow(["iam:CreateUser", ...(bounded ? ["iam:PutUserPermissionsBoundary"] : [])], users),
    ),
    // AWS knows no resource for it.
    sid("Devices", allow("iam:ListVirtualMFADevices", "*")),
    // Who leaves is deleted with keys and devices.
    allow(
      [
        "iam:DeactivateMFADevice",
        "iam:DeleteAccessKey",
        "iam:DeleteLoginProfile",
        "iam:DeleteSSHPublicKey",
        "iam:DeleteServiceSpecificCredential",
        "iam:DeleteSigningCertificate",
        "iam:DeleteUser",
        "iam:ListAccessKeys",
        "iam:ListMFADevices",
        "iam:ListSSHPublicKeys",
        "iam:ListServiceSpecificCredentials",
        "iam:ListSigningCertificates",
        "iam:ListUserPolicies",
        "iam:TagUser",
        "iam:UntagUser",
        "iam:UpdateUser",
      ],
      users,
    ),
    ...(mfaDevices.length ? [allow("iam:DeleteVirtualMFADevice", mfaDevices)] : []),
  );
}

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
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
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

/** ARNs of what a deployment looks after. */
function locations({ names, arns }: Context, deployed: Deployed) {
  const { partition, region, accountId } = arns.cloud;
  const ours = `${names.prefix}-*`;
  const regional = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  const global = (service: string, resource: string) =>
    `arn:${partition}:${service}::${accountId}:${resource}`;
  const iam = (type: string, ...patterns: string[]) =>
    patterns.map((pattern) => global("iam", `${type}${deployed.path ?? "/"}${pattern}`));
  return {
    iam,
    batch: ["compute-environment", "job-queue", "job-definition"].map((type) =>
      regional("batch", `${type}/${ours}`),
    ),
    airflow: regional("airflow", `environment/${ours}`),
    repositories: regional("ecr", `repository/${ours}`),
    buckets: [ours, deployed.projectBuckets].map((bucket) => arns.bucket(bucket)),
    roles: iam("role", ours),
    serviceLinkedRoles: global("iam", "role/aws-service-role/*"),
    policies: iam("policy", ours, deployed.projectPolicies),
    groups: iam("group", ours, names.group),
    users: iam("user", ours, ...deployed.people),
    // A device has the name of its person and no path, as people make them themselves.
    mfaDevices: deployed.people.map((person) => global("iam", `mfa/${person}`)),
    openIdProviders: global("iam", "oidc-provider/*"),
    logGroups: names.anyLogGroups.map((group) => arns.logGroup(group)),
    topics: regional("sns", ours),
    rules: regional("events", `rule/${ours}`),
    alarms: regional("cloudwatch", `alarm:${ours}`),
    anyAlarm: regional("cloudwatch", "alarm:*"),
    vpcs: regional("ec2", "vpc/*"),
    budgets: global("budgets", `budget/${ours}`),
    keys: arns.keys(),
    aliases: regional("kms", `alias/${ours}`),
  };
}

function boundary(policyArn: string | undefined) {
  return policyArn ? { StringEquals: { "iam:PermissionsBoundary": policyArn } } : undefined;
}

function sid(Sid: string, statement: Statement): Statement {
  return { Sid, ...statement };
}

function where(condition: Statement["Condition"], statement: Statement): Statement {
  return condition ? { ...statement, Condition: condition } : statement;
}

function tagged({ tags }: Deployed): Statement["Condition"] {
  return { StringEquals: withPrefix("aws:ResourceTag/", tags) };
}

function withPrefix(prefix: string, tags: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [prefix + key, value]));
}
