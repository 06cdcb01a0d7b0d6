// From an empty account to a submitted job as the docs say it, and what people do with the stack from then on, day by day:
// DAGs, jobs, logs, Airflow's command line.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { BatchClient, DescribeJobsCommand, TerminateJobCommand } from "@aws-sdk/client-batch";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { MWAAClient, UpdateEnvironmentCommand } from "@aws-sdk/client-mwaa";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Instance } from "../../local/instance.mts";
import { pathFolders } from "../../local/pulumi.mts";
import { run, start, until } from "../engine/support.mts";
import { root, sdk, shellEnvironment } from "../local/support.mts";
import { freshInstance, removeInstance } from "../support/cli.mts";

const prefix = "dse-infra-dev-us-west-2";
const environment = `${prefix}-mwaa-environment`;
const bucket = `${prefix}-mwaa`;

describe("platform, day by day", function () {
  this.timeout(300_000);
  let folder: string;
  let instance: Instance;
  before(async () => {
    instance = await freshInstance("everyday");
    folder = instance.folder;
  });
  after(() => removeInstance(folder));

  const environmentOf = () => {
    const env = shellEnvironment(instance);
    return { ...env, PATH: [...pathFolders, env["PATH"]].join(delimiter) };
  };
  const backend = "s3://dse-pulumi-state-123456789012-us-west-2?region=us-west-2";
  const begin = (...args: string[]) => {
    const command = join(root, "operations", "bin", "platform");
    const env = { ...environmentOf(), PULUMI_BACKEND_URL: backend };
    return start(command, args, { cwd: root, env });
  };
  const platform = (...args: string[]) => begin(...args).ended;

  it("comes to be as docs/operations.md says, line by line", async () => {
    const docs = readFileSync(join(root, "docs", "operations.md"), "utf8");
    const [, , block = ""] =
      /^## (From an empty account to a submitted job)$[^]*?^```sh\n([^]*?)^```$/m.exec(docs) ?? [];
    const lines = block
      .split("\n")
      // What needs AWS or Docker, is done for a clone already, or only the real ones have.
      .filter((line) => !/^(?:npm|aws|docker|image=)|accountId/.test(line))
      .map((line) =>
        line
          .replace(" --region us-west-2)", ` --region us-west-2 --local-state '${folder}/own')`)
          .replaceAll("dev.plan", `'${folder}/dev.plan'`),
      );
    assert.equal(lines.length, 9);
    const script = ["set -e", ...lines].join("\n");
    const { code, stdout, stderr } = await run("/bin/sh", ["-c", script], {
      cwd: root,
      env: environmentOf(),
    });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^wrote s3:\/\/dse-infra-dev-us-west-2-scratch\/run_job\//m);
    assert.match(stdout, /^no drift: \d+ resources are as dev left them$/m);
  });

  it("works with a token that no other user of the machine can read", () => {
    for (const file of ["processes.json", "pulumi.env"])
      assert.equal(statSync(join(folder, file)).mode & 0o77, 0, file);
  });

  it("deploys DAGs, which Airflow then lists", async () => {
    const again = await platform("deploy-dags", "dev", "dags");
    assert.deepEqual([again.code, again.stdout], [0, ""]);
    assert.match(again.stderr, /0 uploaded, 0 deleted, 1 unchanged/);
    await new S3Client(sdk(instance)).send(
      new DeleteObjectCommand({ Bucket: bucket, Key: "dags/run_job.py" }),
    );
    const shown = await platform("deploy-dags", "dev", "dags", "--dry-run");
    assert.deepEqual([shown.code, shown.stdout], [0, "upload  run_job.py\n"]);
    assert.match(shown.stderr, /1 to upload, 0 to delete, 0 unchanged/);
    const done = await platform("deploy-dags", "dev", "dags", "--json", "--wait");
    assert.deepEqual(JSON.parse(done.stdout), {
      bucket,
      prefix: "",
      upload: ["run_job.py"],
      remove: [],
      kept: [],
      unchanged: 0,
    });
    assert.equal(done.code, 0, done.stderr);
    const listed = await platform("airflow", "dev", "--", "dags", "list", "-o", "json");
    assert.deepEqual(JSON.parse(listed.stdout), [
      { dag_id: "run_job", fileloc: "/usr/local/airflow/dags/run_job.py" },
    ]);
  });

  it("hands on what Airflow's command line says, and that it failed", async () => {
    const { code, stdout, stderr } = await platform(
      "airflow",
      "dev",
      "--",
      "dags",
      "trigger",
      "x y",
    );
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^local AWS: .*: dags trigger 'x y'$/m);
  });

  it("submits a job, follows it, and ends as it does", async () => {
    const program = "import os, sys; print('for', os.environ['WHO']); sys.exit(7)";
    const size = ["--vcpus", "2", "--memory", "4096"];
    const { code, stdout, stderr } = await platform(
      ...["submit-job", "dev", "--follow", "--name", "mine", "-e", "WHO=us=all", ...size],
      ...["--", "python", "-c", program],
    );
    assert.deepEqual([code, stdout], [7, "for us=all\n"], stderr);
    assert.match(stderr, /has failed: Essential container in task exited$/m);

    const [, id = ""] = /submitted job (\S+)/.exec(stderr) ?? [];
    const batch = new BatchClient(sdk(instance));
    const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [id] }));
    assert.equal(jobs?.[0]?.jobName, "mine");
    assert.deepEqual(
      jobs[0].container?.resourceRequirements?.map(({ value }) => value),
      ["2", "4096"],
    );
    const log = await platform("logs", "dev", "job", id);
    assert.equal(log.code, 0);
    assert.match(log.stdout, /^\d{4}-\S+Z for us=all\n$/);
    assert.match(log.stderr, new RegExp(`^job ${id} is FAILED: Essential container`));
  });

  it("prints a job as JSON, what it logs aside", async () => {
    const args = ["submit-job", "dev", "--json", "--follow", "--", "echo", "hello"];
    const { code, stdout, stderr } = await platform(...args);
    const { jobQueue, exitCode, status } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([code, jobQueue, exitCode, status], [0, `${prefix}-default`, 0, "SUCCEEDED"]);
    assert.match(stderr, /^hello$/m);
  });

  it("lets a job go on at Ctrl-C, says how to cancel it, and follows it again", async () => {
    const program = "import time; print('begun', flush=True); time.sleep(600)";
    const following = begin("submit-job", "dev", "--follow", "--", "python", "-c", program);
    let printed = "";
    following.child.stdout?.on("data", (text: string) => (printed += text));
    await until(() => printed.includes("begun"));
    following.child.kill("SIGINT");
    const { code, stderr } = await following.ended;
    assert.equal(code, 130);
    const [, id = ""] = /^Cancel it: aws batch terminate-job --job-id (\S+)/m.exec(stderr) ?? [];
    assert.match(stderr, new RegExp(`platform logs dev job ${id} --follow`));

    const again = begin("logs", "dev", "job", "--last", "--follow");
    await until(() => again.said().includes("RUNNING"));
    const batch = new BatchClient(sdk(instance));
    await batch.send(new TerminateJobCommand({ jobId: id, reason: "enough" }));
    const ended = await again.ended;
    assert.equal(ended.code, 137);
    assert.match(ended.stdout, /Z begun\n$/);
    assert.match(ended.stderr, new RegExp(`job ${id} has failed: enough`));
  });

  it("refuses sizes, definitions and jobs that there are not, and submits nothing", async () => {
    const refusals: [string[], number, RegExp][] = [
      [
        ["submit-job", "dev", "--definition", "none", "--vcpus", "1"],
        3,
        /^error: there is no job definition none /,
      ],
      [["submit-job", "dev", "--memory", "4096"], 2, /^error: --memory 4096: with 0\.25 vCPU/],
      [
        ["submit-job", "dev", "--definition", "none"],
        3,
        /^error: the job was not submitted: Job definition none does not exist/,
      ],
      [["logs", "dev", "job", "none"], 3, /^error: there is no job none: /],
      [["logs", "dev", "job"], 2, /^error: name a job by its id, or the newest with --last/],
      [["logs", "dev", "airflow", "all"], 2, /^error: Airflow has no log all: task, /],
    ];
    for (const [args, expected, line] of refusals) {
      const { code, stdout, stderr } = await platform(...args);
      assert.deepEqual([code, stdout], [expected, ""], stderr);
      assert.match(stderr, line);
    }
  });

  it("prints Airflow's logs, and goes on", async () => {
    const nothing = await platform("logs", "dev", "airflow");
    assert.deepEqual([nothing.code, nothing.stdout], [0, ""]);
    assert.match(nothing.stderr, /^the task log has nothing from that time: see --since\n$/);
    const logs = new CloudWatchLogsClient(sdk(instance));
    const where = { logGroupName: `airflow-${environment}-Scheduler`, logStreamName: "s" };
    const log = (ago: number, message: string) =>
      logs.send(
        new PutLogEventsCommand({
          ...where,
          logEvents: [{ timestamp: Date.now() - ago, message }],
        }),
      );
    await logs.send(new CreateLogStreamCommand(where));
    await log(7_200_000, "old");
    await log(60_000, "new");
    const { stdout } = await platform("logs", "dev", "airflow", "scheduler", "--since", "90m");
    assert.match(stdout, /^\S+Z new\n$/);
    const following = begin("logs", "dev", "airflow", "scheduler", "--since", "3h", "--follow");
    let printed = "";
    following.child.stdout?.on("data", (text: string) => (printed += text));
    await until(() => printed.includes("new"));
    await log(0, "newer");
    await until(() => printed.includes("newer"));
    following.child.kill("SIGINT");
    assert.equal((await following.ended).code, 130);
    assert.match(printed, /^\S+ old\n\S+ new\n\S+ newer\n$/);
  });

  it("says where Airflow has older files than the bucket, and why an update failed", async () => {
    const s3 = new S3Client(sdk(instance));
    const Body = "# DSE_LOCAL_UPDATE=fail\n";
    const { VersionId } = await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: "requirements.txt", Body }),
    );
    const stale = await platform("deploy-dags", "dev", "dags");
    assert.equal(stale.code, 0);
    assert.match(stale.stderr, /^warning: Airflow runs with an older requirements\.txt than/m);
    await new MWAAClient(sdk(instance)).send(
      new UpdateEnvironmentCommand({
        Name: environment,
        RequirementsS3Path: "requirements.txt",
        RequirementsS3ObjectVersion: VersionId,
      }),
    );
    const failed = await platform("deploy-dags", "dev", "dags", "--wait");
    assert.equal(failed.code, 1);
    const cause =
      "UPDATE_FAILED: INCORRECT_CONFIGURATION: local AWS: requirements.txt has the line";
    assert.match(failed.stderr, new RegExp(`^error: ${environment} is ${cause}`, "m"));
  });
});
