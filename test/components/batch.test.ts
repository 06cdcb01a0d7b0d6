import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { Batch, type BatchArgs } from "../../components/batch.ts";
import type { DifferenceId } from "../../components/lib/differences.ts";
import { testContext, testVpc } from "../support/context.ts";
import { type RunOptions, runProgram } from "../support/mocks.ts";

const secret = {
  arn: "arn:aws:secretsmanager:us-west-2:123456789012:secret:snowflake-abcdef",
  prefix: "SNOWFLAKE",
  fields: ["user", "private_key"],
};

const record = (
  args: Partial<BatchArgs> = {},
  keepReference: DifferenceId[] = [],
  options: RunOptions = {},
) =>
  runProgram(() => {
    const context = testContext(keepReference);
    const batch = new Batch("batch", {
      context,
      network: args.network ?? testVpc(context),
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
    batch.grantFollow("ci", new aws.iam.Role("ci", { name: "ci", assumeRolePolicy: "{}" }), "ci");
  }, options);

const job = { image: "images:latest", command: [], vcpus: "1", memory: 2048 };

const existing = {
  vpcId: "vpc-a",
  publicSubnetIds: ["subnet-a", "subnet-b"],
  privateSubnetIds: ["subnet-p", "subnet-q"],
  publicRoutes: [],
  privateRoutes: [],
  natPublicIps: [],
};

const container = async (...args: Parameters<typeof record>) => {
  const { inputs } = (await record(...args)).find("aws:batch/jobDefinition:JobDefinition");
  return JSON.parse(inputs["containerProperties"] as string) as Record<string, unknown>;
};

describe("batch", () => {
  it("encrypts the logs of jobs with the key that it is given, those of a group of their own too", async () => {
    const kmsKeyArn = "arn:aws:kms:us-west-2:123456789012:key/k";
    const job = { image: "images:1", command: [], vcpus: "1", memory: 2048 };
    const jobs = { default: job, nightly: { ...job, logRetentionDays: 7 } };
    const groups = (await record({ kmsKeyArn, jobs })).findAll("aws:cloudwatch/logGroup:LogGroup");
    const ofBatch = groups.filter(({ name }) => name.startsWith("batch"));
    assert.deepEqual(
      ofBatch.map(({ inputs }) => inputs["kmsKeyId"]),
      [kmsKeyArn, kmsKeyArn],
    );
  });

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
    const open = (await record({ egressPorts: [0] })).find("aws:ec2/securityGroup:SecurityGroup");
    const [everything] = open.inputs["egress"] as object[];
    assert.partialDeepStrictEqual(everything, { protocol: "-1", fromPort: 0, toPort: 0 });
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
    const jobs = { default: job };
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
        default: { ...job, secret, architecture: "ARM64" },
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

  it("takes a job's rules of retries, its container's limits and its storage", async () => {
    const retryRules = [
      { action: "RETRY" as const, onStatusReason: "Host EC2*" },
      { action: "EXIT" as const, onReason: "*" },
    ];
    const limits = { readonlyRoot: true, user: "1000:1000", initProcess: true, storageGib: 50 };
    const jobs = { default: { ...job, attempts: 3, retryRules, ...limits } };
    const { inputs } = (await record({ jobs })).find("aws:batch/jobDefinition:JobDefinition");
    assert.deepEqual(inputs["retryStrategy"], { attempts: 3, evaluateOnExits: retryRules });
    const properties = await container({ jobs });
    const plain = await container({ jobs: { default: job } });
    assert.deepEqual(properties, {
      ...plain,
      readonlyRootFilesystem: true,
      user: "1000:1000",
      linuxParameters: { initProcessEnabled: true },
      ephemeralStorage: { sizeInGiB: 50 },
    });
  });

  it("gives a job that says how long a log group of its own", async () => {
    const load = { ...job, logRetentionDays: 3 };
    const groupsOf = async (...args: Parameters<typeof record>) => {
      const recording = await record(...args);
      const definition = recording.find("aws:batch/jobDefinition:JobDefinition", "batch-job-load");
      const properties = JSON.parse(String(definition.inputs["containerProperties"])) as {
        logConfiguration?: { options: Record<string, string> };
      };
      const groups = recording
        .findAll("aws:cloudwatch/logGroup:LogGroup")
        .filter(({ name }) => name.startsWith("batch"));
      for (const group of groups) assert.ok(recording.standsBefore(group, definition), group.name);
      return {
        used: properties.logConfiguration?.options["awslogs-group"],
        made: groups.map(({ inputs }) => [inputs["name"], inputs["retentionInDays"]]),
      };
    };
    const shared = "/aws/batch/dse-infra-dev-us-west-2-default";
    const own = "/aws/batch/dse-infra-dev-us-west-2-load";
    assert.deepEqual(await groupsOf({ jobs: { default: job, load } }), {
      used: own,
      made: [
        [shared, 14],
        [own, 3],
      ],
    });
    assert.deepEqual(await groupsOf({ jobs: { default: job, load } }, ["batch-logs"]), {
      used: own,
      made: [[own, 3]],
    });
    // What the default job says of its logs is about the group of all.
    const jobs = { default: { ...job, logRetentionDays: 30 }, load: job };
    assert.deepEqual(await groupsOf({ jobs }), { used: shared, made: [[shared, 30]] });
    assert.deepEqual(await groupsOf({ jobs: { default: job, load: job } }, ["batch-logs"]), {
      used: undefined,
      made: [],
    });
    assert.ok(
      !("logConfiguration" in (await container({ jobs: { default: load } }, ["batch-logs"]))),
    );
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

  it("spreads over three zones where the network has them", async () => {
    const zones = ["us-west-2a", "us-west-2b", "us-west-2c"];
    const network = {
      ...existing,
      publicSubnetIds: zones.map((zone) => `subnet-${zone}`),
    };
    const { inputs } = (await record({ network })).find(
      "aws:batch/computeEnvironment:ComputeEnvironment",
    );
    assert.deepEqual(
      (inputs["computeResources"] as { subnets: unknown }).subnets,
      network.publicSubnetIds,
    );
  });

  it("cancels a job that is stuck, for each reason that AWS can", async () => {
    const actions = async (runnableTimeLimit?: number) =>
      (await record({ runnableTimeLimit })).find("aws:batch/jobQueue:JobQueue").inputs[
        "jobStateTimeLimitActions"
      ];
    assert.equal(await actions(), undefined);
    assert.deepEqual(
      await actions(3600),
      [
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
      ].map((reason) => ({ reason, state: "RUNNABLE", maxTimeSeconds: 3600, action: "CANCEL" })),
    );
  });

  describe("in a later generation", () => {
    /** The environments' names and what they are of, where the first generation was of `first`. */
    const generation = async (args: Partial<BatchArgs>, first?: unknown) => {
      const of = { network: existing, capacity: ["FARGATE", "FARGATE_SPOT"] as const, ...args };
      const earlier: RunOptions["earlier"] = first
        ? { "batch-generation": { keepers: first } }
        : undefined;
      const recording = await record(of, [], { earlier });
      const names = recording
        .findAll("aws:batch/computeEnvironment:ComputeEnvironment")
        .map(({ inputs }) => String(inputs["name"]));
      return {
        names,
        keepers: recording.find("random:index/randomId:RandomId", "batch-generation").inputs[
          "keepers"
        ],
      };
    };
    const firstNames = ["dse-infra-dev-us-west-2-default", "dse-infra-dev-us-west-2-spot"];
    const moved = { network: { ...existing, publicSubnetIds: ["subnet-c", "subnet-d"] } };

    let first: unknown;
    before(async () => {
      first = (await generation({})).keepers;
    });

    it("has the first names where nothing was replaced", async () => {
      const ordered = { network: { ...existing, publicSubnetIds: ["subnet-b", "subnet-a"] } };
      assert.deepEqual((await generation({ maxVcpus: 32, ...ordered }, first)).names, firstNames);
    });

    for (const [what, args] of [
      ["other subnets", moved],
      ["private subnets", { subnets: "private" }],
      ["another VPC", { network: { ...existing, vpcId: "vpc-other" } }],
      ["Batch's own role", { serviceRole: "serviceLinked" }],
    ] as const)
      it(`has other names with ${what}, and the first again when they are back`, async () => {
        const { names, keepers } = await generation(args, first);
        assert.match(names[0] ?? "", /^dse-infra-dev-us-west-2-default-[0-9a-f]{8}$/);
        assert.match(names[1] ?? "", /^dse-infra-dev-us-west-2-spot-[0-9a-f]{8}$/);
        assert.deepEqual((await generation(args, keepers)).names, firstNames);
      });

    it("with Batch's own role, subnets are updated in place", async () => {
      const serviceRole = "serviceLinked";
      const { keepers } = await generation({ serviceRole });
      assert.deepEqual((await generation({ serviceRole, ...moved }, keepers)).names, firstNames);
    });
  });

  it("with Batch's own role makes none, and names none", async () => {
    const recording = await record({ serviceRole: "serviceLinked" });
    const { inputs } = recording.find("aws:batch/computeEnvironment:ComputeEnvironment");
    assert.equal(inputs["serviceRole"], undefined);
    assert.deepEqual(
      recording.findAll("aws:iam/role:Role").filter(({ name }) => name === "batch-service"),
      [],
    );
    const attached = recording.findAll("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.deepEqual(
      attached.filter(({ name }) => name === "batch-service"),
      [],
    );
  });

  it("makes environments and their group before those that they replace go", async () => {
    const recording = await record();
    for (const type of [
      "aws:batch/computeEnvironment:ComputeEnvironment",
      "aws:ec2/securityGroup:SecurityGroup",
    ])
      assert.equal(recording.find(type).options.deleteBeforeReplace, false, type);
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

  it("grants, apart from that, to read what jobs print and to end those of the same submitter", async () => {
    const recording = await record();
    const policy = recording.find("aws:iam/policy:Policy", "batch-follow");
    const streams = (group: string) =>
      `arn:aws:logs:us-west-2:123456789012:log-group:${group}:log-stream:*`;
    const ofJobs = streams("/aws/batch/dse-infra-dev-us-west-2-*");
    const ending = ["Request", "Resource"].map((where) => ({
      Effect: "Allow",
      Action: where === "Request" ? "batch:TagResource" : "batch:TerminateJob",
      Resource: "arn:aws:batch:us-west-2:123456789012:job/*",
      Condition: { StringEquals: { [`aws:${where}Tag/SubmittedBy`]: "ci" } },
    }));
    assert.deepEqual(policy.inputs, {
      name: "dse-infra-dev-us-west-2-batch-follow-policy",
      // Another description would replace the policy.
      description: "Policy allowing to follow and end batch jobs for dse-infra-dev",
      policy: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "logs:GetLogEvents", Resource: [ofJobs] },
          ...ending,
        ],
      },
    });
    assert.deepEqual(
      recording.find("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "batch-follow-ci").inputs,
      { role: "ci", policyArn: policy.outputs["arn"] },
    );
    const asReference = await record({}, ["batch-logs"]);
    const [reading] = (
      asReference.find("aws:iam/policy:Policy", "batch-follow").inputs["policy"] as {
        Statement: [{ Resource: string[] }];
      }
    ).Statement;
    assert.deepEqual(reading.Resource, [ofJobs, streams("/aws/batch/job")]);
  });
});
