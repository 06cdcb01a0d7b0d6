// Guard of MWAA: MiniStack makes an environment of anything. AWS refuses, or fails half an hour
// later, when what the environment stands on is not there.
// Can go when MiniStack checks bucket, role and network itself.
// https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-s3-bucket.html
// https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
// https://docs.aws.amazon.com/mwaa/latest/userguide/networking-about.html
import type { EC2Client, VpcEndpoint } from "@aws-sdk/client-ec2";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ClientConfig } from "./clients.mts";
import { AwsError } from "./errors.mts";
import { allows, parseDocument, trusts, type PolicyDocument } from "./policies.mts";

export interface EnvironmentRequest {
  SourceBucketArn?: string;
  DagS3Path?: string;
  RequirementsS3Path?: string;
  RequirementsS3ObjectVersion?: string;
  PluginsS3Path?: string;
  PluginsS3ObjectVersion?: string;
  StartupScriptS3Path?: string;
  StartupScriptS3ObjectVersion?: string;
  ExecutionRoleArn?: string;
  KmsKey?: string;
  NetworkConfiguration?: { SubnetIds?: string[]; SecurityGroupIds?: string[] };
}

const refuse = (message: string): never => {
  throw new AwsError("ValidationException", message);
};

const errorName = (error: unknown) => (error instanceof Error ? error.name : String(error));

async function checkBucket(s3: S3Client, bucket: string): Promise<void> {
  const { GetBucketVersioningCommand, GetPublicAccessBlockCommand } =
    await import("@aws-sdk/client-s3");
  const block = await s3
    .send(new GetPublicAccessBlockCommand({ Bucket: bucket }))
    .then((answer) => answer.PublicAccessBlockConfiguration)
    .catch((error: unknown) => {
      if (errorName(error) === "NoSuchBucket") refuse(`Bucket ${bucket} does not exist`);
      if (errorName(error) !== "NoSuchPublicAccessBlockConfiguration") throw error;
      return undefined;
    });
  if (
    !block?.BlockPublicAcls ||
    !block.BlockPublicPolicy ||
    !block.IgnorePublicAcls ||
    !block.RestrictPublicBuckets
  )
    refuse(`Provided bucket does not have BlockPublicAccess set for s3 bucket ${bucket}`);
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
  if (Status !== "Enabled") refuse(`Versioning is not enabled for s3 bucket ${bucket}`);
}

/** A bucket with a key of its own wants an environment with the same. */
async function checkKey(s3: S3Client, bucket: string, key: string | undefined): Promise<void> {
  const { GetBucketEncryptionCommand } = await import("@aws-sdk/client-s3");
  const rules = await s3
    .send(new GetBucketEncryptionCommand({ Bucket: bucket }))
    .then((answer) => answer.ServerSideEncryptionConfiguration?.Rules ?? [])
    .catch((error: unknown) => {
      if (errorName(error) !== "ServerSideEncryptionConfigurationNotFoundError") throw error;
      return [];
    });
  const used = rules[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
  if (used && used !== key)
    refuse(`s3 bucket ${bucket} is encrypted with ${used}: the environment must have the same key`);
}

async function checkObject(
  s3: S3Client,
  bucket: string,
  key: string | undefined,
  version: string | undefined,
  field: string,
): Promise<void> {
  if (!key) return;
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  const head = new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: version || undefined });
  await s3.send(head).catch(() => {
    const which = version ? ` in version ${version}` : "";
    refuse(`${field}: there is no object ${key}${which} in s3 bucket ${bucket}`);
  });
}

async function roleDocuments(iam: IAMClient, role: string): Promise<PolicyDocument[]> {
  const sdk = await import("@aws-sdk/client-iam");
  const documents: PolicyDocument[] = [];
  for await (const page of sdk.paginateListRolePolicies({ client: iam }, { RoleName: role }))
    for (const name of page.PolicyNames ?? []) {
      const policy = new sdk.GetRolePolicyCommand({ RoleName: role, PolicyName: name });
      documents.push(parseDocument((await iam.send(policy)).PolicyDocument));
    }
  for await (const page of sdk.paginateListAttachedRolePolicies(
    { client: iam },
    { RoleName: role },
  ))
    for (const { PolicyArn } of page.AttachedPolicies ?? []) {
      const { Policy } = await iam.send(new sdk.GetPolicyCommand({ PolicyArn }));
      const version = new sdk.GetPolicyVersionCommand({
        PolicyArn,
        VersionId: Policy?.DefaultVersionId,
      });
      documents.push(parseDocument((await iam.send(version)).PolicyVersion?.Document));
    }
  return documents;
}

async function checkRole(iam: IAMClient, arn: string, bucket: string, dags: string): Promise<void> {
  const { GetRoleCommand } = await import("@aws-sdk/client-iam");
  const role = arn.split("/").at(-1) ?? "";
  const { Role } = await iam
    .send(new GetRoleCommand({ RoleName: role }))
    .catch((error: unknown) => {
      if (errorName(error).startsWith("NoSuchEntity"))
        refuse(`Execution role ${arn} does not exist`);
      throw error;
    });
  const trust = parseDocument(Role?.AssumeRolePolicyDocument);
  for (const service of ["airflow.amazonaws.com", "airflow-env.amazonaws.com"])
    if (!trusts(trust, service)) refuse(`Execution role ${role} cannot be assumed by ${service}`);
  const documents = await roleDocuments(iam, role);
  if (!allows(documents, "s3:GetObject", `arn:aws:s3:::${bucket}/${dags}/dag.py`))
    refuse(
      `Provided role does not have sufficient permissions for s3 location ${bucket}/${dags}:` +
        ` ${role} may not s3:GetObject*`,
    );
  if (!allows(documents, "airflow:PublishMetrics"))
    refuse(`Provided role ${role} does not have sufficient permissions: airflow:PublishMetrics`);
}

/**
 * What Airflow reaches by interface endpoints where it has no way to the internet, besides S3's gateway.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-vpe-create-access.html
 */
const privateServices = [
  "airflow.api",
  "airflow.env",
  "ecr.api",
  "ecr.dkr",
  "kms",
  "logs",
  "monitoring",
  "sqs",
];

/** Private routing: nothing but endpoints, found by AWS's own names of the services. */
function checkEndpoints(
  endpoints: readonly VpcEndpoint[],
  region: string,
  subnet: string,
  routeTable: string,
): void {
  const standing = (service: string) =>
    endpoints.filter(
      ({ ServiceName, State }) =>
        ServiceName === `com.amazonaws.${region}.${service}` &&
        State?.toLowerCase() === "available",
    );
  const missing = privateServices.filter(
    (service) =>
      !standing(service).some((e) => e.VpcEndpointType === "Interface" && e.PrivateDnsEnabled),
  );
  const s3 = standing("s3").some(
    (e) => e.VpcEndpointType === "Gateway" && e.RouteTableIds?.includes(routeTable),
  );
  if (missing.length > 0 || !s3)
    refuse(
      `Subnet ${subnet} has no default route (0.0.0.0/0), and not the endpoints of private routing:` +
        ` ${[...(s3 ? [] : [`s3 (gateway, in route table ${routeTable})`]), ...missing].join(", ")}`,
    );
}

/** Throws unless these are two private subnets in two zones from which Airflow reaches what it needs. */
export async function checkSubnets(ec2: EC2Client, region: string, ids: string[]): Promise<void> {
  const { DescribeRouteTablesCommand, DescribeSubnetsCommand, DescribeVpcEndpointsCommand } =
    await import("@aws-sdk/client-ec2");
  if (ids.length !== 2) refuse(`Exactly two subnets are needed, not ${ids.length}`);
  const { Subnets = [] } = await ec2
    .send(new DescribeSubnetsCommand({ SubnetIds: ids }))
    .catch(() => refuse(`Subnets ${ids.join(", ")} do not exist`));
  if (new Set(Subnets.map((subnet) => subnet.AvailabilityZone)).size !== 2)
    refuse(`Subnets ${ids.join(", ")} must be in two availability zones`);
  const Filters = [{ Name: "vpc-id", Values: [Subnets[0]?.VpcId ?? ""] }];
  const [{ RouteTables = [] }, { VpcEndpoints = [] }] = await Promise.all([
    ec2.send(new DescribeRouteTablesCommand({ Filters })),
    ec2.send(new DescribeVpcEndpointsCommand({ Filters })),
  ]);
  for (const id of ids) {
    const table =
      RouteTables.find((t) => t.Associations?.some((a) => a.SubnetId === id)) ??
      RouteTables.find((t) => t.Associations?.some((a) => a.Main));
    const route = table?.Routes?.find((r) => r.DestinationCidrBlock === "0.0.0.0/0");
    if (route?.GatewayId?.startsWith("igw-"))
      refuse(`Subnet ${id} is public: it routes to the internet gateway ${route.GatewayId}`);
    if (!route) checkEndpoints(VpcEndpoints, region, id, table?.RouteTableId ?? "");
  }
}

async function checkSecurityGroups(ec2: EC2Client, ids: string[]): Promise<void> {
  const { DescribeSecurityGroupsCommand } = await import("@aws-sdk/client-ec2");
  const { SecurityGroups = [] } = await ec2
    .send(new DescribeSecurityGroupsCommand({ GroupIds: ids }))
    .catch(() => refuse(`Security groups ${ids.join(", ")} do not exist`));
  const allowsItself = SecurityGroups.some((group) =>
    group.IpPermissions?.some((p) => p.UserIdGroupPairs?.some((g) => g.GroupId === group.GroupId)),
  );
  if (!allowsItself) refuse(`Security groups ${ids.join(", ")}: none allows traffic from itself`);
}

/** Throws the ValidationException that AWS would answer with. `current`: the environment to update. */
export async function checkEnvironment(
  config: ClientConfig,
  sent: EnvironmentRequest,
  current: EnvironmentRequest = {},
): Promise<void> {
  const [{ S3Client }, { IAMClient }, { EC2Client }] = await Promise.all([
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/client-iam"),
    import("@aws-sdk/client-ec2"),
  ]);
  const creating = Object.keys(current).length === 0;
  const wanted = { ...current, ...sent };
  const bucket = wanted.SourceBucketArn?.split(":::")[1] ?? "";
  const dags = (wanted.DagS3Path ?? "").replace(/\/+$/, "");
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  if (creating || sent.SourceBucketArn) await checkBucket(s3, bucket);
  if (creating) await checkKey(s3, bucket, wanted.KmsKey);
  for (const file of ["Requirements", "Plugins", "StartupScript"] as const)
    await checkObject(
      s3,
      bucket,
      sent[`${file}S3Path`],
      sent[`${file}S3ObjectVersion`],
      `${file}S3Path`,
    );
  if (creating || sent.ExecutionRoleArn)
    await checkRole(new IAMClient(config), wanted.ExecutionRoleArn ?? "", bucket, dags);
  const ec2 = new EC2Client(config);
  const network = sent.NetworkConfiguration;
  if (creating) await checkSubnets(ec2, config.region, network?.SubnetIds ?? []);
  if (creating || network?.SecurityGroupIds)
    await checkSecurityGroups(ec2, network?.SecurityGroupIds ?? []);
}
