import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  TerminateJobCommand,
  type ContainerOverrides,
  type JobDetail,
} from "@aws-sdk/client-batch";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { start, stop, type Instance } from "../../local/instance.mts";
import { cleanUp, sdk, temporaryFolder } from "./support.mts";

/** Settings of a client that may run commands. */
const trusted = (instance: Instance) => ({
  ...sdk(instance),
  credentials: { ...sdk(instance).credentials, sessionToken: instance.jobToken },
});

const container = {
  image: "none",
  resourceRequirements: [
    { type: "VCPU", value: "0.25" },
    { type: "MEMORY", value: "512" },
  ],
} as const;

describe("jobs on the local AWS", () => {
  let instance: Instance;
  let batch: BatchClient;
  let definition = 0;

  before(async () => {
    instance = await start({ folder: temporaryFolder() });
    batch = new BatchClient(trusted(instance));
    await makeQueue(instance);
  });
  after(cleanUp);

  async function makeQueue(where: Instance): Promise<void> {
    const ec2 = new EC2Client(sdk(where));
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: "10.0.0.0/24" }),
    );
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    const client = new BatchClient(sdk(where));
    await client.send(
      new CreateComputeEnvironmentCommand({
        computeEnvironmentName: "environment",
        type: "MANAGED",
        computeResources: {
          type: "FARGATE",
          maxvCpus: 4,
          subnets: [Subnet?.SubnetId ?? ""],
          securityGroupIds: [SecurityGroups?.[0]?.GroupId ?? ""],
        },
      }),
    );
    await client.send(
      new CreateJobQueueCommand({
        jobQueueName: "q",
        priority: 1,
        state: "ENABLED",
        computeEnvironmentOrder: [{ order: 1, computeEnvironment: "environment" }],
      }),
    );
  }

  type Container = NonNullable<
    ConstructorParameters<typeof RegisterJobDefinitionCommand>[0]["containerProperties"]
  >;

  async function submit(
    properties: Partial<Container>,
    containerOverrides: ContainerOverrides = {},
    client = batch,
    timeout?: number,
  ): Promise<string> {
    const jobDefinitionName = `d${definition++}`;
    await client.send(
      new RegisterJobDefinitionCommand({
        jobDefinitionName,
        type: "container",
        containerProperties: {
          ...container,
          resourceRequirements: [...container.resourceRequirements],
          ...properties,
        },
        ...(timeout && { timeout: { attemptDurationSeconds: timeout } }),
      }),
    );
    const { jobId = "" } = await client.send(
      new SubmitJobCommand({
        jobName: "j",
        jobQueue: "q",
        jobDefinition: jobDefinitionName,
        containerOverrides,
      }),
    );
    return jobId;
  }

  async function described(jobId: string, client = batch): Promise<JobDetail> {
    const { jobs } = await client.send(new DescribeJobsCommand({ jobs: [jobId] }));
    assert.ok(jobs?.[0]);
    return jobs[0];
  }

  async function until(jobId: string, ...states: string[]): Promise<JobDetail> {
    for (;;) {
      const job = await described(jobId);
      if (states.includes(job.status ?? "")) return job;
      await sleep(50);
    }
  }
  const ended = (jobId: string) => until(jobId, "SUCCEEDED", "FAILED");

  async function printed(job: JobDetail): Promise<string[]> {
    const logs = new CloudWatchLogsClient(sdk(instance));
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({
        logGroupName:
          job.container?.logConfiguration?.options?.["awslogs-group"] ?? "/aws/batch/job",
        logStreamName: job.container?.logStreamName,
        startFromHead: true,
      }),
    );
    return events.map(({ message = "" }) => message);
  }

  it("run their command with their environment and secrets, and log where Batch would", async () => {
    await new SecretsManagerClient(sdk(instance)).send(
      new CreateSecretCommand({ Name: "s", SecretString: JSON.stringify({ user: "made-up" }) }),
    );
    const show =
      "import os; [print(k, os.environ.get(k)) for k in ('A', 'B', 'S', 'USER', 'AWS_SESSION_TOKEN')]";
    const secret = `arn:aws:secretsmanager:us-west-2:${instance.account}:secret:s`;
    const job = await ended(
      await submit(
        {
          command: ["python", "-c", show],
          environment: [
            { name: "A", value: "defined" },
            { name: "B", value: "defined" },
          ],
          secrets: [{ name: "S", valueFrom: `${secret}:user::` }],
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": "/aws/batch/own", "awslogs-stream-prefix": "own" },
          },
        },
        { environment: [{ name: "B", value: "submitted" }] },
      ),
    );
    assert.equal(job.status, "SUCCEEDED");
    assert.equal(job.container?.exitCode, 0);
    assert.match(job.container.logStreamName ?? "", /^own\/default\/[0-9a-f]{32}$/);
    assert.deepEqual(await printed(job), [
      "A defined",
      "B submitted",
      "S made-up",
      "USER None",
      "AWS_SESSION_TOKEN None",
    ]);
  });

  it("are run in no shell", async () => {
    const job = await ended(await submit({ command: ["echo", "$HOME", "&&", "false"] }));
    assert.deepEqual(await printed(job), ["$HOME && false"]);
  });

  it("end with the exit code of their command", async () => {
    const job = await ended(await submit({ command: ["python", "-c", "raise SystemExit(7)"] }));
    assert.equal(job.status, "FAILED");
    assert.equal(job.container?.exitCode, 7);
    assert.equal(job.statusReason, "Essential container in task exited");
  });

  it("do the work of images/ on the emulated account", async () => {
    const s3 = new S3Client(sdk(instance));
    await s3.send(
      new CreateBucketCommand({
        Bucket: "scratch",
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    );
    const environment = [
      { name: "BUCKET", value: "scratch" },
      { name: "RUN", value: "r" },
    ];
    const job = await ended(await submit({ command: ["python", "job.py"] }, { environment }));
    assert.deepEqual(await printed(job), ["wrote s3://scratch/run_job/r.json"]);
    await s3.send(new GetObjectCommand({ Bucket: "scratch", Key: "run_job/r.json" }));
  });

  it("are ended with all that they started: when terminated, and at their time limit", async () => {
    const nap =
      "import subprocess, sys; print(subprocess.Popen(['sleep', '600']).pid); sys.stdout.flush(); import time; time.sleep(600)";
    const command = ["python", "-c", nap];
    const [terminated, late] = [await submit({ command }), await submit({ command }, {}, batch, 1)];
    const running = await until(terminated, "RUNNING");
    while ((await printed(running)).length === 0) await sleep(50);
    await batch.send(new TerminateJobCommand({ jobId: terminated, reason: "enough" }));
    for (const [id, reason] of [
      [terminated, "enough"],
      [late, "Job attempt duration exceeded timeout"],
    ] as const) {
      const job = await ended(id);
      assert.equal(job.status, "FAILED");
      assert.equal(job.statusReason, reason);
      assert.equal(job.container?.exitCode, 137);
      const [pid = ""] = await printed(job);
      assert.ok(Number(pid) > 0);
      assert.equal(existsSync(`/proc/${pid}/cwd`), false, `process ${pid} runs on`);
    }
  });

  it("count as done where the program is not on this machine, and say so", async () => {
    const job = await ended(await submit({ command: ["no-such-program"] }));
    assert.equal(job.status, "SUCCEEDED");
    assert.match((await printed(job)).join(), /no-such-program is not on this machine/);
  });

  it("are run for the owner of the instance alone: no other user reads the token", () => {
    const { mode } = statSync(join(instance.folder, "processes.json"));
    assert.equal(mode & 0o77, 0);
  });

  it("are not run for those without the token, nor where they are turned off", async () => {
    const command = ["python", "-c", "raise SystemExit(7)"];
    const others = new BatchClient(sdk(instance));
    const job = await described(await submit({ command }, {}, others), others);
    assert.equal(job.status, "SUCCEEDED");
    process.env["DSE_LOCAL_JOBS"] = "off";
    try {
      const quiet = await start({ folder: temporaryFolder() });
      assert.equal(quiet.jobToken, undefined);
      await makeQueue(quiet);
      const client = new BatchClient(trusted({ ...quiet, jobToken: "any" }));
      const still = await described(await submit({ command }, {}, client), client);
      assert.equal(still.status, "SUCCEEDED");
      await stop(quiet.folder);
    } finally {
      delete process.env["DSE_LOCAL_JOBS"];
    }
  });
});
