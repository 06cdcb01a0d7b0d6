// The DAGs of this project in a real Airflow, with the options of a deployed environment, against its queue.
import assert from "node:assert/strict";
import {
  BatchClient,
  DescribeJobsCommand,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
} from "@aws-sdk/client-batch";
import { GetEnvironmentCommand, MWAAClient } from "@aws-sdk/client-mwaa";
import type { Instance } from "../../local/instance.mts";
import { sdk } from "../local/support.mts";
import {
  freshInstanceFolder,
  make,
  removeInstance,
  runningInstance,
  succeeds,
} from "../support/cli.mts";
import { Airflow, installAirflow } from "./airflow.mts";

describe("the DAGs in Airflow", function () {
  this.timeout(300_000);
  let folder: string;
  let instance: Instance;
  let airflow: Airflow;
  let batch: BatchClient;
  let options: Record<string, string>;
  before(async () => {
    folder = await freshInstanceFolder("airflow");
    await Promise.all([installAirflow(), succeeds(make(folder, "up", "dev"))]);
    instance = runningInstance(folder);
    batch = new BatchClient(sdk(instance));
    airflow = new Airflow(instance);
    await airflow.prepare();
    const Name = "dse-infra-dev-us-west-2-mwaa-environment";
    const mwaa = new MWAAClient(sdk(instance));
    const { Environment } = await mwaa.send(new GetEnvironmentCommand({ Name }));
    options = Environment?.AirflowConfigurationOptions ?? {};
  });
  after(async () => {
    airflow.remove();
    await removeInstance(folder);
  });

  async function jobs() {
    const jobQueue = options["custom.default_job_queue"];
    const listed = await Promise.all(
      (["SUCCEEDED", "FAILED"] as const).map((jobStatus) =>
        batch.send(new ListJobsCommand({ jobQueue, jobStatus })),
      ),
    );
    const ids = listed.flatMap(({ jobSummaryList = [] }) =>
      jobSummaryList.map(({ jobId = "" }) => jobId),
    );
    if (ids.length === 0) return [];
    return (await batch.send(new DescribeJobsCommand({ jobs: ids }))).jobs ?? [];
  }

  it("run_job submits a job to the platform's queue, and succeeds with it", async () => {
    assert.deepEqual(await jobs(), []);
    const { errors, dags, schedule, state, run, log } = await airflow.run("run_job", options);
    assert.deepEqual(errors, []);
    assert.deepEqual(dags, ["run_job"]);
    assert.equal(schedule, "None");
    assert.equal(state, "success", log);
    const [job, ...others] = await jobs();
    assert.deepEqual(others, []);
    assert.equal(job?.status, "SUCCEEDED");
    assert.match(job.jobQueue ?? "", /:job-queue\/dse-infra-dev-us-west-2-default$/);
    assert.match(job.jobDefinition ?? "", /:job-definition\/dse-infra-dev-us-west-2-default:1$/);
    assert.deepEqual(job.container?.command, ["python", "job.py"]);
    const environment = new Map(job.container.environment?.map(({ name, value }) => [name, value]));
    assert.equal(environment.get("BUCKET"), "dse-infra-dev-us-west-2-scratch");
    assert.equal(environment.get("RUN"), run);
  });

  it("run_job fails where its job does", async () => {
    const jobDefinitionName = "failing";
    await batch.send(
      new RegisterJobDefinitionCommand({
        jobDefinitionName,
        type: "container",
        platformCapabilities: ["FARGATE"],
        containerProperties: {
          image: "none",
          environment: [{ name: "DSE_LOCAL_JOB", value: "fail" }],
          resourceRequirements: [
            { type: "VCPU", value: "0.25" },
            { type: "MEMORY", value: "512" },
          ],
        },
      }),
    );
    const failing = { ...options, "custom.default_job_definition": jobDefinitionName };
    const { state, log } = await airflow.run("run_job", failing);
    assert.equal(state, "failed");
    assert.match(log, /is in FAILED state/);
    assert.deepEqual((await jobs()).map((job) => job.status).sort(), ["FAILED", "SUCCEEDED"]);
  });

  it("a missing option is an import error that names it", async () => {
    const { "custom.default_job_queue": queue, ...others } = options;
    assert.ok(queue);
    const { errors, dags } = await airflow.run("run_job", others);
    assert.deepEqual(dags, []);
    assert.match(errors.join(), /custom\/default_job_queue/);
  });
});
