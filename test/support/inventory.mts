// What stands in an account for one environment, read back through the AWS APIs. Generated ids are
// replaced by what they mean: a subnet is its address range, a NAT gateway `nat@<its subnet>`.
import {
  BatchClient,
  paginateDescribeComputeEnvironments,
  paginateDescribeJobDefinitions,
  paginateDescribeJobQueues,
} from "@aws-sdk/client-batch";
import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type IpPermission,
  type NetworkAclEntry,
  type RouteTable,
  type Tag,
} from "@aws-sdk/client-ec2";
import {
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import {
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  paginateListAccessKeys,
  paginateListGroups,
  paginateListPolicies,
  paginateListRoles,
  paginateListUsers,
} from "@aws-sdk/client-iam";
import { KMSClient, paginateListAliases } from "@aws-sdk/client-kms";
import {
  GetEnvironmentCommand,
  ListEnvironmentsCommand,
  type ModuleLoggingConfiguration,
  MWAAClient,
} from "@aws-sdk/client-mwaa";
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from "@aws-sdk/client-s3";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Inventory = Record<string, Json>;

/** Where the account is: the endpoint of a local AWS and its test keys. */
export interface Account {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Everything of `environment` in the account. */
export async function readInventory(account: Account, environment: string): Promise<Inventory> {
  const parts = await Promise.all([
    readNetwork(account, environment),
    readBatch(account, environment),
    readRegistry(account, environment),
    readIam(account, environment),
    readMwaa(account, environment),
    readBuckets(account, environment),
    readLogGroups(account, environment),
  ]);
  const inventory = Object.assign({}, ...parts) as Inventory;
  return canonical(await withKeyAliases(account, inventory)) as Inventory;
}

/** The inventory with the aliases of keys for their ARNs, which AWS makes up. */
async function withKeyAliases(account: Account, inventory: Inventory): Promise<Inventory> {
  const client = new KMSClient(account);
  const aliases = await all(paginateListAliases({ client }, {}), (page) => page.Aliases);
  const names = new Map(aliases.map((alias) => [alias.TargetKeyId, alias.AliasName]));
  const text = JSON.stringify(inventory).replaceAll(
    /arn:aws:kms:[\w-]+:\d+:key\/([\w-]+)/g,
    (arn, id: string) => names.get(id) ?? arn,
  );
  return JSON.parse(text) as Inventory;
}

/** Key order, list order and one-element lists carry no meaning in AWS's documents. */
export function canonical(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    const sorted = items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return sorted.length === 1 && typeof sorted[0] === "string" ? sorted[0] : sorted;
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, canonical(value[key] ?? null)]),
  );
}

/** Paths at which two inventories differ, dotted, with both values. */
export function differencesOf(a: Json, b: Json, path = ""): { path: string; a: Json; b: Json }[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (isRecord(a) && isRecord(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      differencesOf(a[key] ?? null, b[key] ?? null, path ? `${path}/${key}` : key),
    );
  return [{ path, a, b }];
}

function isRecord(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

const json = (text: string | undefined): Json => JSON.parse(text ?? "null") as Json;
const tagsOf = (tags: Tag[] | undefined): Json =>
  Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

async function all<T, P>(
  pages: AsyncIterable<P>,
  items: (page: P) => T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

/** The answer, or null where what is asked for does not exist. */
async function orNull<T>(answer: Promise<T>, ...errors: string[]): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && errors.includes(error.name)) return null;
    throw error;
  }
}

async function readNetwork(account: Account, environment: string): Promise<Inventory> {
  const ec2 = new EC2Client(account);
  const tagged = [{ Name: "tag:Environment", Values: [environment] }];
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: tagged }));
  const [vpc] = Vpcs;
  const inVpc = [{ Name: "vpc-id", Values: Vpcs.map(({ VpcId = "" }) => VpcId) }];
  if (!vpc)
    return {
      vpcs: [],
      subnets: {},
      securityGroups: {},
      networkAcls: [],
      nats: [],
      eips: 0,
      endpoints: [],
      flowLogs: [],
    };
  const [subnets, acls, tables, groups, nats, addresses, endpoints, flowLogs] = await Promise.all([
    ec2.send(new DescribeSubnetsCommand({ Filters: inVpc })),
    ec2.send(new DescribeNetworkAclsCommand({ Filters: inVpc })),
    ec2.send(new DescribeRouteTablesCommand({ Filters: inVpc })),
    ec2.send(new DescribeSecurityGroupsCommand({ Filters: inVpc })),
    ec2.send(new DescribeNatGatewaysCommand({ Filter: inVpc })),
    ec2.send(new DescribeAddressesCommand({ Filters: tagged })),
    ec2.send(new DescribeVpcEndpointsCommand({ Filters: inVpc })),
    ec2.send(
      new DescribeFlowLogsCommand({ Filter: [{ Name: "resource-id", Values: [vpc.VpcId ?? ""] }] }),
    ),
  ]);
  const cidrs = new Map((subnets.Subnets ?? []).map((s) => [s.SubnetId, s.CidrBlock ?? ""]));
  const live = (nats.NatGateways ?? []).filter(({ State }) => State === "available");
  const natNames = new Map(live.map((n) => [n.NatGatewayId, `nat@${cidrs.get(n.SubnetId) ?? ""}`]));
  const groupNames = new Map(
    (groups.SecurityGroups ?? []).map((g) => [g.GroupId, g.GroupName ?? ""]),
  );
  return {
    vpcs: Vpcs.map(({ CidrBlock = "", Tags }) => ({ cidr: CidrBlock, tags: tagsOf(Tags) })),
    subnets: Object.fromEntries(
      (subnets.Subnets ?? []).map((subnet) => [
        subnet.CidrBlock ?? "",
        {
          az: subnet.AvailabilityZone ?? "",
          publicIp: subnet.MapPublicIpOnLaunch ?? false,
          routes: routesOf(tables.RouteTables ?? [], subnet.SubnetId, natNames),
        },
      ]),
    ),
    securityGroups: Object.fromEntries(
      (groups.SecurityGroups ?? []).map((group) => [
        group.GroupName ?? "",
        {
          description: group.Description ?? "",
          ingress: (group.IpPermissions ?? []).map((rule) =>
            ruleOf(rule, group.GroupName, groupNames),
          ),
          egress: (group.IpPermissionsEgress ?? []).map((rule) =>
            ruleOf(rule, group.GroupName, groupNames),
          ),
        },
      ]),
    ),
    networkAcls: (acls.NetworkAcls ?? []).map(({ Entries = [], Associations = [] }) => ({
      entries: Entries.filter(({ RuleNumber = 0 }) => RuleNumber < lastAclRule).map(aclEntryOf),
      subnets: Associations.length,
    })),
    nats: [...natNames.values()],
    eips: addresses.Addresses?.length ?? 0,
    endpoints: (endpoints.VpcEndpoints ?? [])
      .filter(({ State }) => State !== "Deleted" && (State as string) !== "deleted")
      .map(({ ServiceName = "", RouteTableIds = [] }) => ({
        service: ServiceName,
        routeTables: RouteTableIds.length,
      })),
    flowLogs: (flowLogs.FlowLogs ?? []).map(({ TrafficType = "", LogGroupName = "" }) => ({
      trafficType: TrafficType,
      logGroup: LogGroupName,
    })),
  };
}

function routesOf(
  tables: RouteTable[],
  subnetId: string | undefined,
  nats: Map<string | undefined, string>,
): Json {
  const of = tables.find((t) => t.Associations?.some((a) => a.SubnetId === subnetId));
  // A gateway endpoint's route says no more than the endpoint does.
  const routes = (of?.Routes ?? []).filter(({ GatewayId }) => !GatewayId?.startsWith("vpce-"));
  return routes.map((route) => [
    route.DestinationCidrBlock ?? "",
    route.NatGatewayId
      ? (nats.get(route.NatGatewayId) ?? "")
      : route.GatewayId?.startsWith("igw-")
        ? "igw"
        : (route.GatewayId ?? ""),
  ]);
}

/** The rule that ends every list, which nobody writes or deletes. */
const lastAclRule = 32767;

function aclEntryOf(entry: NetworkAclEntry): Json {
  const { RuleNumber = 0, Egress = false, RuleAction = "", Protocol = "", CidrBlock = "" } = entry;
  const { From = null, To = null } = entry.PortRange ?? {};
  const what = `${Egress ? "egress" : "ingress"} ${RuleNumber}`;
  return { what, action: RuleAction, protocol: Protocol, cidr: CidrBlock, from: From, to: To };
}

function ruleOf(
  rule: IpPermission,
  self: string | undefined,
  names: Map<string | undefined, string>,
): Json {
  const all = rule.IpProtocol === "-1";
  const groups = (rule.UserIdGroupPairs ?? []).map(({ GroupId }) => names.get(GroupId));
  return {
    cidr: (rule.IpRanges ?? []).map(({ CidrIp = "" }) => CidrIp),
    from: all ? null : (rule.FromPort ?? null),
    proto: rule.IpProtocol ?? "",
    self: groups.includes(self),
    to: all ? null : (rule.ToPort ?? null),
  };
}

async function readBatch(account: Account, environment: string): Promise<Inventory> {
  const client = new BatchClient(account);
  const ours = (name: string | undefined) => name?.includes(`-${environment}-`) ?? false;
  const [environments, queues, definitions, network] = await Promise.all([
    all(paginateDescribeComputeEnvironments({ client }, {}), (p) => p.computeEnvironments),
    all(paginateDescribeJobQueues({ client }, {}), (p) => p.jobQueues),
    all(paginateDescribeJobDefinitions({ client }, { status: "ACTIVE" }), (p) => p.jobDefinitions),
    networkNames(account),
  ]);
  const names = new Map(
    environments.map((e) => [e.computeEnvironmentArn, e.computeEnvironmentName ?? ""]),
  );
  return {
    computeEnvironments: Object.fromEntries(
      environments
        .filter((e) => ours(e.computeEnvironmentName))
        .map((e) => [
          e.computeEnvironmentName ?? "",
          {
            resources: {
              type: e.computeResources?.type ?? "",
              maxvCpus: e.computeResources?.maxvCpus ?? 0,
              subnets: network(e.computeResources?.subnets),
              securityGroups: network(e.computeResources?.securityGroupIds),
            },
            serviceRole: e.serviceRole ?? "",
            state: e.state ?? "",
            type: e.type ?? "",
          },
        ]),
    ),
    jobQueues: Object.fromEntries(
      queues
        .filter((q) => ours(q.jobQueueName))
        .map((q) => [
          q.jobQueueName ?? "",
          {
            order: (q.computeEnvironmentOrder ?? []).map(
              (o) => names.get(o.computeEnvironment) ?? "",
            ),
            priority: q.priority ?? 0,
            state: q.state ?? "",
          },
        ]),
    ),
    jobDefinitions: Object.fromEntries(
      definitions
        .filter((d) => ours(d.jobDefinitionName))
        .map((d) => [
          d.jobDefinitionName ?? "",
          {
            containerProperties: (d.containerProperties ?? null) as unknown as Json,
            platformCapabilities: d.platformCapabilities ?? [],
            retryStrategy: (d.retryStrategy ?? null) as unknown as Json,
            timeout: (d.timeout ?? null) as unknown as Json,
            type: d.type ?? "",
          },
        ]),
    ),
  };
}

/** Turns ids of subnets and security groups into address ranges and names. */
async function networkNames(account: Account): Promise<(ids: string[] | undefined) => string[]> {
  const ec2 = new EC2Client(account);
  const [{ Subnets = [] }, { SecurityGroups = [] }] = await Promise.all([
    ec2.send(new DescribeSubnetsCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
  ]);
  const names = new Map([
    ...Subnets.map((s) => [s.SubnetId ?? "", s.CidrBlock ?? ""] as const),
    ...SecurityGroups.map((g) => [g.GroupId ?? "", g.GroupName ?? ""] as const),
  ]);
  return (ids = []) => ids.map((id) => names.get(id) ?? id);
}

async function readRegistry(account: Account, environment: string): Promise<Inventory> {
  const client = new ECRClient(account);
  const { repositories = [] } = await client.send(new DescribeRepositoriesCommand({}));
  const ours = repositories.filter(({ repositoryName = "" }) =>
    repositoryName.includes(`-${environment}-`),
  );
  const entries = ours.map(
    async ({ repositoryName = "", imageTagMutability = "", ...repository }) => {
      const lifecycle = await orNull(
        client.send(new GetLifecyclePolicyCommand({ repositoryName })),
        "LifecyclePolicyNotFoundException",
      );
      return [
        repositoryName,
        {
          lifecycle: json(lifecycle?.lifecyclePolicyText),
          mutability: imageTagMutability,
          scanOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
        },
      ];
    },
  );
  return { ecr: Object.fromEntries(await Promise.all(entries)) as Json };
}

async function readIam(account: Account, environment: string): Promise<Inventory> {
  const client = new IAMClient(account);
  const ours = (name = "") => name.endsWith(`-${environment}`) || name.includes(`-${environment}-`);
  const [roles, policies, groups, users, oidc] = await Promise.all([
    all(paginateListRoles({ client }, {}), (p) => p.Roles),
    all(paginateListPolicies({ client }, { Scope: "Local" }), (p) => p.Policies),
    all(paginateListGroups({ client }, {}), (p) => p.Groups),
    all(paginateListUsers({ client }, {}), (p) => p.Users),
    client.send(new ListOpenIDConnectProvidersCommand({})),
  ]);
  const arns = (attached: { PolicyArn?: string | undefined }[] | undefined) =>
    (attached ?? []).map(({ PolicyArn = "" }) => PolicyArn);
  const read = async <T,>(items: T[], entry: (item: T) => Promise<[string, Json]>): Promise<Json> =>
    Object.fromEntries(await Promise.all(items.map(entry)));
  return {
    oidc: (oidc.OpenIDConnectProviderList ?? []).map(({ Arn = "" }) => Arn),
    roles: await read(
      roles.filter((r) => ours(r.RoleName)),
      async ({ RoleName = "", AssumeRolePolicyDocument = "" }) => {
        const [attached, inline] = await Promise.all([
          client.send(new ListAttachedRolePoliciesCommand({ RoleName })),
          client.send(new ListRolePoliciesCommand({ RoleName })),
        ]);
        const inlineEntries = (inline.PolicyNames ?? []).map(async (PolicyName) => {
          const policy = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
          return [PolicyName, json(decodeURIComponent(policy.PolicyDocument ?? ""))];
        });
        return [
          RoleName,
          {
            assume: json(decodeURIComponent(AssumeRolePolicyDocument)),
            attached: arns(attached.AttachedPolicies),
            inline: Object.fromEntries(await Promise.all(inlineEntries)) as Json,
          },
        ];
      },
    ),
    policies: await read(
      policies.filter((p) => ours(p.PolicyName)),
      async ({ PolicyName = "", Arn = "", DefaultVersionId = "" }) => {
        const version = await client.send(
          new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId: DefaultVersionId }),
        );
        return [PolicyName, json(decodeURIComponent(version.PolicyVersion?.Document ?? ""))];
      },
    ),
    groups: await read(
      groups.filter((g) => ours(g.GroupName)),
      async ({ GroupName = "" }) => {
        const attached = await client.send(new ListAttachedGroupPoliciesCommand({ GroupName }));
        return [GroupName, { attached: arns(attached.AttachedPolicies) }];
      },
    ),
    users: await read(
      // The people of the account, and this environment's bot.
      users.filter((u) => !u.UserName?.endsWith("-cd-bot") || ours(u.UserName)),
      async ({ UserName = "" }) => {
        const [attached, memberOf, keys] = await Promise.all([
          client.send(new ListAttachedUserPoliciesCommand({ UserName })),
          client.send(new ListGroupsForUserCommand({ UserName })),
          all(paginateListAccessKeys({ client }, { UserName }), (p) => p.AccessKeyMetadata),
        ]);
        return [
          UserName,
          {
            attached: arns(attached.AttachedPolicies),
            groups: (memberOf.Groups ?? []).map(({ GroupName = "" }) => GroupName).filter(ours),
            keys: keys.length,
          },
        ];
      },
    ),
  };
}

async function readMwaa(account: Account, environment: string): Promise<Inventory> {
  // The service's `api.` host prefix has no address on a local endpoint.
  const client = new MWAAClient({ ...account, disableHostPrefix: true });
  const { Environments = [] } = await client.send(new ListEnvironmentsCommand({}));
  const network = await networkNames(account);
  const entries = Environments.filter((name) => name.includes(`-${environment}-`)).map(
    async (Name) => {
      const { Environment = {} } = await client.send(new GetEnvironmentCommand({ Name }));
      const logging = Object.entries<ModuleLoggingConfiguration>({
        ...Environment.LoggingConfiguration,
      }).map(([component, { Enabled = false, LogLevel = "" }]) => [
        component,
        { Enabled, LogLevel },
      ]);
      return [
        Name,
        {
          AirflowConfigurationOptions: Environment.AirflowConfigurationOptions ?? {},
          AirflowVersion: Environment.AirflowVersion ?? "",
          DagS3Path: Environment.DagS3Path ?? "",
          EnvironmentClass: Environment.EnvironmentClass ?? "",
          KmsKey: Environment.KmsKey ?? null,
          ExecutionRoleArn: Environment.ExecutionRoleArn ?? "",
          LoggingConfiguration: Object.fromEntries(logging) as Json,
          MaxWorkers: Environment.MaxWorkers ?? 0,
          MinWorkers: Environment.MinWorkers ?? 0,
          RequirementsS3Path: Environment.RequirementsS3Path ?? null,
          requirementsVersioned: Boolean(Environment.RequirementsS3ObjectVersion),
          Schedulers: Environment.Schedulers ?? 0,
          SourceBucketArn: Environment.SourceBucketArn ?? "",
          Tags: Environment.Tags ?? {},
          WebserverAccessMode: Environment.WebserverAccessMode ?? "",
          securityGroups: network(Environment.NetworkConfiguration?.SecurityGroupIds),
          subnets: network(Environment.NetworkConfiguration?.SubnetIds),
        },
      ];
    },
  );
  return { mwaa: Object.fromEntries(await Promise.all(entries)) as Json };
}

async function readBuckets(account: Account, environment: string): Promise<Inventory> {
  const client = new S3Client({ ...account, forcePathStyle: true });
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  const ours = Buckets.filter(({ Name = "" }) => Name.includes(`-${environment}-`));
  const entries = ours.map(async ({ Name: Bucket = "" }) => {
    const [encryption, lifecycle, pab, policy, tags, versioning, ownership, logging, events] =
      await Promise.all([
        orNull(
          client.send(new GetBucketEncryptionCommand({ Bucket })),
          "ServerSideEncryptionConfigurationNotFoundError",
        ),
        orNull(
          client.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
          "NoSuchLifecycleConfiguration",
        ),
        orNull(
          client.send(new GetPublicAccessBlockCommand({ Bucket })),
          "NoSuchPublicAccessBlockConfiguration",
        ),
        orNull(client.send(new GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy"),
        orNull(client.send(new GetBucketTaggingCommand({ Bucket })), "NoSuchTagSet"),
        client.send(new GetBucketVersioningCommand({ Bucket })),
        orNull(
          client.send(new GetBucketOwnershipControlsCommand({ Bucket })),
          "OwnershipControlsNotFoundError",
        ),
        client.send(new GetBucketLoggingCommand({ Bucket })),
        client.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
      ]);
    return [
      Bucket,
      {
        encryption: (encryption?.ServerSideEncryptionConfiguration?.Rules ??
          null) as unknown as Json,
        lifecycle: (lifecycle?.Rules ?? null) as unknown as Json,
        ownership: ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? null,
        logging: logging.LoggingEnabled?.TargetBucket ?? null,
        events: events.EventBridgeConfiguration ? "EventBridge" : null,
        pab: (pab?.PublicAccessBlockConfiguration ?? null) as unknown as Json,
        policy: json(policy?.Policy),
        tags: tagsOf(tags?.TagSet),
        versioning: versioning.Status ?? null,
      },
    ];
  });
  return { buckets: Object.fromEntries(await Promise.all(entries)) as Json };
}

async function readLogGroups(account: Account, environment: string): Promise<Inventory> {
  const client = new CloudWatchLogsClient(account);
  const groups = await all(paginateDescribeLogGroups({ client }, {}), (p) => p.logGroups);
  const ours = groups.filter(({ logGroupName = "" }) => logGroupName.includes(`-${environment}-`));
  return {
    logGroups: Object.fromEntries(
      ours.map(({ logGroupName = "", retentionInDays = null, kmsKeyId = null }) => [
        logGroupName,
        { retentionInDays, kmsKey: kmsKeyId },
      ]),
    ),
  };
}
