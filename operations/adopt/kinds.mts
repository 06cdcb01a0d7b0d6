// Kinds of resources that the program makes: which of Terraform's each is, and how AWS's provider finds it.
import { type Instance, text } from "./terraform-state.mts";

/** A resource of the program, as its preview has it. */
export interface Wanted {
  readonly type: string;
  /** An input that is known before anything is there, and text. */
  input(property: string): string | undefined;
  /**
   * What identifies the resource that an input refers to, once that is found: its id, or of a policy its ARN. The
   * input itself where it is known.
   */
  target(property: string): string | undefined;
  /** The instance of what refers to this resource by `property`. */
  consumer(type: string, property: string): Instance | undefined;
}

export interface Kind {
  /** Terraform's type. */
  readonly terraform: string;
  /** Whether the instance is this resource. */
  is(wanted: Wanted, instance: Instance): boolean;
  /** What the provider imports it by; undefined where that cannot be told. */
  importId?(wanted: Wanted, instance: Instance | undefined): string | undefined;
  /** Of a kind that the provider cannot import, or not well: what it can read it by all the same. */
  outputs?(instance: Instance): Readonly<Record<string, unknown>>;
}

const id = (_: Wanted, instance: Instance | undefined) => instance && text(instance, "id");

/** What is called the same in the program and in the state, and found by that name. */
const named = (terraform: string, attribute = "name", input = "name"): Kind => ({
  terraform,
  is: (wanted, instance) => wanted.input(input) === text(instance, attribute),
  importId: (wanted) => wanted.input(input),
});

/** What AWS gives an id, and its settings tell from others of its kind. */
const found = (terraform: string, is: Kind["is"]): Kind => ({
  terraform,
  is,
  importId: id,
});

/** A setting of another resource, of which it has one: what Terraform has not made is made over what there is. */
const settingOf = (terraform: string, owner: string): Kind => ({
  terraform,
  is: (wanted, instance) => wanted.target(owner) === text(instance, owner),
  importId: (wanted, instance) => instance && wanted.target(owner),
});

const ofBucket = (terraform: string): Kind => settingOf(terraform, "bucket");

const attachment = (grantee: "role" | "group" | "user"): Kind => ({
  terraform: `aws_iam_${grantee}_policy_attachment`,
  is: (wanted, instance) =>
    wanted.target(grantee) === text(instance, grantee) &&
    wanted.target("policyArn") === text(instance, "policy_arn"),
  importId: (wanted) => joined("/", wanted.target(grantee), wanted.target("policyArn")),
});

function joined(separator: string, ...parts: (string | undefined)[]): string | undefined {
  return parts.every((part) => part) ? parts.join(separator) : undefined;
}

/** The Name tag. */
export function nameTag({ attributes }: Instance): string {
  const { Name = "" } = (attributes["tags"] ?? {}) as { Name?: string };
  return Name;
}

/** The six hexadecimal digits at the end of the Name tag of a subnet that is named with this random id. */
export function tagSuffix(wanted: Wanted): string | undefined {
  const subnet = wanted.consumer("aws:ec2/subnet:Subnet", "tags");
  return subnet && /-([0-9a-f]{6})$/.exec(nameTag(subnet))?.[1];
}

/** The one block of a list of blocks that holds one. */
export function block({ attributes }: Instance, name: string): Readonly<Record<string, unknown>> {
  const [first = {}] = (attributes[name] ?? []) as Record<string, unknown>[];
  return first;
}

/**
 * By Pulumi's type. Import ids: the section "Import" of each resource's page,
 * https://www.pulumi.com/registry/packages/aws/api-docs/
 */
export const kinds: Readonly<Record<string, Kind>> = {
  "aws:ec2/vpc:Vpc": found(
    "aws_vpc",
    (wanted, instance) => wanted.input("cidrBlock") === text(instance, "cidr_block"),
  ),
  "aws:ec2/internetGateway:InternetGateway": found(
    "aws_internet_gateway",
    (wanted, instance) => wanted.target("vpcId") === text(instance, "vpc_id"),
  ),
  "aws:ec2/subnet:Subnet": found(
    "aws_subnet",
    (wanted, instance) =>
      wanted.target("vpcId") === text(instance, "vpc_id") &&
      wanted.input("cidrBlock") === text(instance, "cidr_block"),
  ),
  "aws:ec2/natGateway:NatGateway": {
    ...found(
      "aws_nat_gateway",
      (wanted, instance) => wanted.target("subnetId") === text(instance, "subnet_id"),
    ),
    // Imported, one that is not regional has no value there, and with its next update the empty list.
    outputs: ({ attributes }) => ({
      allocationId: attributes["allocation_id"],
      subnetId: attributes["subnet_id"],
      connectivityType: attributes["connectivity_type"],
      regionalNatGatewayAddresses: [],
    }),
  },
  // Nothing that AWS knows tells one address or one table from another, but what they are used for.
  "aws:ec2/eip:Eip": found("aws_eip", (wanted, instance) => {
    const nat = wanted.consumer("aws:ec2/natGateway:NatGateway", "allocationId");
    return nat !== undefined && text(nat, "allocation_id") === text(instance, "id");
  }),
  "aws:ec2/routeTable:RouteTable": found("aws_route_table", (wanted, instance) => {
    const association = wanted.consumer(
      "aws:ec2/routeTableAssociation:RouteTableAssociation",
      "routeTableId",
    );
    return (
      association !== undefined && text(association, "route_table_id") === text(instance, "id")
    );
  }),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    terraform: "aws_route_table_association",
    is: (wanted, instance) => wanted.target("subnetId") === text(instance, "subnet_id"),
    importId: (_, instance) =>
      instance && joined("/", text(instance, "subnet_id"), text(instance, "route_table_id")),
  },
  // The reference has its routes inside of their tables.
  "aws:ec2/route:Route": {
    terraform: "aws_route",
    is: (wanted, instance) =>
      wanted.target("routeTableId") === text(instance, "route_table_id") &&
      wanted.input("destinationCidrBlock") === text(instance, "destination_cidr_block"),
    importId: (wanted) =>
      joined("_", wanted.target("routeTableId"), wanted.input("destinationCidrBlock")),
  },
  "aws:ec2/securityGroup:SecurityGroup": found(
    "aws_security_group",
    (wanted, instance) =>
      wanted.target("vpcId") === text(instance, "vpc_id") &&
      wanted.input("name") === text(instance, "name"),
  ),
  "aws:iam/role:Role": named("aws_iam_role"),
  "aws:iam/user:User": named("aws_iam_user"),
  "aws:iam/group:Group": named("aws_iam_group"),
  "aws:iam/policy:Policy": { ...named("aws_iam_policy"), importId: id },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachment("role"),
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": attachment("group"),
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": attachment("user"),
  "aws:iam/groupMembership:GroupMembership": {
    terraform: "aws_iam_group_membership",
    is: (wanted, instance) => wanted.target("group") === text(instance, "group"),
    importId: (_, instance) => instance && text(instance, "name"),
    outputs: ({ attributes: { name, group, users } }) => ({ name, group, users }),
  },
  "aws:s3/bucket:Bucket": named("aws_s3_bucket", "bucket", "bucket"),
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket("aws_s3_bucket_versioning"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket(
    "aws_s3_bucket_public_access_block",
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket(
    "aws_s3_bucket_ownership_controls",
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    ofBucket("aws_s3_bucket_server_side_encryption_configuration"),
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket("aws_s3_bucket_policy"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket(
    "aws_s3_bucket_lifecycle_configuration",
  ),
  "aws:s3/bucketNotification:BucketNotification": ofBucket("aws_s3_bucket_notification"),
  "aws:s3/bucketLogging:BucketLogging": ofBucket("aws_s3_bucket_logging"),
  // A script uploads what Airflow runs: the state has the path in the environment alone.
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    terraform: "aws_s3_object",
    is: (wanted, instance) =>
      wanted.target("bucket") === text(instance, "bucket") &&
      wanted.input("key") === text(instance, "key"),
    importId: (wanted) => joined("/", wanted.target("bucket"), wanted.input("key")),
  },
  "aws:ecr/repository:Repository": named("aws_ecr_repository"),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": settingOf("aws_ecr_lifecycle_policy", "repository"),
  // Its name depends on what the environment stands in, and is not known before that is.
  "aws:batch/computeEnvironment:ComputeEnvironment": found(
    "aws_batch_compute_environment",
    (wanted, instance) =>
      wanted.input("computeResources.type") === block(instance, "compute_resources")["type"],
  ),
  "aws:batch/jobQueue:JobQueue": { ...named("aws_batch_job_queue"), importId: id },
  "aws:batch/jobDefinition:JobDefinition": { ...named("aws_batch_job_definition"), importId: id },
  "aws:mwaa/environment:Environment": named("aws_mwaa_environment"),
  "aws:cloudwatch/logGroup:LogGroup": named("aws_cloudwatch_log_group"),
  "random:index/randomId:RandomId": {
    terraform: "random_id",
    is: (wanted, instance) => tagSuffix(wanted) === text(instance, "hex"),
  },
};
