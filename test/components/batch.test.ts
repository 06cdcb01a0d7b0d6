import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { Batch, type BatchArgs } from "../../components/batch";
import type { DifferenceId } from "../../components/lib/differences";
import { testContext, testVpc } from "../support/context";
import { runProgram } from "../support/mocks";

const secret = {
  arn: "arn:aws:secretsmanager:us-west-2:123456789012:secret:snowflake-abcdef",
  prefix: "SNOWFLAKE",
  fields: ["user", "private_key"],
};

const record = (args: Partial<BatchArgs> = {}, keepReference: DifferenceId[] = []) =>
  runProgram(() => {
    const context = testContext(keepReference);
    const batch = new Batch("batch", {
      context,
      network: testVpc(context),
      maxVcpus: 16,
      egressPorts: [443],
      logRetentionDays: 14,
      jobs: {
        default: {
          image: "images:latest",
          command: ["echo", "hi"],
          vcpus: "1",
          memory: 2048,
          secret,
        },
      },
      ...args,
    });
    batch.grantSubmit("bot", new aws.iam.User("bot", { name: "bot" }));
  });

const container = async (...args: Parameters<typeof record>) => {
  const { inputs } = (await record(...args)).find("aws:batch/jobDefinition:JobDefinition");
  return JSON.parse(inputs["containerProperties"] as string) as Record<string, unknown>;
};

describe("batch", () => {
  it("runs on Fargate in the public subnets, behind a group that lets out the ports given", async () => {
    const recording = await record({ egressPorts: [443, 80] });
    const group = recording.find("aws:ec2/securityGroup:SecurityGroup");
    assert.deepEqual(recording.find("aws:batch/computeEnvironment:ComputeEnvironment").inputs, {
      name: "dse-infra-dev-us-west-2-default",
      type: "MANAGED",
      serviceRole: "arn:aws:iam::123456789012:role/dse-infra-dev-us-west-2-batch-service-role",
      computeResources: {
        type: "FARGATE",
        maxVcpus: 16,
        subnets: ["subnet-vpc-public-0", "subnet-vpc-public-1"],
        securityGroupIds: [group.id],
      },
    });
    assert.deepEqual(group.inputs["ingress"], []);
    assert.deepEqual(
      (group.inputs["egress"] as { fromPort: number; toPort: number; protocol: string }[]).map(
        ({ protocol, fromPort, toPort }) => [protocol, fromPort, toPort],
      ),
      [
        ["tcp", 443, 443],
        ["tcp", 80, 80],
      ],
    );
  });

  it("makes the compute environment after its role's policy and its way to the internet", async () => {
    const recording = await record();
    const environment = recording.find("aws:batch/computeEnvironment:ComputeEnvironment");
    const policy = recording.find(
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "batch-service",
    );
    assert.equal(
      policy.inputs["policyArn"],
      "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole",
    );
    assert.ok(recording.standsBefore(policy, environment));
    assert.ok(
      recording.standsBefore(recording.find("aws:ec2/route:Route", "vpc-public"), environment),
    );
  });

  it("queues on the environment", async () => {
    const { inputs } = (await record()).find("aws:batch/jobQueue:JobQueue");
    assert.deepEqual(inputs["computeEnvironmentOrders"], [
      {
        order: 1,
        computeEnvironment:
          "arn:aws:batch:us-west-2:123456789012:compute-environment/dse-infra-dev-us-west-2-default",
      },
    ]);
  });

  it("defines a job with image, size, roles, public address, secret fields and log group", async () => {
    assert.deepEqual(await container(), {
      image: "images:latest",
      command: ["echo", "hi"],
      jobRoleArn: "arn:aws:iam::123456789012:role/dse-infra-dev-us-west-2-batch-job-role",
      executionRoleArn: "arn:aws:iam::123456789012:role/dse-infra-dev-us-west-2-batch-exec-role",
      fargatePlatformConfiguration: { platformVersion: "LATEST" },
      networkConfiguration: { assignPublicIp: "ENABLED" },
      resourceRequirements: [
        { type: "VCPU", value: "1" },
        { type: "MEMORY", value: "2048" },
      ],
      secrets: [
        { name: "SNOWFLAKE_USER", valueFrom: `${secret.arn}:user::` },
        { name: "SNOWFLAKE_PRIVATE_KEY", valueFrom: `${secret.arn}:private_key::` },
      ],
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/aws/batch/dse-infra-dev-us-west-2-default",
          "awslogs-stream-prefix": "dse-infra-dev-us-west-2-default",
        },
      },
    });
  });

  it("makes the roles and the log group before the definition that names them", async () => {
    const recording = await record();
    const definition = recording.find("aws:batch/jobDefinition:JobDefinition");
    for (const earlier of [
      recording.find("aws:iam/role:Role", "batch-job"),
      recording.find("aws:iam/role:Role", "batch-exec"),
      recording.find("aws:cloudwatch/logGroup:LogGroup", "batch"),
    ])
      assert.ok(recording.standsBefore(earlier, definition), earlier.name);
  });

  it("lets the execution role read the job's secret and no other", async () => {
    const statement = async (keepReference: DifferenceId[]) => {
      const { inputs } = (await record({}, keepReference)).find(
        "aws:iam/policy:Policy",
        "batch-secrets",
      );
      return (inputs["policy"] as { Statement: [{ Resource: unknown }] }).Statement[0].Resource;
    };
    assert.deepEqual(await statement([]), [secret.arn]);
    assert.equal(
      await statement(["secret-scope"]),
      "arn:aws:secretsmanager:us-west-2:123456789012:secret:*",
    );
    const recording = await record();
    const attachment = recording.find(
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "batch-exec-secrets",
    );
    assert.equal(attachment.inputs["role"], "dse-infra-dev-us-west-2-batch-exec-role");
  });

  it("gives a job without secret none, and no right to any", async () => {
    const jobs = { default: { image: "images:latest", command: [], vcpus: "1", memory: 2048 } };
    const recording = await record({ jobs });
    assert.deepEqual(
      recording
        .findAll("aws:iam/policy:Policy")
        .map(({ name }) => name)
        .includes("batch-secrets"),
      false,
    );
    assert.equal("secrets" in (await container({ jobs })), false);
  });

  it("defines other jobs beside the default, each with what it asks for", async () => {
    const other = { ...secret, arn: `${secret.arn}2`, prefix: "LOADER" };
    const recording = await record({
      jobs: {
        default: { image: "images:latest", command: [], vcpus: "1", memory: 2048, secret },
        load: {
          image: "images@sha256:0",
          command: ["load"],
          vcpus: "2",
          memory: 4096,
          environment: { TARGET: "raw" },
          secret: other,
          timeout: 3600,
          attempts: 3,
          architecture: "ARM64",
        },
      },
    });
    const { inputs } = recording.find("aws:batch/jobDefinition:JobDefinition", "batch-job-load");
    assert.equal(inputs["name"], "dse-infra-dev-us-west-2-load");
    assert.deepEqual(inputs["timeout"], { attemptDurationSeconds: 3600 });
    assert.deepEqual(inputs["retryStrategy"], { attempts: 3 });
    const properties = JSON.parse(inputs["containerProperties"] as string) as Record<
      string,
      unknown
    >;
    assert.deepEqual(properties["environment"], [{ name: "TARGET", value: "raw" }]);
    assert.deepEqual(properties["runtimePlatform"], {
      cpuArchitecture: "ARM64",
      operatingSystemFamily: "LINUX",
    });
    assert.deepEqual((properties["secrets"] as unknown[])[0], {
      name: "LOADER_USER",
      valueFrom: `${other.arn}:user::`,
    });
    const policy = recording.find("aws:iam/policy:Policy", "batch-secrets").inputs["policy"];
    assert.deepEqual((policy as { Statement: [{ Resource: unknown }] }).Statement[0].Resource, [
      secret.arn,
      other.arn,
    ]);
  });

  it("tries the kinds of capacity in their order", async () => {
    const recording = await record({ capacity: ["FARGATE_SPOT", "FARGATE"] });
    const spot = recording.find("aws:batch/computeEnvironment:ComputeEnvironment", "batch-spot");
    assert.equal(spot.inputs["name"], "dse-infra-dev-us-west-2-spot");
    assert.equal((spot.inputs["computeResources"] as { type: string }).type, "FARGATE_SPOT");
    const { inputs } = recording.find("aws:batch/jobQueue:JobQueue");
    const base = "arn:aws:batch:us-west-2:123456789012:compute-environment/dse-infra-dev-us-west-2";
    assert.deepEqual(inputs["computeEnvironmentOrders"], [
      { order: 1, computeEnvironment: `${base}-spot` },
      { order: 2, computeEnvironment: `${base}-default` },
    ]);
  });

  it("may run jobs in private subnets, without a public address", async () => {
    const recording = await record({ subnets: "private" });
    const environment = recording.find("aws:batch/computeEnvironment:ComputeEnvironment");
    assert.deepEqual((environment.inputs["computeResources"] as { subnets: unknown }).subnets, [
      "subnet-vpc-private-0",
      "subnet-vpc-private-1",
    ]);
    assert.ok(
      recording.standsBefore(recording.find("aws:ec2/route:Route", "vpc-private-1"), environment),
    );
    const properties = await container({ subnets: "private" });
    assert.deepEqual(properties["networkConfiguration"], { assignPublicIp: "DISABLED" });
  });

  it("lets ECS tasks of this account alone take the roles", async () => {
    const recording = await record();
    for (const name of ["batch-job", "batch-exec"])
      assert.deepEqual(recording.find("aws:iam/role:Role", name).inputs["assumeRolePolicy"], {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: "ecs-tasks.amazonaws.com" },
            Condition: {
              StringEquals: { "aws:SourceAccount": "123456789012" },
              ArnLike: { "aws:SourceArn": "arn:aws:ecs:us-west-2:123456789012:*" },
            },
          },
        ],
      });
  });

  it("grants to submit, cancel and follow jobs where each has an effect", async () => {
    const recording = await record();
    const policy = recording.find("aws:iam/policy:Policy", "batch-submit");
    assert.deepEqual((policy.inputs["policy"] as { Statement: unknown }).Statement, [
      {
        Effect: "Allow",
        Action: "batch:SubmitJob",
        Resource: [
          "arn:aws:batch:us-west-2:123456789012:job-queue/dse-infra-dev-us-west-2-default",
          "arn:aws:batch:us-west-2:123456789012:job-definition/dse-infra-dev*",
          "arn:aws:batch:us-west-2:123456789012:job/*",
        ],
      },
      {
        Effect: "Allow",
        Action: "batch:CancelJob",
        Resource: "arn:aws:batch:us-west-2:123456789012:job/*",
      },
      { Effect: "Allow", Action: ["batch:DescribeJobs", "batch:ListJobs"], Resource: "*" },
    ]);
    assert.deepEqual(
      recording.find("aws:iam/userPolicyAttachment:UserPolicyAttachment", "batch-submit-bot")
        .inputs,
      { user: "bot", policyArn: policy.outputs["arn"] },
    );
  });
});
