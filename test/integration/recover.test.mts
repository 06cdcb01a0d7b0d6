// dev, killed at one point after another while calls that took effect wait for their answers. Each time the next run
// recovers; in the end the account is that of an uncut deployment. The emulator runs all the while.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateFlowLogsCommand,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { MWAAClient, TagResourceCommand } from "@aws-sdk/client-mwaa";
import type { Fault } from "../../local/gateway/faults.mts";
import { clone, type Instance } from "../../local/instance.mts";
import { type Resource, resourcesOf, type State } from "../../operations/recovery/deployment.mts";
import { kinds, repeatable } from "../../operations/recovery/kinds.mts";
import { sdk, shellEnvironment } from "../local/support.mts";
import { platform } from "../operations/support.mts";
import {
  accountOf,
  deploy,
  destroy,
  freshInstance,
  make,
  pulumi,
  removeInstance,
  setConfig,
  succeeds,
} from "../support/cli.mts";
import { endFaults, faultsMet, setFaults } from "../support/faults.mts";
import { differencesOf, type Inventory, readInventory } from "../support/inventory.mts";
import { countUnnamed } from "../support/unnamed.mts";

/**
 * Calls of an update, one for each way to tell what became of it. All calls of a group wait for their answer when the
 * update is killed: none needs what another makes, and each group needs the one before.
 */
const points = [
  [
    "iam CreatePolicy",
    "iam CreateRole",
    "iam CreateUser",
    "ec2 AllocateAddress",
    "ec2 CreateVpc$",
    String.raw`s3 PUT /[\w-]+/?$`,
    "kms CreateKey",
    "ecr CreateRepository",
  ],
  [
    "iam AddUserToGroup",
    "iam AttachRolePolicy",
    "ec2 CreateInternetGateway",
    "ec2 CreateRouteTable",
    "ec2 CreateSecurityGroup",
    "ec2 CreateSubnet",
    String.raw`s3 PUT /[\w-]+/?\?lifecycle`,
    String.raw`s3 PUT /[\w-]+/requirements\.txt`,
    "kms CreateAlias",
    "logs CreateLogGroup",
  ],
  [
    "ec2 AssociateRouteTable",
    "ec2 CreateFlowLogs",
    "ec2 CreateNatGateway",
    "ec2 CreateRoute$",
    "ec2 CreateVpcEndpoint",
    "batch POST /v1/registerjobdefinition",
  ],
  ["batch POST /v1/createcomputeenvironment"],
  ["batch POST /v1/createjobqueue"],
  ["airflow PUT /environments/"],
];

/** Calls of a destroy, which the engine makes level by level: none of a level before all of the one above are answered. */
const deletions = [
  ["batch POST /v1/deletejobqueue"],
  [String.raw`s3 DELETE /[\w-]+/?\?lifecycle`],
  ["ec2 DeleteSubnet"],
];

describe("platform recover, of dev", function () {
  this.timeout(600_000);
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
    await succeeds(destroy(folder, "dev"));
  });
  after(async () => {
    await removeInstance(folder);
  });

  const inventory = () => readInventory(accountOf(instance), "dev");

  /** Runs the engine until each of these calls took effect, and kills it with all that it started. */
  async function killedAt(calls: readonly string[], ...args: string[]): Promise<void> {
    const faults = calls.map((call): Fault => ({ call: `^${call}`, times: 99, effect: "hold" }));
    setFaults(folder, faults);
    const wrapper = join(clone, "local", "bin", "pulumi");
    // All that is held is under way at once.
    const options = ["--yes", "--skip-preview", "--non-interactive", "--parallel=200"];
    const child = spawn(wrapper, [...args, ...options, "--stack", "dev"], {
      cwd: clone,
      env,
      detached: true,
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    const missing = () =>
      calls.filter((call) => !faultsMet(folder).some((met) => new RegExp(`^${call}`).test(met)));
    const deadline = Date.now() + 60_000;
    const waits = () => child.exitCode === null && Date.now() < deadline;
    while (waits() && missing().length > 0) await sleep(20);
    endFaults(folder);
    const cut = child.exitCode === null;
    if (cut) process.kill(-(child.pid ?? 0), "SIGKILL");
    await ended;
    assert.ok(cut, `${args[0]} has ended by itself`);
    assert.deepEqual(missing(), [], `${args[0]} did not come there`);
  }

  const recover = (...args: string[]) => platform(["recover", "dev", "--yes", ...args], env);
  const exported = async () =>
    JSON.parse(await succeeds(pulumi(folder, "stack", "export", "-s", "dev"))) as State;

  /** Kills `command` at each group of calls, and recovers; each call is one that was cut off. */
  async function killedAtAll(groups: readonly (readonly string[])[], command: string) {
    for (const calls of groups) {
      await killedAt(calls, command);
      const { code, stdout, stderr } = await recover("--no-update", "--json");
      assert.equal(code, 0, `${calls.join(", ")}: ${stderr}`);
      const { unlocked, outcomes } = JSON.parse(stdout) as {
        unlocked: boolean;
        outcomes: { outcome: string }[];
      };
      assert.ok(unlocked, calls.join(", "));
      const settled = outcomes.filter(({ outcome }) => outcome !== "not made");
      assert.ok(settled.length >= calls.length, `${calls.join(", ")}: ${stdout}`);
    }
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
    await killedAtAll(points, "up");
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
