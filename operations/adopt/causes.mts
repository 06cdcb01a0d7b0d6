// Which difference from the reference a change of an adopted stack comes from.
import type { DifferenceId } from "../../components/lib/differences.ts";

interface Cause {
  /** Pulumi's type. */
  readonly type: string;
  /** Of logical names. @default all */
  readonly name?: RegExp;
  /** What changes. @default the resource as a whole is new */
  readonly property?: string;
  readonly ids: readonly DifferenceId[];
}

const policy = (name: RegExp, ...ids: DifferenceId[]): Cause => ({
  type: "aws:iam/policy:Policy",
  name,
  property: "policy",
  ids,
});

const made = (type: string, name: RegExp | undefined, ...ids: DifferenceId[]): Cause => ({
  type,
  ...(name && { name }),
  ids,
});

const changed = (type: string, property: string, ...ids: DifferenceId[]): Cause => ({
  type,
  property,
  ids,
});

const accessLogs = /^access-logs$/;
const flowLogs = /^vpc-flow-logs$/;

export const causes: readonly Cause[] = [
  changed("aws:iam/role:Role", "assumeRolePolicy", "role-trust"),
  changed("aws:iam/user:User", "forceDestroy", "people-force-destroy"),
  policy(/^batch-submit$/, "batch-submit-actions"),
  policy(/^batch-secrets$/, "secret-scope"),
  policy(/^mwaa$/, "mwaa-deny-statement", "mwaa-s3-actions"),
  policy(/^people-list-buckets$/, "list-buckets-resource"),
  policy(/^people-self-manage$/, "people-mfa"),
  policy(/^people-projects$/, "object-actions"),
  policy(/-rw$/, "object-actions"),
  changed("aws:ec2/subnet:Subnet", "mapPublicIpOnLaunch", "subnet-public-ip"),
  changed("aws:ecr/repository:Repository", "imageTagMutability", "ecr-tag-immutability"),
  changed(
    "aws:ecr/repository:Repository",
    "imageTagMutabilityExclusionFilters",
    "ecr-tag-immutability",
  ),
  changed("aws:batch/jobDefinition:JobDefinition", "containerProperties", "batch-logs"),
  changed("aws:mwaa/environment:Environment", "loggingConfiguration", "mwaa-logs"),
  changed("aws:mwaa/environment:Environment", "airflowVersion", "airflow-version"),
  changed(
    "aws:mwaa/environment:Environment",
    "requirementsS3ObjectVersion",
    "mwaa-requirements-version",
  ),
  changed(
    "aws:mwaa/environment:Environment",
    "startupScriptS3ObjectVersion",
    "mwaa-requirements-version",
  ),
  changed("aws:s3/bucketObjectv2:BucketObjectv2", "overrideProvider", "mwaa-requirements-version"),
  changed(
    "aws:s3/bucketVersioning:BucketVersioning",
    "versioningConfiguration",
    "scratch-versioning",
  ),
  changed("aws:s3/bucketNotification:BucketNotification", "eventbridge", "bucket-events"),
  changed(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "rules",
    "bucket-encryption",
    "data-key",
  ),
  changed("aws:ec2/securityGroup:SecurityGroup", "description", "mwaa-security-group-description"),
  changed("aws:ec2/securityGroup:SecurityGroup", "ingress", "mwaa-security-group-description"),
  changed("aws:ec2/securityGroup:SecurityGroup", "egress", "mwaa-security-group-description"),
  made("dse:platform:DataKey", undefined, "data-key"),
  made("aws:kms/key:Key", /^data-key$/, "data-key"),
  made("aws:kms/alias:Alias", /^data-key$/, "data-key"),
  made("aws:s3/bucket:Bucket", accessLogs, "bucket-access-logs"),
  made("dse:platform:Bucket", accessLogs, "bucket-access-logs"),
  made("aws:s3/bucketLogging:BucketLogging", undefined, "bucket-access-logs"),
  made("aws:s3/bucketVersioning:BucketVersioning", accessLogs, "bucket-access-logs"),
  made("aws:s3/bucketVersioning:BucketVersioning", /^scratch$/, "scratch-versioning"),
  made(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    undefined,
    "bucket-encryption",
    "data-key",
  ),
  made(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    undefined,
    "bucket-public-access-block",
  ),
  made("aws:s3/bucketOwnershipControls:BucketOwnershipControls", undefined, "bucket-ownership"),
  made("aws:s3/bucketPolicy:BucketPolicy", accessLogs, "bucket-access-logs"),
  made("aws:s3/bucketPolicy:BucketPolicy", undefined, "bucket-tls-only"),
  made(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    undefined,
    "bucket-lifecycle",
  ),
  made("aws:s3/bucketNotification:BucketNotification", undefined, "bucket-events"),
  made("aws:ecr/lifecyclePolicy:LifecyclePolicy", undefined, "ecr-lifecycle"),
  made("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", undefined, "default-security-group"),
  made("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", undefined, "network-acl"),
  made("aws:ec2/vpcEndpoint:VpcEndpoint", /-s3$/, "s3-endpoint"),
  made("aws:ec2/flowLog:FlowLog", undefined, "flow-logs"),
  made("aws:iam/role:Role", flowLogs, "flow-logs"),
  made("aws:iam/policy:Policy", flowLogs, "flow-logs"),
  made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", flowLogs, "flow-logs"),
  made("aws:cloudwatch/logGroup:LogGroup", flowLogs, "flow-logs"),
  made("aws:cloudwatch/logGroup:LogGroup", /^batch$/, "batch-logs"),
  made("aws:cloudwatch/logGroup:LogGroup", /^mwaa-/, "mwaa-logs"),
  made("aws:iam/group:Group", /^bot$/, "bot-group"),
  made("aws:iam/groupMembership:GroupMembership", /^bot$/, "bot-group"),
  made("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", /-bot$/, "bot-group"),
];

/** What changes of a resource: a property, or that it comes to be. */
export interface Change {
  readonly type: string;
  readonly name: string;
  /** Undefined where the resource is new. */
  readonly property?: string;
}

/** None where no difference is behind it: then a setting is, or somebody's change by hand. */
export function causesOf({ type, name, property }: Change): readonly DifferenceId[] {
  const cause = causes.find(
    (one) =>
      one.type === type &&
      one.property === property &&
      (one.name === undefined || one.name.test(name)),
  );
  return cause?.ids ?? [];
}
