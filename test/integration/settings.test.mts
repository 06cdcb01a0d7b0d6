// dev with another value of every setting that the emulators can hold, and qa in a VPC and with a key that others made.
import assert from "node:assert/strict";
import {
  BatchClient,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
} from "@aws-sdk/client-batch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AllocateAddressCommand,
  DescribeNatGatewaysCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  CreatePolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import type { Environment as MwaaEnvironment } from "@aws-sdk/client-mwaa";
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Instance } from "../../local/instance.mts";
import {
  accountOf,
  deploy,
  freshInstance,
  make,
  pulumi,
  removeInstance,
  setConfig,
  succeeds,
} from "../support/cli.mts";
import type { Account } from "../support/inventory.mts";

const prefix = "lab-data-test-us-west-2";

type Environment = MwaaEnvironment & { MinWebservers?: number; MaxWebservers?: number };

describe("other settings on a local AWS", function () {
  this.timeout(300_000);
  let folder: string;
  let boundary: string;
  let elasticIp: { AllocationId?: string | undefined; PublicIp?: string | undefined };
  let instance: Instance;
  let clients: ReturnType<typeof clientsOf>;

  const clientsOf = (options: Account) => ({
    batch: new BatchClient(options),
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
    iam: new IAMClient(options),
    kms: new KMSClient(options),
    logs: new CloudWatchLogsClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
  });

  const isClean = async (stack: string) => {
    await succeeds(pulumi(folder, "preview", "--expect-no-changes", "-s", stack));
    await succeeds(pulumi(folder, "preview", "--refresh", "--expect-no-changes", "-s", stack));
  };

  before(async () => {
    instance = await freshInstance("settings", "dev", "qa");
    folder = instance.folder;
    clients = clientsOf(accountOf(instance));
    elasticIp = await clients.ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    });
    const made = new CreatePolicyCommand({ PolicyName: "boundary", PolicyDocument });
    boundary = (await clients.iam.send(made)).Policy?.Arn ?? "";
  });

  after(async () => {
    await removeInstance(folder);
  });

  it("dev takes them all", async () => {
    await setConfig(folder, "dev", {
      owner: "lab",
      project: "data",
      environment: "test",
      iamPath: "/lab/",
      permissionsBoundary: boundary,
      vpcCidr: "10.9.0.0/16",
      publicSubnetCidrs: ["10.9.0.0/24", "10.9.1.0/24", "10.9.2.0/24"],
      privateSubnetCidrs: ["10.9.3.0/24", "10.9.4.0/24", "10.9.5.0/24"],
      natStrategy: "single",
      natElasticIps: [elasticIp.AllocationId],
      interfaceEndpoints: ["ecr.api"],
      batchEgressPorts: [443, 80],
      batchMaxVcpus: 8,
      batchCapacity: ["FARGATE_SPOT", "FARGATE"],
      batchServiceRole: "serviceLinked",
      runnableTimeLimit: 3600,
      jobSubnets: "private",
      jobVcpus: "1",
      jobMemory: 2048,
      jobCommand: ["python", "job.py"],
      jobImageTag: "v1",
      jobSecretPrefix: "DB",
      jobSecretFields: ["user"],
      jobs: {
        default: { architecture: "ARM64", timeout: 3600, readonlyRoot: true, user: "1000" },
        load: {
          imageDigest: `sha256:${"0".repeat(64)}`,
          environment: { TARGET: "raw" },
          attempts: 3,
          retryRules: [
            { action: "RETRY", onExitCode: "75" },
            { action: "EXIT", onReason: "*" },
          ],
          storageGib: 50,
          initProcess: true,
          logRetentionDays: 7,
        },
      },
      airflowVersion: "2.11.0",
      airflowOptions: { "core.parallelism": "8" },
      airflowFiles: "test/fixtures/airflow",
      mwaaClass: "mw1.medium",
      mwaaSchedulers: 3,
      mwaaMinWorkers: 2,
      mwaaMaxWorkers: 7,
      mwaaMinWebservers: 2,
      mwaaMaxWebservers: 3,
      mwaaWebserverAccess: "PRIVATE_ONLY",
      mwaaEgressPorts: [443],
      mwaaMaintenanceWindow: "SUN:03:30",
      mwaaWorkerReplacement: "FORCED",
      mwaaLogLevels: { Task: "DEBUG", Worker: "OFF" },
      mwaaDataKey: true,
      people: ["ann"],
      groupName: "lab",
      projects: ["one", "two"],
      projectOwner: "lab",
      projectGrant: "wildcard",
      githubRepository: "state/infra",
      githubOwnerId: "1",
      githubRepositoryId: "2",
      stateBucket: "lab-state",
      alarmEmails: ["ann@example.org"],
      monthlyBudgetUsd: 500,
      untaggedImageDays: 7,
      scratchExpiryDays: 5,
      noncurrentVersionDays: 10,
      logRetentionDays: 30,
    });
    await succeeds(deploy(folder, "dev"));
    await isClean("dev");
  });

  it("network: three zones, one NAT gateway with the given address, an interface endpoint", async () => {
    const tagged = [{ Name: "tag:Environment", Values: ["test"] }];
    const { ec2 } = clients;
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: tagged }));
    assert.equal(Subnets.length, 6);
    assert.equal(new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size, 3);
    const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ Filter: tagged }));
    assert.deepEqual(
      NatGateways.map(({ NatGatewayAddresses }) => NatGatewayAddresses?.[0]?.PublicIp),
      [elasticIp.PublicIp],
    );
    const { VpcEndpoints = [] } = await ec2.send(
      new DescribeVpcEndpointsCommand({ Filters: tagged }),
    );
    assert.deepEqual(VpcEndpoints.map(({ VpcEndpointType }) => VpcEndpointType).sort(), [
      "Gateway",
      "Interface",
    ]);
  });

  it("jobs: Spot first, under the service-linked role, in private subnets, with limits", async () => {
    const { batch } = clients;
    const { computeEnvironments = [] } = await batch.send(
      new DescribeComputeEnvironmentsCommand({}),
    );
    const types = new Map(
      computeEnvironments.map((e) => [e.computeEnvironmentArn, e.computeResources?.type]),
    );
    for (const { serviceRole, computeResources } of computeEnvironments) {
      assert.match(serviceRole ?? "", /AWSServiceRoleForBatch$/);
      assert.equal(computeResources?.maxvCpus, 8);
      assert.equal(computeResources.subnets?.length, 3);
    }
    const { jobQueues: [queue] = [] } = await batch.send(new DescribeJobQueuesCommand({}));
    assert.deepEqual(
      queue?.computeEnvironmentOrder?.map(({ computeEnvironment }) =>
        types.get(computeEnvironment),
      ),
      ["FARGATE_SPOT", "FARGATE"],
    );
    const limits = queue.jobStateTimeLimitActions ?? [];
    assert.notEqual(limits.length, 0);
    for (const { maxTimeSeconds, action } of limits)
      assert.deepEqual([maxTimeSeconds, action], [3600, "CANCEL"]);

    const { jobDefinitions = [] } = await batch.send(
      new DescribeJobDefinitionsCommand({ status: "ACTIVE" }),
    );
    const definition = (name: string) =>
      jobDefinitions.find(({ jobDefinitionName }) => jobDefinitionName === `${prefix}-${name}`);
    const { containerProperties, timeout } = definition("default") ?? {};
    assert.equal(timeout?.attemptDurationSeconds, 3600);
    assert.equal(containerProperties?.networkConfiguration?.assignPublicIp, "DISABLED");
    assert.equal(containerProperties.runtimePlatform?.cpuArchitecture, "ARM64");
    assert.equal(containerProperties.readonlyRootFilesystem, true);
    assert.deepEqual(
      containerProperties.secrets?.map(({ name }) => name),
      ["DB_USER"],
    );
    const load = definition("load");
    assert.match(load?.containerProperties?.image ?? "", /@sha256:0{64}$/);
    assert.equal(load?.retryStrategy?.attempts, 3);
    assert.equal(load.retryStrategy.evaluateOnExit?.length, 2);
    assert.equal(load.timeout?.attemptDurationSeconds, 3600);
  });

  it("Airflow: version, size, files in their versions, levels and the key of the data", async () => {
    // Not by the SDK, whose newest client here knows no web servers.
    const scope = `${instance.account}/20260101/${instance.region}/airflow/aws4_request`;
    const answer = await fetch(`${instance.url}/environments/${prefix}-mwaa-environment`, {
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}` },
    });
    const { Environment } = (await answer.json()) as { Environment: Environment };
    const { LoggingConfiguration: levels, KmsKey, ...environment } = Environment;
    assert.deepEqual(
      {
        AirflowVersion: environment.AirflowVersion,
        EnvironmentClass: environment.EnvironmentClass,
        sizes: [environment.Schedulers, environment.MinWorkers, environment.MaxWorkers],
        webservers: [environment.MinWebservers, environment.MaxWebservers],
        WebserverAccessMode: environment.WebserverAccessMode,
        WeeklyMaintenanceWindowStart: environment.WeeklyMaintenanceWindowStart,
        parallelism: environment.AirflowConfigurationOptions?.["core.parallelism"],
      },
      {
        AirflowVersion: "2.11.0",
        EnvironmentClass: "mw1.medium",
        sizes: [3, 2, 7],
        webservers: [2, 3],
        WebserverAccessMode: "PRIVATE_ONLY",
        WeeklyMaintenanceWindowStart: "SUN:03:30",
        parallelism: "8",
      },
    );
    for (const version of [
      environment.RequirementsS3ObjectVersion,
      environment.PluginsS3ObjectVersion,
      environment.StartupScriptS3ObjectVersion,
    ])
      assert.ok(version);
    assert.equal(levels?.TaskLogs?.LogLevel, "DEBUG");
    assert.equal(levels.WorkerLogs?.Enabled, false);
    const { s3 } = clients;
    const encryption = new GetBucketEncryptionCommand({ Bucket: `${prefix}-mwaa` });
    const { ServerSideEncryptionConfiguration } = await s3.send(encryption);
    const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
    assert.ok(KmsKey);
    assert.equal(rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID, KmsKey);
  });

  it("IAM: path and boundary, of roles and people", async () => {
    const { iam } = clients;
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: `${prefix}-batch-job-role` }));
    const { User } = await iam.send(new GetUserCommand({ UserName: "ann" }));
    for (const made of [Role, User])
      assert.deepEqual(
        [made?.Path, made?.PermissionsBoundary?.PermissionsBoundaryArn],
        ["/lab/", boundary],
      );
  });

  it("data: what expires, and when", async () => {
    const { s3, logs } = clients;
    const lifecycle = new GetBucketLifecycleConfigurationCommand({ Bucket: `${prefix}-scratch` });
    const { Rules = [] } = await s3.send(lifecycle);
    assert.ok(Rules.some(({ Expiration }) => Expiration?.Days === 5));
    assert.ok(Rules.some(({ NoncurrentVersionExpiration: old }) => old?.NoncurrentDays === 10));
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
    const days = new Map(logGroups.map((group) => [group.logGroupName, group.retentionInDays]));
    assert.equal(days.get(`/aws/batch/${prefix}-load`), 7);
    assert.equal(days.get(`/aws/batch/${prefix}-default`), 30);
  });

  it("qa stands in a VPC, and with a key, that others made", async () => {
    const { ec2, kms, ecr } = clients;
    const tagged = [{ Name: "tag:Environment", Values: ["test"] }];
    const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: tagged }));
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: tagged }));
    const named = (what: string) =>
      Subnets.filter(({ Tags }) => Tags?.some(({ Value }) => Value?.includes(`-${what}-`)))
        .map(({ SubnetId }) => SubnetId)
        .sort();
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await setConfig(folder, "qa", {
      existingVpcId: vpc?.VpcId,
      existingPublicSubnetIds: named("public"),
      existingPrivateSubnetIds: named("private"),
      kmsKeyArn: KeyMetadata?.Arn,
      people: [],
    });
    await succeeds(deploy(folder, "qa"));
    await isClean("qa");
    const output = await succeeds(pulumi(folder, "stack", "output", "--json", "-s", "qa"));
    assert.deepEqual((JSON.parse(output) as { natPublicIps: string[] }).natPublicIps, [
      elasticIp.PublicIp,
    ]);
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
    const ofQa = repositories.find(({ repositoryName }) => repositoryName?.includes("-qa-"));
    assert.equal(ofQa?.encryptionConfiguration?.kmsKey, KeyMetadata?.Arn);
  });

  it("both come down again", async () => {
    for (const stack of ["qa", "dev"]) await succeeds(make(folder, "down", stack));
  });
});
