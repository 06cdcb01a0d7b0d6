// The commands behind make, with a real engine, on a program that meets every mend and guard.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { findEngine } from "../../engine/engine.mts";
import { status } from "../../local/instance.mts";
import { lockHolder } from "../../local/lock.mts";
import { end, isRunning, type ProcessId } from "../../local/processes.mts";
import { stackState } from "../../local/state.mts";
import {
  cleanUp,
  makeClone,
  sdk,
  shellEnvironment,
  type Clone,
  type Result,
  type Running,
} from "./support.mts";

async function until<T>(what: string, get: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const value = get();
    if (value) return value;
    assert.ok(Date.now() < deadline, `${what} never came`);
    await sleep(20);
  }
}

describe("the local AWS, deployed to", function () {
  // Up to three runs of the engine in a test, each a preview and an update.
  this.timeout(180_000);
  let clone: Clone;
  before(async function () {
    this.timeout(0); // the engine may have to be built
    await findEngine(console.log);
    clone = makeClone();
  });
  after(cleanUp);

  const tracked = () => clone.git("status", "--porcelain", "--untracked-files=no");
  const running = () => {
    const now = status(clone.instance);
    return now.state === "running" ? now.instance : assert.fail("not running");
  };
  /** A person's shell after `eval "$(make -s env)"`. */
  const shell = (command: string) => {
    const env = shellEnvironment(running());
    env["PATH"] = `${join(clone.folder, "local", "bin")}:${env["PATH"]}`;
    const done = spawnSync("sh", ["-c", command], { cwd: clone.folder, env, encoding: "utf8" });
    return { code: done.status, out: done.stdout + done.stderr };
  };
  const succeed = (result: Result) => {
    assert.equal(result.code, 0, result.out);
    return result.out;
  };
  const logOf = (stack: string) => join(clone.instance, "logs", `pulumi-up-${stack}.log`);
  /** `up` in the background. The log of an earlier one would tell of what that has made. */
  const begin = (stack: string) => {
    rmSync(logOf(stack), { force: true });
    return clone.start("up", "--stack", stack);
  };
  /** The engine that makes things, which follows the one that previews them, once so many are made. */
  const engine = async (first: Running, made: number, stack = "dev"): Promise<ProcessId> => {
    const early = first.ended.then(({ out }) => assert.fail(`ended too early: ${out}`));
    const lock = join(clone.instance, `stack-${stack}.lock`);
    const found = until("the engine", () => {
      const holder = lockHolder(lock)?.engine;
      return existsSync(logOf(stack)) && holder && isRunning(holder) && holder;
    });
    const id = await Promise.race([found, early]);
    const count = () => readFileSync(logOf(stack), "utf8").split(" created (").length - 1;
    await Promise.race([until(`resource ${made}`, () => count() >= made), early]);
    early.catch(() => undefined);
    return id;
  };

  it("has nothing to take down or to show at first, and says so", () => {
    assert.match(succeed(clone.local("down", "--stack", "dev")), /nothing to do/);
    const env = clone.local("env");
    assert.deepEqual([env.code, /is not running/.test(env.out)], [1, true]);
    const unknown = clone.local("up", "--stack", "prod");
    assert.equal(unknown.code, 1);
    assert.match(unknown.out, /^error: there is no stack prod: STACK is one of dev, qa/);
    assert.equal(existsSync(clone.instance), false, "and nothing was started");
  });

  it("lets an interrupted run end well, and goes on from there", async () => {
    const first = begin("dev");
    await engine(first, 1);
    process.kill(first.pid, "SIGINT");
    const { code, out } = await first.ended;
    assert.equal(code, 130, out);
    const state = stackState(clone.instance, "dev");
    assert.deepEqual(state?.pending, []);
    assert.ok(state.resources > 0);

    const again = succeed(clone.local("up", "--stack", "dev"));
    assert.match(again, /created[^]* unchanged/);
    assert.match(
      again,
      /airflowArn: "arn:aws:airflow:us-west-2:123456789012:environment\/dse-dev-airflow"/,
    );
    assert.doesNotMatch(again, /warning/i);
    assert.match(succeed(clone.local("status")), /stack dev: deployed, \d+ resources/);
  });

  it("keeps no log of the engine's own, which takes half of its time", () => {
    assert.ok(statSync(join(clone.instance, "pulumi", "logs")).isFile());
  });

  it("keeps no attributes beside the state: a kill while they are written would leave none that is read", () => {
    const files = readdirSync(join(clone.instance, "state"), { recursive: true, encoding: "utf8" });
    assert.ok(files.some((file) => file.endsWith("dev.json")));
    assert.deepEqual(
      files.filter((file) => file.endsWith(".attrs")),
      [],
    );
  });

  it("refuses a second command on the stack; when the first is killed, its engine is waited for", async () => {
    const first = begin("dev");
    await engine(first, 0);
    const second = clone.local("up", "--stack", "dev");
    assert.equal(second.code, 1);
    assert.match(
      second.out,
      new RegExp(`^error: \`make up\` of dev is running since \\S+ \\(process ${first.pid}\\)`),
    );

    process.kill(first.pid, "SIGKILL");
    const third = succeed(clone.local("up", "--stack", "dev"));
    assert.match(third, /goes on: waiting for it[^]*28 unchanged/);
  });

  it("answers a plain pulumi after make env, and no tracked file changes", () => {
    const out = succeed(
      shell(`set -e
        pulumi config set dse:token hush --secret --stack dev
        pulumi config get dse:token --stack dev
        pulumi preview --stack dev --refresh --expect-no-changes --non-interactive
        pulumi stack init other --non-interactive
        pulumi config set dse:cidr 10.2.0.0/16 --stack other
        pulumi stack rm other --yes`),
    );
    assert.match(out, /^hush$/m);
    assert.match(out, /28 unchanged/);
    assert.doesNotMatch(out, /warning/i);
    assert.equal(tracked(), "");
  });

  it("takes over what a killed engine made: nothing is made twice, and the other stack stays", async () => {
    const before = running();
    const first = begin("qa");
    const { pid } = await engine(first, 3, "qa");
    process.kill(pid, "SIGKILL");
    assert.match((await first.ended).out, /killed \(SIGKILL\)\. Run the same command again/);
    assert.notDeepEqual(stackState(clone.instance, "qa")?.pending, []);
    assert.match(
      succeed(clone.local("preview", "--stack", "qa")),
      /was killed: `make up` takes over what it made/,
    );

    const again = succeed(clone.local("up", "--stack", "qa"));
    assert.match(again, /An earlier run of qa was killed: taking over what it made\./);
    assert.match(again, /qa was left with a lock and \d+ cut-off operations\./);
    assert.deepEqual(stackState(clone.instance, "qa")?.pending, []);
    assert.deepEqual(running(), before);
    assert.match(succeed(clone.local("up", "--stack", "dev")), /28 unchanged/);
    const ec2 = new EC2Client(sdk(before));
    const Filters = [{ Name: "is-default", Values: ["false"] }];
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters }));
    assert.equal(Vpcs.length, 2);
  });

  it("reports a call that would have left for the real AWS", () => {
    const program = join(clone.folder, "index.ts");
    const source = readFileSync(program, "utf8");
    const call = `
      import * as http from "node:http";
      const { hostname, port } = new URL(process.env["HTTPS_PROXY"] ?? "");
      const to = { host: hostname, port, method: "CONNECT", path: "iam.amazonaws.com:443" };
      http.request(to).on("connect", (_, socket) => socket.destroy()).end();\n`;
    writeFileSync(program, source + call);
    try {
      const out = succeed(clone.local("up", "--stack", "dev"));
      assert.match(out, /^refused a call to iam\.amazonaws\.com: /m);
    } finally {
      writeFileSync(program, source);
    }
  });

  it("keeps running for the other stack", () => {
    assert.match(
      succeed(clone.local("down", "--stack", "dev")),
      /28 deleted[^]*keeps running for qa/,
    );
    assert.equal(stackState(clone.instance, "dev"), undefined);
    assert.match(succeed(clone.local("down", "--stack", "dev")), /nothing to do/);
  });

  it("recovers when an emulator is lost", async () => {
    await end(running().processes.slice(0, 1));
    assert.match(clone.local("status").out, /was lost/);
    const again = succeed(clone.local("up", "--stack", "qa"));
    assert.match(again, /was lost \(moto\)[^]*qa was deployed there[^]*\+ 28 created/);
  });

  it("stops with the last stack, and leaves nothing running", () => {
    const { processes } = running();
    assert.match(succeed(clone.local("down", "--stack", "qa")), /is stopped: no stack is left/);
    assert.deepEqual(processes.filter(isRunning), []);
    const left = readdirSync(clone.instance).filter((name) => /\.lock|processes|\.new$/.test(name));
    assert.deepEqual(left, []);
    assert.equal(tracked(), "");
  });
});
