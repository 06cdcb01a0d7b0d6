// Jobs and Airflow, in their network: stacks that comply with every rule.
import { batch, cloudwatch, ec2, iam, mwaa } from "../../policy/lib/types.ts";
import {
  ACCOUNT_ID,
  bucketStack,
  document,
  key,
  networkStack,
  REGION,
  repositoryStack,
  tags,
} from "./fixtures.ts";
import { change, type Fixture, fixture } from "./support.ts";

const provider = { region: REGION };
export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
export const secretArn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:snowflake-a1b2c3`;

export const subnetsOf = (stack: readonly Fixture[], kind: "public" | "private"): Fixture[] =>
  stack.filter(({ type, name }) => type === ec2.Subnet.token && name.startsWith(kind));

/** What a job runs in, as Batch takes it. */
export const container = {
  image: `${ACCOUNT_ID}.dkr.ecr.${REGION}.amazonaws.com/jobs@sha256:${"0".repeat(64)}`,
  command: ["run", "--date", "today"],
  jobRoleArn: roleArn("job"),
  executionRoleArn: roleArn("exec"),
  fargatePlatformConfiguration: { platformVersion: "LATEST" },
  networkConfiguration: { assignPublicIp: "DISABLED" },
  readonlyRootFilesystem: true,
  environment: [{ name: "STAGE", value: "dev" }],
  secrets: [{ name: "PASSWORD", valueFrom: `${secretArn}:password::` }],
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/dse/jobs" } },
};

/** A queue on Fargate in private subnets, a job definition called `job` and the roles that it names. */
export function batchStack(): Fixture[] {
  const network = networkStack();
  const environment = fixture(
    batch.ComputeEnvironment,
    "environment",
    { type: "MANAGED", computeResources: { type: "FARGATE", maxVcpus: 16 }, tags },
    { refs: { computeResources: subnetsOf(network, "private") } },
  );
  const queue = fixture(
    batch.JobQueue,
    "queue",
    {
      state: "ENABLED",
      priority: 1,
      jobStateTimeLimitActions: [
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
      ].map((reason) => ({ state: "RUNNABLE", action: "CANCEL", maxTimeSeconds: 3600, reason })),
      tags,
    },
    { refs: { computeEnvironmentOrders: environment } },
  );
  const assumeRolePolicy = document({
    Effect: "Allow",
    Principal: { Service: "ecs-tasks.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT_ID } },
  });
  const roles = ["job", "exec"].map((name) =>
    fixture(iam.Role, name, { name, assumeRolePolicy, tags }),
  );
  const [jobRole, executionRole] = roles;
  if (!jobRole || !executionRole) throw new Error("a role is missing");
  const scratch = fixture(iam.Policy, "scratch", {
    policy: document({
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: ["arn:aws:s3:::dse-scratch/*"],
    }),
    tags,
  });
  const secrets = fixture(iam.Policy, "secrets", {
    policy: document({
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [secretArn],
    }),
    tags,
  });
  return [
    ...network,
    environment,
    queue,
    ...roles,
    scratch,
    secrets,
    attachment(jobRole, scratch),
    attachment(executionRole, secrets),
    fixture(cloudwatch.LogGroup, "jobs", {
      name: "/dse/jobs",
      retentionInDays: 365,
      kmsKeyId: key,
      tags,
    }),
    fixture(
      batch.JobDefinition,
      "job",
      {
        type: "container",
        platformCapabilities: ["FARGATE"],
        containerProperties: JSON.stringify(container),
        timeout: { attemptDurationSeconds: 3600 },
        retryStrategy: { attempts: 1 },
        tags,
      },
      { provider },
    ),
  ];
}

export const attachment = (role: Fixture, policy: Fixture): Fixture =>
  fixture(
    iam.RolePolicyAttachment,
    `${role.name}-${policy.name}`,
    {},
    {
      refs: { role, policyArn: policy },
    },
  );

/** The stack with a container that differs. */
export const running = (
  stack: readonly Fixture[],
  changes: Partial<
    Record<keyof typeof container | "privileged" | "repositoryCredentials", unknown>
  >,
): Fixture[] =>
  change(stack, batch.JobDefinition, {
    containerProperties: JSON.stringify({ ...container, ...changes }),
  });

/** The stack with a job definition of two containers, in the form that ECS has; the second one differs. */
export const runningTwo = (
  stack: readonly Fixture[],
  task: object,
  changes: object = {},
): Fixture[] => {
  const { jobRoleArn, executionRoleArn, networkConfiguration, ...rest } = container;
  const { fargatePlatformConfiguration, ...one } = rest;
  return change(stack, batch.JobDefinition, {
    containerProperties: undefined,
    ecsProperties: JSON.stringify({
      taskProperties: [
        {
          taskRoleArn: jobRoleArn,
          executionRoleArn,
          networkConfiguration,
          ...fargatePlatformConfiguration,
          ...task,
          containers: [
            { name: "one", ...one },
            { name: "two", ...one, ...changes },
          ],
        },
      ],
    }),
  });
};

const log = { enabled: true, logLevel: "INFO" };
export const logs = {
  dagProcessingLogs: log,
  schedulerLogs: log,
  taskLogs: log,
  webserverLogs: log,
  workerLogs: log,
};

/** An environment called `airflow` in the private subnets, on the bucket `data`. */
export function airflowStack(): Fixture[] {
  const network = networkStack();
  const buckets = bucketStack();
  const group = fixture(ec2.SecurityGroup, "airflow", {
    description: "Airflow: its parts reach each other",
    ingress: [{ description: "Its parts", protocol: "-1", fromPort: 0, toPort: 0, self: true }],
    egress: [
      {
        description: "AWS",
        protocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrBlocks: ["0.0.0.0/0"],
      },
    ],
    tags,
  });
  const bucket = buckets.find(
    ({ type, name }) => name === "data" && type.includes("bucket:Bucket"),
  );
  if (!bucket) throw new Error("there is no bucket data");
  return [
    ...network,
    ...buckets,
    group,
    fixture(
      mwaa.Environment,
      "airflow",
      {
        airflowVersion: "3.0.6",
        webserverAccessMode: "PRIVATE_ONLY",
        kmsKey: key,
        requirementsS3Path: "requirements.txt",
        requirementsS3ObjectVersion: "abc",
        airflowConfigurationOptions: { "custom.scratch_bucket": "dse-scratch" },
        loggingConfiguration: logs,
        networkConfiguration: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] },
        tags,
      },
      {
        opts: { protect: true },
        refs: {
          sourceBucketArn: bucket,
          networkConfiguration: [...subnetsOf(network, "private"), group],
        },
      },
    ),
  ];
}

/** Every stack that complies. */
export const stacks = { airflowStack, batchStack, bucketStack, networkStack, repositoryStack };
