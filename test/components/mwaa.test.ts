import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type { DifferenceId } from "../../components/lib/differences.ts";
import { Mwaa, type MwaaArgs } from "../../components/mwaa.ts";
import { testContext, testVpc } from "../support/context.ts";
import { runProgram } from "../support/mocks.ts";

const baseArgs = (context = testContext()): MwaaArgs => ({
  context,
  network: testVpc(context),
  airflowVersion: "3.0.6",
  environmentClass: "mw1.small",
  schedulers: 2,
  minWorkers: 1,
  maxWorkers: 5,
  webserverAccess: "PUBLIC_ONLY",
  options: { "core.parallelism": "8" },
  platform: {
    bucket: new aws.s3.Bucket("scratch", { bucket: "scratch" }),
    queue: new aws.batch.JobQueue("queue", { name: "queue", state: "ENABLED", priority: 1 }),
    definition: new aws.batch.JobDefinition("job", { name: "job", type: "container" }),
  },
  files: { requirements: "# none\n" },
  policies: { "batch-submit": new aws.iam.Policy("submit", { name: "submit", policy: "{}" }) },
  logRetentionDays: 14,
  noncurrentVersionDays: 30,
});

const record = (keepReference: DifferenceId[] = [], args: Partial<MwaaArgs> = {}) =>
  runProgram(() => {
    new Mwaa("mwaa", { ...baseArgs(testContext(keepReference)), ...args });
  });

const environmentType = "aws:mwaa/environment:Environment";
const objectType = "aws:s3/bucketObjectv2:BucketObjectv2";
const attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

describe("mwaa", () => {
  it("is an environment in two private subnets, with its bucket, role, group and options", async () => {
    const recording = await record();
    const { inputs } = recording.find(environmentType);
    assert.deepEqual(inputs["networkConfiguration"], {
      securityGroupIds: ["securityGroup-mwaa"],
      subnetIds: ["subnet-vpc-private-0", "subnet-vpc-private-1"],
    });
    assert.equal(inputs["name"], "dse-infra-dev-us-west-2-mwaa-environment");
    assert.equal(inputs["sourceBucketArn"], "arn:aws:s3:::dse-infra-dev-us-west-2-mwaa");
    assert.equal(
      inputs["executionRoleArn"],
      "arn:aws:iam::123456789012:role/dse-infra-dev-us-west-2-mwaa-execution-role",
    );
    assert.deepEqual(inputs["airflowConfigurationOptions"], {
      "core.parallelism": "8",
      "custom.scratch_bucket": "scratch",
      "custom.default_job_queue": "queue",
      "custom.default_job_definition": "job",
    });
    assert.deepEqual(
      ["dagS3Path", "webserverAccessMode", "schedulers", "minWorkers", "maxWorkers"].map(
        (k) => inputs[k],
      ),
      ["dags/", "PUBLIC_ONLY", 2, 1, 5],
    );
  });

  it("runs the requirements that it uploaded, by object version", async () => {
    const recording = await record();
    const object = recording.find(objectType);
    assert.equal(object.inputs["content"], "# none\n");
    assert.equal("overrideProvider" in object.inputs, false);
    const { inputs } = recording.find(environmentType);
    assert.equal(inputs["requirementsS3Path"], "requirements.txt");
    assert.equal(inputs["requirementsS3ObjectVersion"], object.outputs["versionId"]);
    assert.ok(
      recording.standsBefore(recording.find("aws:s3/bucketVersioning:BucketVersioning"), object),
      "an object made before versioning has no version id",
    );
  });

  const allFiles = {
    requirements: "# none\n",
    startupScript: "export A=1\n",
    plugins: { "a.py": import.meta.filename, "b/c.py": import.meta.filename },
  };
  const fileInputs = ["requirements", "startupScript", "plugins"].flatMap((file) => [
    `${file}S3Path`,
    `${file}S3ObjectVersion`,
  ]);

  it("runs plugins and a start-up script that it uploaded, by object version", async () => {
    const recording = await record([], { files: allFiles });
    const { inputs } = recording.find(environmentType);
    assert.deepEqual(
      fileInputs.map((key) => inputs[key]),
      [
        ...["requirements.txt", "version-mwaa-requirements"],
        ...["startup.sh", "version-mwaa-startup-script"],
        ...["plugins.zip", "version-mwaa-plugins"],
      ],
    );
    const script = recording.find(objectType, "mwaa-startup-script");
    assert.equal(script.inputs["content"], "export A=1\n");
    const { source } = recording.find(objectType, "mwaa-plugins").inputs;
    const here = { asset: "test/components/mwaa.test.ts" };
    assert.deepEqual(source, { archive: { "a.py": here, "b/c.py": here } });
    for (const object of recording.findAll(objectType))
      assert.ok(
        recording.standsBefore(recording.find("aws:s3/bucketVersioning:BucketVersioning"), object),
        `${object.name}: an object made before versioning has no version id`,
      );
  });

  it("uploads nothing where there is nothing", async () => {
    const recording = await record([], { files: {} });
    assert.deepEqual(recording.findAll(objectType), []);
    const { inputs } = recording.find(environmentType);
    assert.deepEqual(
      fileInputs.filter((key) => key in inputs),
      [],
    );
  });

  it("leaves web servers, maintenance and the replacement of workers to AWS unless told", async () => {
    const keys = [
      "minWebservers",
      "maxWebservers",
      "weeklyMaintenanceWindowStart",
      "workerReplacementStrategy",
    ];
    const { inputs } = (await record()).find(environmentType);
    assert.deepEqual(
      keys.filter((key) => key in inputs),
      [],
    );
    const told = await record([], {
      minWebservers: 2,
      maxWebservers: 4,
      maintenanceWindow: "SUN:03:30",
      workerReplacement: "GRACEFUL",
    });
    assert.deepEqual(
      keys.map((key) => told.find(environmentType).inputs[key]),
      [2, 4, "SUN:03:30", "GRACEFUL"],
    );
  });

  it("logs at the levels that it is told, and keeps the group of a log that is off", async () => {
    const recording = await record([], { logLevels: { Task: "DEBUG", WebServer: "OFF" } });
    const logging = recording.find(environmentType).inputs["loggingConfiguration"] as object;
    const on = { enabled: true, logLevel: "INFO" };
    assert.deepEqual(logging, {
      dagProcessingLogs: on,
      schedulerLogs: on,
      taskLogs: { enabled: true, logLevel: "DEBUG" },
      webserverLogs: { enabled: false, logLevel: "INFO" },
      workerLogs: on,
    });
    const groups = recording.findAll("aws:cloudwatch/logGroup:LogGroup");
    assert.equal(groups.filter(({ name }) => name.startsWith("mwaa-")).length, 5);
  });

  it("is made after all that AWS checks when it makes one", async () => {
    const recording = await record([], { files: allFiles });
    const environment = recording.find(environmentType);
    const earlier = [
      recording.find("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"),
      recording.find("aws:s3/bucketVersioning:BucketVersioning"),
      ...recording.findAll(objectType),
      recording.find(attachmentType, "mwaa-execution"),
      recording.find(attachmentType, "mwaa-batch-submit"),
      ...["0", "1"].flatMap((i) => [
        recording.find("aws:ec2/route:Route", `vpc-private-${i}`),
        recording.find("aws:ec2/routeTableAssociation:RouteTableAssociation", `vpc-private-${i}`),
      ]),
      ...recording
        .findAll("aws:cloudwatch/logGroup:LogGroup")
        .filter(({ name }) => name.startsWith("mwaa-")),
    ];
    assert.equal(earlier.length, 16);
    for (const resource of earlier)
      assert.ok(recording.standsBefore(resource, environment), `${resource.type} ${resource.name}`);
  });

  it("logs all five components at INFO into groups with retention, named as AWS does", async () => {
    const recording = await record();
    const groups = recording
      .findAll("aws:cloudwatch/logGroup:LogGroup")
      .filter(({ name }) => name.startsWith("mwaa-"));
    assert.deepEqual(
      groups.map(({ inputs }) => [inputs["name"], inputs["retentionInDays"]]).sort(),
      ["DAGProcessing", "Scheduler", "Task", "WebServer", "Worker"].map((component) => [
        `airflow-dse-infra-dev-us-west-2-mwaa-environment-${component}`,
        14,
      ]),
    );
    const on = { enabled: true, logLevel: "INFO" };
    assert.deepEqual(recording.find(environmentType).inputs["loggingConfiguration"], {
      dagProcessingLogs: on,
      schedulerLogs: on,
      taskLogs: on,
      webserverLogs: on,
      workerLogs: on,
    });
  });

  describe("encryption", () => {
    const environmentKeyArn = "arn:aws:kms:us-west-2:123456789012:key/airflow";
    const kmsKeyArn = "arn:aws:kms:us-west-2:123456789012:key/logs";

    const statements = (recording: Awaited<ReturnType<typeof record>>) => {
      const { inputs } = recording.find("aws:iam/policy:Policy", "mwaa");
      return (inputs["policy"] as { Statement: Record<string, unknown>[] }).Statement;
    };
    const grants = (recording: Awaited<ReturnType<typeof record>>) =>
      statements(recording).filter(({ Action }) => String(Action).includes("kms:Decrypt"));

    it("has one key for environment and bucket, which the role may use, and one for logs", async () => {
      const recording = await record([], { environmentKeyArn, kmsKeyArn });
      assert.equal(recording.find(environmentType).inputs["kmsKey"], environmentKeyArn);
      const { inputs } = recording.find(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      );
      assert.ok(JSON.stringify(inputs["rules"]).includes(environmentKeyArn));
      for (const { name, inputs: group } of recording.findAll("aws:cloudwatch/logGroup:LogGroup"))
        if (name.startsWith("mwaa-")) assert.equal(group["kmsKeyId"], kmsKeyArn, name);
      const [grant, ...others] = grants(recording);
      assert.deepEqual(others, []);
      assert.equal(grant?.["Resource"], environmentKeyArn);
      assert.deepEqual(grant["Condition"], {
        StringLike: {
          "kms:ViaService": ["sqs.us-west-2.amazonaws.com", "s3.us-west-2.amazonaws.com"],
        },
      });
    });

    it("leaves the grant to a key that is still to be made", async () => {
      const recording = await runProgram(() => {
        const context = testContext();
        const key = new aws.kms.Key("key");
        new Mwaa("mwaa", { ...baseArgs(context), environmentKeyArn: key.arn });
      });
      const others = statements(await record()).slice(0, -1);
      assert.deepEqual(statements(recording), others);
    });

    it("is AWS's by default", async () => {
      const recording = await record();
      assert.equal("kmsKey" in recording.find(environmentType).inputs, false);
      const [grant] = grants(recording);
      assert.equal(grant?.["NotResource"], "arn:aws:kms:*:123456789012:key/*");
    });
  });

  it("lists no buckets of the account, access points or jobs", async () => {
    const { inputs } = (await record()).find("aws:iam/policy:Policy", "mwaa");
    const text = JSON.stringify(inputs["policy"]);
    assert.doesNotMatch(text, /s3:List\*/);
    assert.match(text, /"s3:ListBucket"/);
    const kept = (await record(["mwaa-s3-actions"])).find("aws:iam/policy:Policy", "mwaa");
    assert.match(JSON.stringify(kept.inputs["policy"]), /s3:List\*/);
  });

  it("is reached by nothing but itself", async () => {
    const { inputs } = (await record()).find("aws:ec2/securityGroup:SecurityGroup");
    assert.deepEqual(inputs["ingress"], [
      { protocol: "-1", fromPort: 0, toPort: 0, self: true, description: "Its own parts" },
    ]);
    assert.match(String(inputs["description"]), /^Airflow: /);
  });

  it("reaches itself and the ports that are named, where some are", async () => {
    const { inputs } = (await record([], { egressPorts: [443, 22] })).find(
      "aws:ec2/securityGroup:SecurityGroup",
    );
    assert.deepEqual(inputs["egress"], [
      { protocol: "-1", fromPort: 0, toPort: 0, self: true, description: "Its own parts" },
      ...[443, 22].map((port) => ({
        protocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrBlocks: ["0.0.0.0/0"],
        description: "AWS, and whatever DAGs and requirements need",
      })),
    ]);
  });

  it("trusts both principals of MWAA, for this environment", async () => {
    const { inputs } = (await record()).find("aws:iam/role:Role", "mwaa");
    assert.deepEqual((inputs["assumeRolePolicy"] as { Statement: unknown[] }).Statement, [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: ["airflow.amazonaws.com", "airflow-env.amazonaws.com"] },
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: {
            "aws:SourceArn":
              "arn:aws:airflow:us-west-2:123456789012:environment/dse-infra-dev-us-west-2-mwaa-environment",
          },
        },
      },
    ]);
  });

  it("is the reference's where that is kept", async () => {
    const recording = await record(
      [
        "mwaa-deny-statement",
        "mwaa-logs",
        "mwaa-requirements-version",
        "mwaa-security-group-description",
        "flow-logs",
      ],
      { files: allFiles },
    );
    const { inputs } = recording.find(environmentType);
    assert.deepEqual(
      fileInputs.filter((key) => key in inputs),
      ["requirementsS3Path", "startupScriptS3Path", "pluginsS3Path"],
    );
    const untagged = { defaultTags: { tags: {} } };
    for (const object of recording.findAll(objectType))
      assert.deepEqual(object.inputs["overrideProvider"], untagged);
    assert.equal("loggingConfiguration" in inputs, false);
    assert.deepEqual(recording.findAll("aws:cloudwatch/logGroup:LogGroup"), []);
    const group = recording.find("aws:ec2/securityGroup:SecurityGroup").inputs;
    const all = { protocol: "-1", fromPort: 0, toPort: 0 };
    assert.equal(group["description"], "Managed by Terraform");
    assert.deepEqual(group["ingress"], [{ ...all, self: true }]);
    assert.deepEqual(group["egress"], [{ ...all, cidrBlocks: ["0.0.0.0/0"] }]);
    const policy = recording.find("aws:iam/policy:Policy", "mwaa").inputs["policy"];
    const denied = (policy as { Statement: { Effect: string }[] }).Statement.filter(
      ({ Effect }) => Effect === "Deny",
    );
    assert.equal(denied.length, 1);
  });
});
