// How it is told, for each type that the program makes, whether a create that was cut off has made something.
import { partitionOf } from "../../components/lib/arn.ts";
import { clientSettings } from "../lib/aws.mts";
import { isNamed } from "../lib/call.mts";
import { getEnvironment, waitUntilAvailable } from "../lib/environment.mts";
import { say } from "../lib/progress.mts";
import * as ec2 from "./ec2.mts";
import { tagsOf, textOf, type Candidates, type Wanted } from "./wanted.mts";

/** Made again, it is what it was: AWS sets what there is one of, or it stands in the state alone. */
export const repeatable = "repeatable";

export type Kind = Candidates | typeof repeatable;

const named =
  (key: string): Candidates =>
  ({ inputs }) => [textOf(inputs, key)];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const arn =
  (service: string, resource: (wanted: Wanted) => string): Candidates =>
  (wanted) => {
    const { account, region } = wanted;
    const where = service === "iam" ? "" : region;
    return [`arn:${partitionOf(region)}:${service}:${where}:${account}:${resource(wanted)}`];
  };

/** A key has no name. Its tags come with the call that makes it; the description tells it from the stack's others. */
const key: Candidates = async ({ inputs, region }) => {
  const { DescribeKeyCommand, KMSClient, ListResourceTagsCommand, paginateListKeys } =
    await import("@aws-sdk/client-kms");
  const kms = new KMSClient(clientSettings(region));
  const tags = Object.entries(tagsOf(inputs));
  const found: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {}))
    for (const { KeyId = "" } of Keys) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      if (KeyMetadata?.KeyState !== "Enabled" || KeyMetadata.KeyManager !== "CUSTOMER") continue;
      if (KeyMetadata.Description !== textOf(inputs, "description")) continue;
      const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
      const has = new Map(Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
      if (tags.every(([name, value]) => has.get(name) === value)) found.push(KeyId);
    }
  kms.destroy();
  return found;
};

/** Nothing can be done with an environment that is being created, which takes half an hour. */
const environment: Candidates = async ({ inputs, region }) => {
  const { GetEnvironmentCommand, MWAAClient } = await import("@aws-sdk/client-mwaa");
  const mwaa = new MWAAClient(clientSettings(region));
  const Name = textOf(inputs, "name");
  try {
    await mwaa.send(new GetEnvironmentCommand({ Name }));
    await waitUntilAvailable(() => getEnvironment(mwaa, Name), { minutes: 60, say });
    return [Name];
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException")) return [];
    throw error;
  } finally {
    mwaa.destroy();
  }
};

/** Each registration under a name is a revision of its own. */
const jobDefinition: Candidates = async ({ inputs, region }) => {
  const { BatchClient, DescribeJobDefinitionsCommand } = await import("@aws-sdk/client-batch");
  const batch = new BatchClient(clientSettings(region));
  const jobDefinitionName = textOf(inputs, "name");
  const { jobDefinitions = [] } = await batch.send(
    new DescribeJobDefinitionsCommand({ jobDefinitionName, status: "ACTIVE" }),
  );
  batch.destroy();
  return jobDefinitions.flatMap(({ jobDefinitionArn }) => jobDefinitionArn ?? []);
};

/** The provider's own read fails on a queue that is not there. */
const jobQueue: Candidates = async ({ inputs, region }) => {
  const { BatchClient, DescribeJobQueuesCommand } = await import("@aws-sdk/client-batch");
  const batch = new BatchClient(clientSettings(region));
  const { jobQueues = [] } = await batch.send(
    new DescribeJobQueuesCommand({ jobQueues: [textOf(inputs, "name")] }),
  );
  batch.destroy();
  return jobQueues
    .filter(({ status = "" }) => !status.startsWith("DELET"))
    .flatMap(({ jobQueueArn }) => jobQueueArn ?? []);
};

/** Here too the provider's own read fails where there is none. */
const lifecycle: Candidates = async ({ inputs, region }) => {
  const { GetBucketLifecycleConfigurationCommand, S3Client } = await import("@aws-sdk/client-s3");
  const s3 = new S3Client(clientSettings(region));
  const Bucket = textOf(inputs, "bucket");
  try {
    await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    return [Bucket];
  } catch (error) {
    if (isNamed(error, "NoSuchLifecycleConfiguration", "NoSuchBucket")) return [];
    throw error;
  } finally {
    s3.destroy();
  }
};

/** By type token; a type that is not here is left to people. */
export const kinds: Readonly<Record<string, Kind>> = {
  "aws:batch/computeEnvironment:ComputeEnvironment": named("name"),
  "aws:batch/jobDefinition:JobDefinition": jobDefinition,
  "aws:batch/jobQueue:JobQueue": jobQueue,
  "aws:budgets/budget:Budget": ({ account, inputs }) => [`${account}:${textOf(inputs, "name")}`],
  "aws:cloudwatch/eventRule:EventRule": repeatable,
  "aws:cloudwatch/eventTarget:EventTarget": repeatable,
  "aws:cloudwatch/logGroup:LogGroup": named("name"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": repeatable,
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": repeatable,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": repeatable,
  "aws:ec2/eip:Eip": ec2.elasticIp,
  "aws:ec2/flowLog:FlowLog": ec2.flowLog,
  "aws:ec2/internetGateway:InternetGateway": ec2.internetGateway,
  "aws:ec2/natGateway:NatGateway": ec2.natGateway,
  "aws:ec2/route:Route": ec2.route,
  "aws:ec2/routeTable:RouteTable": ec2.routeTable,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ec2.routeTableAssociation,
  "aws:ec2/securityGroup:SecurityGroup": ec2.securityGroup,
  "aws:ec2/subnet:Subnet": ec2.subnet,
  "aws:ec2/vpc:Vpc": ec2.vpc,
  "aws:ec2/vpcEndpoint:VpcEndpoint": ec2.vpcEndpoint,
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": repeatable,
  "aws:ecr/repository:Repository": named("name"),
  "aws:iam/group:Group": named("name"),
  "aws:iam/groupMembership:GroupMembership": repeatable,
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": repeatable,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": arn(
    "iam",
    ({ inputs }) => `oidc-provider/${textOf(inputs, "url").replace("https://", "")}`,
  ),
  "aws:iam/policy:Policy": arn(
    "iam",
    ({ inputs }) => `policy${textOf(inputs, "path") || "/"}${textOf(inputs, "name")}`,
  ),
  "aws:iam/role:Role": named("name"),
  "aws:iam/rolePolicy:RolePolicy": repeatable,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": repeatable,
  "aws:iam/user:User": named("name"),
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": repeatable,
  "aws:kms/alias:Alias": named("name"),
  "aws:kms/key:Key": key,
  "aws:mwaa/environment:Environment": environment,
  "aws:s3/bucket:Bucket": named("bucket"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
  "aws:s3/bucketLogging:BucketLogging": repeatable,
  "aws:s3/bucketNotification:BucketNotification": repeatable,
  "aws:s3/bucketObjectv2:BucketObjectv2": repeatable,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": repeatable,
  "aws:s3/bucketPolicy:BucketPolicy": repeatable,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": repeatable,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    repeatable,
  "aws:s3/bucketVersioning:BucketVersioning": repeatable,
  // The same attributes and tags give the same topic; with others AWS refuses it, so that it is looked for.
  "aws:sns/topic:Topic": arn("sns", ({ inputs }) => textOf(inputs, "name")),
  "aws:sns/topicSubscription:TopicSubscription": repeatable,
  "docker-build:index:Image": repeatable,
  "random:index/randomId:RandomId": repeatable,
};
