// The account that a Terraform state describes, made by plain API calls. Ids that AWS makes up come out other than in
// the state: they are recorded, and the state is told of them, and of nothing else.
import {
  BatchClient,
  type ContainerProperties,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
} from "@aws-sdk/client-batch";
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  type IpPermission,
  ModifySubnetAttributeCommand,
  type ResourceType,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand, ECRClient, type ImageTagMutability } from "@aws-sdk/client-ecr";
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import {
  CreateEnvironmentCommand,
  MWAAClient,
  type WebserverAccessMode,
} from "@aws-sdk/client-mwaa";
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Account } from "./inventory.mts";

/** A state of version 4, as far as it is read here. */
export interface TerraformState {
  resources: {
    mode: string;
    type: string;
    name: string;
    instances: { index_key?: string | number; attributes: Attributes }[];
  }[];
}

type Tags = Record<string, string>;
interface Rule {
  protocol: string;
  from_port: number;
  to_port: number;
  cidr_blocks: string[];
  description: string;
  self: boolean;
}

/** What resources of all types have that is read here. */
export interface Attributes {
  id: string;
  arn: string;
  name: string;
  path: string;
  tags_all: Tags;
  cidr_block: string;
  vpc_id: string;
  availability_zone: string;
  map_public_ip_on_launch: boolean;
  allocation_id: string;
  public_ip: string;
  subnet_id: string;
  route_table_id: string;
  route: { cidr_block: string; gateway_id: string; nat_gateway_id: string }[];
  description: string;
  ingress: Rule[];
  egress: Rule[];
  policy: string;
  policy_arn: string;
  assume_role_policy: string;
  role: string;
  user: string;
  users: string[];
  group: string;
  bucket: string;
  image_tag_mutability: ImageTagMutability;
  image_scanning_configuration: { scan_on_push: boolean }[];
  compute_environment_name: string;
  compute_resources: { max_vcpus: number; subnets: string[]; security_group_ids: string[] }[];
  compute_environments: string[];
  service_role: string;
  priority: number;
  container_properties: string;
  airflow_version: string;
  airflow_configuration_options: Record<string, string>;
  dag_s3_path: string;
  requirements_s3_path: string | null;
  environment_class: string;
  execution_role_arn: string;
  source_bucket_arn: string;
  min_workers: number;
  max_workers: number;
  schedulers: number;
  webserver_access_mode: WebserverAccessMode;
  network_configuration: { subnet_ids: string[]; security_group_ids: string[] }[];
}

const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const tagged = (ResourceType: ResourceType, { tags_all }: Attributes) => ({
  TagSpecifications: [{ ResourceType, Tags: tagList(tags_all) }],
});

/** Makes the resources of a state, in the order in which they need each other. */
class Builder {
  /** What AWS made up, by what the state has in its place. */
  readonly made = new Map<string, string>();
  readonly #state: TerraformState;
  readonly #ec2: EC2Client;
  readonly #iam: IAMClient;
  readonly #s3: S3Client;
  readonly #batch: BatchClient;
  readonly #account: Account;

  constructor(state: TerraformState, account: Account) {
    this.#state = state;
    this.#account = account;
    this.#ec2 = new EC2Client(account);
    this.#iam = new IAMClient(account);
    this.#s3 = new S3Client({ ...account, forcePathStyle: true });
    this.#batch = new BatchClient(account);
  }

  async build(): Promise<void> {
    await this.#network();
    await this.#identity();
    await this.#storage();
    await this.#jobs();
    await this.#airflow();
  }

  /** The value with what AWS made up in place of what the state has. */
  now<T>(value: T): T {
    let text = JSON.stringify(value);
    for (const [was, is] of this.made) text = text.replaceAll(was, is);
    return JSON.parse(text) as T;
  }

  async #each(type: string, make: (attributes: Attributes) => Promise<unknown>): Promise<void> {
    const of = this.#state.resources.filter((r) => r.mode === "managed" && r.type === type);
    for (const { attributes } of of.flatMap(({ instances }) => instances))
      await make(this.now(attributes));
  }

  #record(was: string, is: string | undefined): void {
    if (was && is) this.made.set(was, is);
  }

  async #network(): Promise<void> {
    const ec2 = this.#ec2;
    await this.#each("aws_vpc", async (it) => {
      const { Vpc } = await ec2.send(
        new CreateVpcCommand({ CidrBlock: it.cidr_block, ...tagged("vpc", it) }),
      );
      this.#record(it.id, Vpc?.VpcId);
    });
    await this.#each("aws_internet_gateway", async (it) => {
      const { InternetGateway: made } = await ec2.send(
        new CreateInternetGatewayCommand(tagged("internet-gateway", it)),
      );
      this.#record(it.id, made?.InternetGatewayId);
      await ec2.send(
        new AttachInternetGatewayCommand({
          InternetGatewayId: made?.InternetGatewayId,
          VpcId: it.vpc_id,
        }),
      );
    });
    await this.#each("aws_subnet", async (it) => {
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({
          VpcId: it.vpc_id,
          CidrBlock: it.cidr_block,
          AvailabilityZone: it.availability_zone,
          ...tagged("subnet", it),
        }),
      );
      this.#record(it.id, Subnet?.SubnetId);
      const MapPublicIpOnLaunch = { Value: it.map_public_ip_on_launch };
      await ec2.send(
        new ModifySubnetAttributeCommand({ SubnetId: Subnet?.SubnetId, MapPublicIpOnLaunch }),
      );
    });
    await this.#each("aws_eip", async (it) => {
      const address = await ec2.send(
        new AllocateAddressCommand({ Domain: "vpc", ...tagged("elastic-ip", it) }),
      );
      this.#record(it.id, address.AllocationId);
      this.#record(it.public_ip, address.PublicIp);
    });
    await this.#each("aws_nat_gateway", async (it) => {
      const { NatGateway } = await ec2.send(
        new CreateNatGatewayCommand({
          SubnetId: it.subnet_id,
          AllocationId: it.allocation_id,
          ConnectivityType: "public",
          ...tagged("natgateway", it),
        }),
      );
      this.#record(it.id, NatGateway?.NatGatewayId);
    });
    await this.#each("aws_route_table", async (it) => {
      const { RouteTable } = await ec2.send(
        new CreateRouteTableCommand({ VpcId: it.vpc_id, ...tagged("route-table", it) }),
      );
      this.#record(it.id, RouteTable?.RouteTableId);
      for (const { cidr_block, gateway_id, nat_gateway_id } of it.route)
        await ec2.send(
          new CreateRouteCommand({
            RouteTableId: RouteTable?.RouteTableId,
            DestinationCidrBlock: cidr_block,
            ...(gateway_id ? { GatewayId: gateway_id } : { NatGatewayId: nat_gateway_id }),
          }),
        );
    });
    await this.#each("aws_route_table_association", async (it) => {
      const { AssociationId } = await ec2.send(
        new AssociateRouteTableCommand({ RouteTableId: it.route_table_id, SubnetId: it.subnet_id }),
      );
      this.#record(it.id, AssociationId);
    });
    await this.#each("aws_security_group", (it) => this.#securityGroup(it));
  }

  async #securityGroup(it: Attributes): Promise<void> {
    const ec2 = this.#ec2;
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: it.name,
        Description: it.description,
        VpcId: it.vpc_id,
        ...tagged("security-group", it),
      }),
    );
    this.#record(it.id, GroupId);
    const permission = (rule: Rule): IpPermission => ({
      IpProtocol: rule.protocol,
      ...(rule.protocol !== "-1" && { FromPort: rule.from_port, ToPort: rule.to_port }),
      IpRanges: rule.cidr_blocks.map((CidrIp) => ({
        CidrIp,
        ...(rule.description && { Description: rule.description }),
      })),
      ...(rule.self && { UserIdGroupPairs: [{ GroupId }] }),
    });
    // AWS makes a group open outwards; Terraform closes it.
    const open = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: open }));
    for (const rule of it.egress)
      await ec2.send(
        new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [permission(rule)] }),
      );
    for (const rule of it.ingress)
      await ec2.send(
        new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission(rule)] }),
      );
  }

  async #identity(): Promise<void> {
    const iam = this.#iam;
    await this.#each("aws_iam_policy", (it) =>
      iam.send(
        new CreatePolicyCommand({
          PolicyName: it.name,
          Path: it.path,
          PolicyDocument: it.policy,
          Tags: tagList(it.tags_all),
          ...(it.description && { Description: it.description }),
        }),
      ),
    );
    await this.#each("aws_iam_role", (it) =>
      iam.send(
        new CreateRoleCommand({
          RoleName: it.name,
          Path: it.path,
          AssumeRolePolicyDocument: it.assume_role_policy,
          Tags: tagList(it.tags_all),
          ...(it.description && { Description: it.description }),
        }),
      ),
    );
    await this.#each("aws_iam_user", (it) =>
      iam.send(
        new CreateUserCommand({ UserName: it.name, Path: it.path, Tags: tagList(it.tags_all) }),
      ),
    );
    await this.#each("aws_iam_group", (it) =>
      iam.send(new CreateGroupCommand({ GroupName: it.name, Path: it.path })),
    );
    await this.#each("aws_iam_group_membership", async ({ group, users }) => {
      for (const UserName of users)
        await iam.send(new AddUserToGroupCommand({ GroupName: group, UserName }));
    });
    await this.#each("aws_iam_role_policy_attachment", (it) =>
      iam.send(new AttachRolePolicyCommand({ RoleName: it.role, PolicyArn: it.policy_arn })),
    );
    await this.#each("aws_iam_group_policy_attachment", (it) =>
      iam.send(new AttachGroupPolicyCommand({ GroupName: it.group, PolicyArn: it.policy_arn })),
    );
    await this.#each("aws_iam_user_policy_attachment", (it) =>
      iam.send(new AttachUserPolicyCommand({ UserName: it.user, PolicyArn: it.policy_arn })),
    );
  }

  async #storage(): Promise<void> {
    const s3 = this.#s3;
    const ecr = new ECRClient(this.#account);
    const { region } = this.#account;
    await this.#each("aws_ecr_repository", (it) =>
      ecr.send(
        new CreateRepositoryCommand({
          repositoryName: it.name,
          imageTagMutability: it.image_tag_mutability,
          imageScanningConfiguration: {
            scanOnPush: it.image_scanning_configuration[0]?.scan_on_push ?? false,
          },
          tags: tagList(it.tags_all),
        }),
      ),
    );
    await this.#each("aws_s3_bucket", async ({ bucket: Bucket, tags_all }) => {
      const LocationConstraint = region as BucketLocationConstraint;
      await s3.send(
        new CreateBucketCommand({
          Bucket,
          ...(region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }),
        }),
      );
      const Tagging = { TagSet: tagList(tags_all) };
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }));
    });
    await this.#each("aws_s3_bucket_versioning", ({ bucket: Bucket }) =>
      s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
      ),
    );
    await this.#each("aws_s3_bucket_public_access_block", ({ bucket: Bucket }) =>
      s3.send(
        new PutPublicAccessBlockCommand({
          Bucket,
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
        }),
      ),
    );
  }

  async #jobs(): Promise<void> {
    const batch = this.#batch;
    await this.#each("aws_batch_job_definition", async ({ container_properties: text }) => {
      // The secret is no resource of the state: it was there before.
      for (const [arn, name = ""] of text.matchAll(
        /arn:[\w-]+:secretsmanager:[^"]+?:secret:([\w/]+)-\w{6}/g,
      ))
        if (!this.made.has(arn)) this.#record(arn, await this.#secret(name));
    });
    await this.#each("aws_batch_compute_environment", (it) =>
      batch.send(
        new CreateComputeEnvironmentCommand({
          computeEnvironmentName: it.compute_environment_name,
          type: "MANAGED",
          state: "ENABLED",
          serviceRole: it.service_role,
          computeResources: {
            type: "FARGATE",
            maxvCpus: it.compute_resources[0]?.max_vcpus,
            subnets: it.compute_resources[0]?.subnets,
            securityGroupIds: it.compute_resources[0]?.security_group_ids,
          },
          tags: it.tags_all,
        }),
      ),
    );
    await this.#each("aws_batch_job_queue", (it) =>
      batch.send(
        new CreateJobQueueCommand({
          jobQueueName: it.name,
          state: "ENABLED",
          priority: it.priority,
          computeEnvironmentOrder: it.compute_environments.map((computeEnvironment, i) => ({
            order: i + 1,
            computeEnvironment,
          })),
          tags: it.tags_all,
        }),
      ),
    );
    await this.#each("aws_batch_job_definition", (it) =>
      batch.send(
        new RegisterJobDefinitionCommand({
          jobDefinitionName: it.name,
          type: "container",
          platformCapabilities: ["FARGATE"],
          containerProperties: JSON.parse(it.container_properties) as ContainerProperties,
          tags: it.tags_all,
        }),
      ),
    );
  }

  /** The local AWS has one of this name in its own region. */
  async #secret(Name: string): Promise<string | undefined> {
    const secrets = new SecretsManagerClient(this.#account);
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
    const found = SecretList.find((secret) => secret.Name === Name);
    if (found) return found.ARN;
    const SecretString = JSON.stringify({ account: "test" });
    return (await secrets.send(new CreateSecretCommand({ Name, SecretString }))).ARN;
  }

  async #airflow(): Promise<void> {
    const mwaa = new MWAAClient({ ...this.#account, disableHostPrefix: true });
    await this.#each("aws_mwaa_environment", async (it) => {
      const Bucket = it.source_bucket_arn.split(":::").at(-1);
      if (it.requirements_s3_path)
        await this.#s3.send(
          new PutObjectCommand({ Bucket, Key: it.requirements_s3_path, Body: "# of a script\n" }),
        );
    });
    await this.#each("aws_mwaa_environment", (it) =>
      mwaa.send(
        new CreateEnvironmentCommand({
          Name: it.name,
          AirflowVersion: it.airflow_version,
          AirflowConfigurationOptions: it.airflow_configuration_options,
          DagS3Path: it.dag_s3_path,
          ...(it.requirements_s3_path && { RequirementsS3Path: it.requirements_s3_path }),
          EnvironmentClass: it.environment_class,
          ExecutionRoleArn: it.execution_role_arn,
          SourceBucketArn: it.source_bucket_arn,
          MinWorkers: it.min_workers,
          MaxWorkers: it.max_workers,
          Schedulers: it.schedulers,
          WebserverAccessMode: it.webserver_access_mode,
          NetworkConfiguration: {
            SubnetIds: it.network_configuration[0]?.subnet_ids,
            SecurityGroupIds: it.network_configuration[0]?.security_group_ids,
          },
          Tags: it.tags_all,
        }),
      ),
    );
  }
}

/** Makes the account of the state, and resolves to the state with the ids that the account has. */
export async function makeAccount(
  state: TerraformState,
  account: Account,
): Promise<{ state: TerraformState; made: ReadonlyMap<string, string> }> {
  const builder = new Builder(state, account);
  await builder.build();
  return { state: builder.now(state), made: builder.made };
}
