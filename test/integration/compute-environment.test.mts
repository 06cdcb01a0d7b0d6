// A compute environment that a queue is on, replaced: what AWS refuses to delete, the gateway does.
import assert from "node:assert/strict";
import {
  BatchClient,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
} from "@aws-sdk/client-batch";
import {
  accountOf,
  deploy,
  destroy,
  freshInstance,
  pulumi,
  removeInstance,
  setConfig,
  succeeds,
} from "../support/cli.mts";

describe("a compute environment", function () {
  this.timeout(180_000);
  const first = "dse-infra-dev-us-west-2-default";
  let folder: string;
  let batch: BatchClient;

  const up = () => succeeds(deploy(folder, "dev"));
  const config = (...args: string[]) =>
    succeeds(pulumi(folder, "config", ...args, "--path", "-s", "dev"));

  /** The name of the one environment that there is; the queue is on it, and jobs can start. */
  const present = async (): Promise<string> => {
    const { computeEnvironments = [] } = await batch.send(
      new DescribeComputeEnvironmentsCommand({}),
    );
    const { jobQueues = [] } = await batch.send(new DescribeJobQueuesCommand({}));
    const [environment] = computeEnvironments;
    assert.equal(computeEnvironments.length, 1);
    assert.deepEqual(
      jobQueues.map(({ jobQueueName, state, computeEnvironmentOrder }) => ({
        jobQueueName,
        state,
        computeEnvironmentOrder,
      })),
      [
        {
          jobQueueName: first,
          state: "ENABLED",
          computeEnvironmentOrder: [
            { order: 1, computeEnvironment: environment?.computeEnvironmentArn },
          ],
        },
      ],
    );
    assert.equal(environment?.state, "ENABLED");
    return environment.computeEnvironmentName ?? "";
  };

  before(async () => {
    const instance = await freshInstance("compute-environment", "dev");
    folder = instance.folder;
    await config("set", "dse:natStrategy", "single");
    await up();
    batch = new BatchClient(accountOf(instance));
  });

  after(async () => {
    await removeInstance(folder);
  });

  it("has the reference's name at first", async () => {
    assert.equal(await present(), first);
  });

  let moved: string;
  it("in other subnets is another one, to which the queue moves before the old one goes", async () => {
    await config("set", "dse:jobSubnets", "private");
    await up();
    moved = await present();
    assert.match(moved, /^dse-infra-dev-us-west-2-default-[0-9a-f]{8}$/);
  });

  it("stays where nothing changes", async () => {
    assert.match(await up(), /Resources:\n\s+\d+ unchanged\n/);
    assert.equal(await present(), moved);
  });

  it("in the first subnets has the first name again", async () => {
    await config("rm", "dse:jobSubnets");
    await up();
    assert.equal(await present(), first);
  });

  it("is another one when its own subnets are replaced, NAT gateway and all", async () => {
    await setConfig(folder, "dev", { publicSubnetCidrs: ["10.0.8.0/24", "10.0.9.0/24"] });
    await up();
    const now = await present();
    assert.match(now, /^dse-infra-dev-us-west-2-default-[0-9a-f]{8}$/);
    assert.notEqual(now, moved);
    await succeeds(pulumi(folder, "preview", "--refresh", "--expect-no-changes", "-s", "dev"));
  });

  it("is another one when a zone is added", async () => {
    const before = await present();
    await setConfig(folder, "dev", {
      publicSubnetCidrs: ["10.0.8.0/24", "10.0.9.0/24", "10.0.10.0/24"],
      privateSubnetCidrs: ["10.0.2.0/24", "10.0.3.0/24", "10.0.4.0/24"],
    });
    await up();
    assert.notEqual(await present(), before);
  });

  it("of a later generation is taken down like the first", async () => {
    await succeeds(destroy(folder, "dev"));
    const { computeEnvironments } = await batch.send(new DescribeComputeEnvironmentsCommand({}));
    assert.deepEqual(computeEnvironments, []);
  });
});
