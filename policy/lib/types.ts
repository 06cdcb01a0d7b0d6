import type * as aws from "@pulumi/aws";
import type { Resource, Unwrap } from "@pulumi/pulumi";

/**
 * A resource type by its token. The SDK's class is a type here alone: loading all of @pulumi/aws would cost each
 * preview 0.6 s. A test holds every token to its class.
 */
export interface Type<Args> {
  readonly token: string;
  /** Never there: what makes a type of other arguments another type. */
  readonly args?: Args;
}

type ResourceClass = new (name: string, args: never, opts?: never) => Resource;
type ArgsOfClass<Class> = Class extends new (
  name: string,
  args: infer Args,
  opts?: never,
) => Resource
  ? Unwrap<NonNullable<Args>>
  : never;

const type = <Class extends ResourceClass>(token: string): Type<ArgsOfClass<Class>> => ({ token });

/** The properties of resources of a type. */
export type ArgsOf<T> = T extends Type<infer Args> ? Args : never;

/** A type whose class is deprecated. */
const legacy = (token: string): Type<object> => ({ token });

/** Every type of AWS. */
export const anyAws: Type<{ region?: string }> = { token: "aws:*" };
export const Provider: Type<{ region?: string }> = { token: "pulumi:providers:aws" };

/** The root of every stack, for what is said of a stack as a whole. */
export const Stack: Type<object> = { token: "pulumi:pulumi:Stack" };

export const batch = {
  ComputeEnvironment: type<typeof aws.batch.ComputeEnvironment>(
    "aws:batch/computeEnvironment:ComputeEnvironment",
  ),
  JobDefinition: type<typeof aws.batch.JobDefinition>("aws:batch/jobDefinition:JobDefinition"),
  JobQueue: type<typeof aws.batch.JobQueue>("aws:batch/jobQueue:JobQueue"),
};

export const cloudwatch = {
  LogGroup: type<typeof aws.cloudwatch.LogGroup>("aws:cloudwatch/logGroup:LogGroup"),
};

export const ec2 = {
  DefaultNetworkAcl: type<typeof aws.ec2.DefaultNetworkAcl>(
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
  ),
  DefaultSecurityGroup: type<typeof aws.ec2.DefaultSecurityGroup>(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  ),
  FlowLog: type<typeof aws.ec2.FlowLog>("aws:ec2/flowLog:FlowLog"),
  InternetGateway: type<typeof aws.ec2.InternetGateway>("aws:ec2/internetGateway:InternetGateway"),
  NatGateway: type<typeof aws.ec2.NatGateway>("aws:ec2/natGateway:NatGateway"),
  NetworkAcl: type<typeof aws.ec2.NetworkAcl>("aws:ec2/networkAcl:NetworkAcl"),
  NetworkAclRule: type<typeof aws.ec2.NetworkAclRule>("aws:ec2/networkAclRule:NetworkAclRule"),
  Route: type<typeof aws.ec2.Route>("aws:ec2/route:Route"),
  RouteTable: type<typeof aws.ec2.RouteTable>("aws:ec2/routeTable:RouteTable"),
  RouteTableAssociation: type<typeof aws.ec2.RouteTableAssociation>(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
  ),
  SecurityGroup: type<typeof aws.ec2.SecurityGroup>("aws:ec2/securityGroup:SecurityGroup"),
  SecurityGroupRule: type<typeof aws.ec2.SecurityGroupRule>(
    "aws:ec2/securityGroupRule:SecurityGroupRule",
  ),
  Subnet: type<typeof aws.ec2.Subnet>("aws:ec2/subnet:Subnet"),
  Vpc: type<typeof aws.ec2.Vpc>("aws:ec2/vpc:Vpc"),
  VpcIpv4CidrBlockAssociation: type<typeof aws.ec2.VpcIpv4CidrBlockAssociation>(
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
  ),
};

export const ecr = {
  LifecyclePolicy: type<typeof aws.ecr.LifecyclePolicy>("aws:ecr/lifecyclePolicy:LifecyclePolicy"),
  Repository: type<typeof aws.ecr.Repository>("aws:ecr/repository:Repository"),
  RepositoryPolicy: type<typeof aws.ecr.RepositoryPolicy>(
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
  ),
};

export const iam = {
  AccessKey: type<typeof aws.iam.AccessKey>("aws:iam/accessKey:AccessKey"),
  Group: type<typeof aws.iam.Group>("aws:iam/group:Group"),
  GroupMembership: type<typeof aws.iam.GroupMembership>("aws:iam/groupMembership:GroupMembership"),
  GroupPolicy: type<typeof aws.iam.GroupPolicy>("aws:iam/groupPolicy:GroupPolicy"),
  GroupPolicyAttachment: type<typeof aws.iam.GroupPolicyAttachment>(
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  ),
  Policy: type<typeof aws.iam.Policy>("aws:iam/policy:Policy"),
  PolicyAttachment: type<typeof aws.iam.PolicyAttachment>(
    "aws:iam/policyAttachment:PolicyAttachment",
  ),
  Role: type<typeof aws.iam.Role>("aws:iam/role:Role"),
  RolePolicy: type<typeof aws.iam.RolePolicy>("aws:iam/rolePolicy:RolePolicy"),
  RolePolicyAttachment: type<typeof aws.iam.RolePolicyAttachment>(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  ),
  User: type<typeof aws.iam.User>("aws:iam/user:User"),
  UserGroupMembership: type<typeof aws.iam.UserGroupMembership>(
    "aws:iam/userGroupMembership:UserGroupMembership",
  ),
  UserLoginProfile: type<typeof aws.iam.UserLoginProfile>(
    "aws:iam/userLoginProfile:UserLoginProfile",
  ),
  UserPolicy: type<typeof aws.iam.UserPolicy>("aws:iam/userPolicy:UserPolicy"),
  UserPolicyAttachment: type<typeof aws.iam.UserPolicyAttachment>(
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  ),
};

export const kms = {
  Key: type<typeof aws.kms.Key>("aws:kms/key:Key"),
  KeyPolicy: type<typeof aws.kms.KeyPolicy>("aws:kms/keyPolicy:KeyPolicy"),
};

export const mwaa = {
  Environment: type<typeof aws.mwaa.Environment>("aws:mwaa/environment:Environment"),
};

export const s3 = {
  Bucket: type<typeof aws.s3.Bucket>("aws:s3/bucket:Bucket"),
  BucketAcl: type<typeof aws.s3.BucketAcl>("aws:s3/bucketAcl:BucketAcl"),
  BucketLifecycleConfiguration: type<typeof aws.s3.BucketLifecycleConfiguration>(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  ),
  BucketLogging: type<typeof aws.s3.BucketLogging>("aws:s3/bucketLogging:BucketLogging"),
  BucketOwnershipControls: type<typeof aws.s3.BucketOwnershipControls>(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  ),
  BucketPolicy: type<typeof aws.s3.BucketPolicy>("aws:s3/bucketPolicy:BucketPolicy"),
  BucketPublicAccessBlock: type<typeof aws.s3.BucketPublicAccessBlock>(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  ),
  BucketServerSideEncryptionConfiguration: type<
    typeof aws.s3.BucketServerSideEncryptionConfiguration
  >("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"),
  BucketVersioning: type<typeof aws.s3.BucketVersioning>(
    "aws:s3/bucketVersioning:BucketVersioning",
  ),
};

/** Types of S3 that the SDK keeps for old programs. */
export const s3Legacy = {
  BucketAccelerateConfigurationV2: legacy(
    "aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2",
  ),
  BucketAclV2: legacy("aws:s3/bucketAclV2:BucketAclV2"),
  BucketCorsConfigurationV2: legacy("aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2"),
  BucketLifecycleConfigurationV2: legacy(
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
  ),
  BucketLoggingV2: legacy("aws:s3/bucketLoggingV2:BucketLoggingV2"),
  BucketObject: legacy("aws:s3/bucketObject:BucketObject"),
  BucketObjectLockConfigurationV2: legacy(
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
  ),
  BucketRequestPaymentConfigurationV2: legacy(
    "aws:s3/bucketRequestPaymentConfigurationV2:BucketRequestPaymentConfigurationV2",
  ),
  BucketServerSideEncryptionConfigurationV2: legacy(
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
  ),
  BucketV2: legacy("aws:s3/bucketV2:BucketV2"),
  BucketVersioningV2: legacy("aws:s3/bucketVersioningV2:BucketVersioningV2"),
  BucketWebsiteConfigurationV2: legacy(
    "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
  ),
};

export const secretsmanager = {
  Secret: type<typeof aws.secretsmanager.Secret>("aws:secretsmanager/secret:Secret"),
};

export const vpc = {
  SecurityGroupEgressRule: type<typeof aws.vpc.SecurityGroupEgressRule>(
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  ),
  SecurityGroupIngressRule: type<typeof aws.vpc.SecurityGroupIngressRule>(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  ),
};
