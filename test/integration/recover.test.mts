// dev, killed at one point after another while a call that took effect waits for its answer. Each time the next run
// recovers; in the end the account is that of an uncut deployment. The emulator runs all the while.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BatchClient, DescribeJobDefinitionsCommand } from "@aws-sdk/client-batch";
import * as ec2 from "@aws-sdk/client-ec2";
import { DescribeKeyCommand, KMSClient, paginateListKeys } from "@aws-sdk/client-kms";
import { FAULTS, FAULTS_LOG, type Fault } from "../../local/gateway/faults.mts";
import { clone, start, type Instance } from "../../local/instance.mts";
import { engineOf, prepareEngine } from "../../local/pulumi.mts";
import { stackState } from "../../local/state.mts";
import { sdk, shellEnvironment } from "../local/support.mts";
import { platform } from "../operations/support.mts";
import {
  accountOf,
  deploy,
  freshInstanceFolder,
  make,
  pulumi,
  removeInstance,
  setConfig,
  succeeds,
} from "../support/cli.mts";
import { differencesOf, readInventory } from "../support/inventory.mts";

/** Calls of an update, one for each kind of resource and for each way to find it again. */
const points = [
  "iam CreateUser",
  "iam AddUserToGroup",
  "iam CreateGroup",
  "iam CreatePolicy",
  "iam CreateRole",
  "iam AttachRolePolicy",
  "iam AttachGroupPolicy",
  "ec2 CreateVpc",
  "ec2 CreateInternetGateway",
  "ec2 CreateSubnet",
  "ec2 AllocateAddress",
  "ec2 CreateNatGateway",
  "ec2 CreateRouteTable",
  "ec2 CreateRoute",
  "ec2 AssociateRouteTable",
  "ec2 CreateSecurityGroup",
  "ec2 CreateVpcEndpoint",
  "ec2 CreateFlowLogs",
  String.raw`s3 PUT /[\w-]+/?$`,
  String.raw`s3 PUT /[\w-]+/?\?lifecycle`,
  "s3 PUT /.*requirements.txt",
  "kms CreateKey",
  "kms CreateAlias",
  "logs CreateLogGroup",
  "ecr CreateRepository",
  "batch POST /v1/createcomputeenvironment",
  "batch POST /v1/createjobqueue",
  "batch POST /v1/registerjobdefinition",
  "airflow PUT /environments",
  "sns CreateTopic",
  "monitoring .*PutMetricAlarm",
  "events PutRule",
  "budgets CreateBudget",
];

describe("platform recover, of dev", function () {
  this.timeout(600_000);
  let folder: string;
  let instance: Instance;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    folder = await freshInstanceFolder();
    const say = () => undefined;
    const engine = await engineOf(say);
    instance = await start({ folder, say });
    await prepareEngine(engine, instance, say);
    const PATH = `${join(clone, "local", "bin")}:${process.env["PATH"] ?? ""}`;
    env = { ...shellEnvironment(instance), PATH };
    await succeeds(pulumi(folder, "stack", "init", "dev"));
    await setConfig(folder, "dev", { alarmEmails: ["ann@example.org"], monthlyBudgetUsd: 100 });
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
    let over = false;
    void ended.then(() => (over = true));
    while (!over && log().length === 0) await sleep(10);
    rmSync(join(folder, FAULTS));
    const [call = ""] = log();
    assert.ok(!over, `${args[0]} ended, and came to none of ${calls.join(", ")}`);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await ended;
    return call;
  }

  const recover = (...args: string[]) => platform(["recover", "dev", ...args], env);

  it("comes back from a kill at every kind of resource", async () => {
    const left = [...points];
    while (left.length > 0) {
      const t = Date.now();
      // One operation at a time, so that the others do not make what the next point is at.
      const call = await killedAt(left, "up", "--parallel=1");
      const t1 = Date.now();
      const met = left.findIndex((point) => new RegExp(`^${point}`).test(call));
      left.splice(met, 1);
      const { code, stderr } = await recover("--no-update", "--yes");
      console.log(call, t1 - t, Date.now() - t1, stderr);
      assert.equal(code, 0, `${call}: ${stderr}`);
    }
  });
});
