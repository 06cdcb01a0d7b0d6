// dev, killed at one point after another while a call that took effect waits for its answer. Each time the next run
// recovers; in the end the account is that of an uncut deployment. The emulator runs all the while.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateFlowLogsCommand,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { MWAAClient, TagResourceCommand } from "@aws-sdk/client-mwaa";
import { FAULTS, FAULTS_LOG, type Fault } from "../../local/gateway/faults.mts";
import { clone, type Instance } from "../../local/instance.mts";
import { type Resource, resourcesOf, type State } from "../../operations/recovery/deployment.mts";
import { kinds, repeatable } from "../../operations/recovery/kinds.mts";
import { sdk, shellEnvironment } from "../local/support.mts";
import { platform } from "../operations/support.mts";
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
import { differencesOf, type Inventory, readInventory } from "../support/inventory.mts";
import { countUnnamed } from "../support/unnamed.mts";

/** Calls of an update, one for each way to tell what became of it. */
const points = [
  "iam AddUserToGroup",
  "iam AttachRolePolicy",
  "iam CreatePolicy",
  "iam CreateRole",
  "iam CreateUser",
  "ec2 AllocateAddress",
  "ec2 AssociateRouteTable",
  "ec2 CreateFlowLogs",
  "ec2 CreateInternetGateway",
  "ec2 CreateNatGateway",
  "ec2 CreateRoute$",
  "ec2 CreateRouteTable",
  "ec2 CreateSecurityGroup",
  "ec2 CreateSubnet",
  "ec2 CreateVpc$",
  "ec2 CreateVpcEndpoint",
  String.raw`s3 PUT /[\w-]+/?$`,
  String.raw`s3 PUT /[\w-]+/?\?lifecycle`,
  String.raw`s3 PUT /[\w-]+/requirements\.txt`,
  "kms CreateAlias",
  "kms CreateKey",
  "logs CreateLogGroup",
  "ecr CreateRepository",
  "batch POST /v1/createcomputeenvironment",
  "batch POST /v1/createjobqueue",
  "batch POST /v1/registerjobdefinition",
  "airflow PUT /environments/",
];

/** Calls of a destroy. */
const deletions = [
  "batch POST /v1/deletejobqueue",
  String.raw`s3 DELETE /[\w-]+/?\?lifecycle`,
  "ec2 DeleteSubnet",
];

describe("platform recover, of dev", function () {
  // About 11 seconds for each kill, more on a busy machine.
  this.timeout(1_500_000);
  let folder: string;
  let instance: Instance;
  let env: NodeJS.ProcessEnv;
  let uncut: Inventory;

  before(async () => {
    instance = await freshInstance("recover", "dev");
    folder = instance.folder;
    const PATH = `${join(clone, "local", "bin")}:${process.env["PATH"] ?? ""}`;
    env = { ...shellEnvironment(instance), PATH };
    await succeeds(deploy(folder, "dev"));
    uncut = await inventory();
    await succeeds(pulumi(folder, "destroy", "--yes", "--skip-preview", "-s", "dev"));
  });
  after(async () => {
    await removeInstance(folder);
  });

  const inventory = () => readInventory(accountOf(instance), "dev");
  const log = () => {
    const file = join(folder, FAULTS_LOG);
    return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  };

  /** Runs the engine until one of these calls took effect, kills it with all that it started, and says which call it was. */
  async function killedAt(calls: readonly string[], ...args: string[]): Promise<string> {
    rmSync(join(folder, FAULTS_LOG), { force: true });
    const fault: Fault = { call: `^(${calls.join("|")})`, effect: "hold" };
    writeFileSync(join(folder, "faults.new"), JSON.stringify([fault]));
    renameSync(join(folder, "faults.new"), join(folder, FAULTS));
    const wrapper = join(clone, "local", "bin", "pulumi");
    const command = [...args, "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"];
    const child = spawn(wrapper, command, { cwd: clone, env, detached: true, stdio: "ignore" });
    const ended = once(child, "exit");
    const running = () => child.exitCode === null && child.signalCode === null;
    while (running() && log().length === 0) await sleep(10);
    rmSync(join(folder, FAULTS));
    const [call = ""] = log();
    assert.ok(running(), `${args[0]} ended, and came to none of ${calls.join(", ")}`);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await ended;
    return call;
  }

  const recover = (...args: string[]) => platform(["recover", "dev", "--yes", ...args], env);
  const exported = async () =>
    JSON.parse(await succeeds(pulumi(folder, "stack", "export", "-s", "dev"))) as State;

  /** Kills `command` at each of the calls, and recovers; returns how many operations were cut off. */
  async function killedAtAll(calls: readonly string[], command: string, ...args: string[]) {
    const left = [...calls];
    let cutOff = 0;
    while (left.length > 0) {
      const call = await killedAt(left, command, ...args);
      left.splice(
        left.findIndex((point) => new RegExp(`^${point}`).test(call)),
        1,
      );
      const { code, stdout, stderr } = await recover("--no-update", "--json");
      assert.equal(code, 0, `${call}: ${stderr}`);
      const { unlocked, outcomes } = JSON.parse(stdout) as {
        unlocked: boolean;
        outcomes: unknown[];
      };
      assert.ok(unlocked, call);
      cutOff += outcomes.length;
    }
    return cutOff;
  }

  async function assertNothingLostOrDoubled(): Promise<void> {
    assert.deepEqual(differencesOf(uncut, await inventory()), []);
    const types = resourcesOf(await exported()).map(({ type }) => type);
    const counts = await countUnnamed(instance);
    const stated = Object.keys(counts).map((type) => [
      type,
      types.filter((t) => t === type).length,
    ]);
    assert.deepEqual(counts, Object.fromEntries(stated));
  }

  it("comes back from a kill at each kind of resource", async () => {
    // One operation at a time, so that the others do not make what the next point is at.
    const cutOff = await killedAtAll(points, "up", "--parallel=1");
    assert.equal(cutOff, points.length);
    await succeeds(make(folder, "up", "dev"));
    await assertNothingLostOrDoubled();
    await succeeds(pulumi(folder, "preview", "--refresh", "--expect-no-changes", "-s", "dev"));
  });

  it("has nothing to do then, and says so", async () => {
    const { code, stdout } = await recover();
    assert.deepEqual([code, stdout.split(":")[0]], [0, "nothing to recover"]);
  });

  /** Has the state say that what `isPending` tells was about to be made. */
  async function pretendPending(isPending: (resource: Resource) => boolean): Promise<void> {
    const { deployment } = await exported();
    const [pending, resources] = [true, false].map((wanted) =>
      (deployment.resources ?? []).filter((resource) => isPending(resource) === wanted),
    );
    const operations = pending?.map(({ id: _, outputs: __, ...resource }) => ({
      type: "creating",
      // They are many, and depend on each other, as pending ones cannot.
      resource: { ...resource, dependencies: [], propertyDependencies: {} },
    }));
    const file = join(folder, "state", ".pulumi", "stacks", "dse", "dev.json");
    const state = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest: object } };
    state.checkpoint.latest = { ...deployment, resources, pending_operations: operations };
    writeFileSync(file, JSON.stringify(state));
  }

  it("finds all that has an id to be found by, alarms and budget included", async () => {
    await setConfig(folder, "dev", { alarmEmails: ["ann@example.org"], monthlyBudgetUsd: 100 });
    await succeeds(deploy(folder, "dev"));
    const before = await exported();
    // The Name tags have random ids in them.
    await pretendPending(({ type, urn }) => type in kinds && !urn.includes("RandomId::vpc-"));
    const { code, stderr } = await recover("--no-update");
    assert.equal(code, 0, stderr);
    const ids = (state: State) =>
      resourcesOf(state).filter(({ type }) => type in kinds && kinds[type] !== repeatable);
    const idByUrn = (state: State) =>
      Object.fromEntries(ids(state).map(({ urn, id }) => [urn, id]));
    assert.deepEqual(idByUrn(await exported()), idByUrn(before));
    await succeeds(deploy(folder, "dev"));
    await setConfig(folder, "dev", { alarmEmails: [], monthlyBudgetUsd: 0 });
    await succeeds(deploy(folder, "dev"));
    await assertNothingLostOrDoubled();
  });

  it("takes over nothing that is another's, and asks which of two it is", async () => {
    const mwaa = new MWAAClient(sdk(instance));
    const arn = String(
      resourcesOf(await exported()).find(({ type }) => type === "aws:mwaa/environment:Environment")
        ?.outputs?.["arn"],
    );
    const own = (Owner: string) =>
      mwaa.send(new TagResourceCommand({ ResourceArn: arn, Tags: { Owner } }));
    await own("ann");
    await pretendPending(({ type }) => type === "aws:mwaa/environment:Environment");
    const foreign = await recover();
    assert.equal(foreign.code, 3);
    assert.match(
      foreign.stderr,
      /^error: aws:mwaa\/environment:Environment mwaa is not what dev made: \S+ has the tag Owner ann, not dse/m,
    );
    await own("dse");
    assert.equal((await recover("--no-update")).code, 0);

    const client = new EC2Client(sdk(instance));
    const { FlowLogs: [log] = [] } = await client.send(new DescribeFlowLogsCommand({}));
    const { FlowLogIds = [] } = await client.send(
      new CreateFlowLogsCommand({
        ResourceIds: [log?.ResourceId ?? ""],
        ResourceType: "VPC",
        TrafficType: "ALL",
        LogGroupName: "another",
        DeliverLogsPermissionArn: log?.DeliverLogsPermissionArn,
        TagSpecifications: [{ ResourceType: "vpc-flow-log", Tags: log?.Tags }],
      }),
    );
    await pretendPending(({ type }) => type === "aws:ec2/flowLog:FlowLog");
    const two = await recover();
    assert.equal(two.code, 3);
    const [, urn = ""] = /may be any of .*: say which by --id '(\S+)=ID'/.exec(two.stderr) ?? [];
    assert.equal((await recover("--no-update", "--id", `${urn}=${log?.FlowLogId}`)).code, 0);
    await client.send(new DeleteFlowLogsCommand({ FlowLogIds }));
    await succeeds(pulumi(folder, "preview", "--refresh", "--expect-no-changes", "-s", "dev"));
  });

  it("comes back from kills of a destroy", async () => {
    await killedAtAll(deletions, "destroy");
    await succeeds(make(folder, "up", "dev"));
    await assertNothingLostOrDoubled();
    await succeeds(make(folder, "down", "dev"));
  });
});
