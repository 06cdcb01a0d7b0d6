// preview, up and drift of dev as on a real account: through `platform`, with the policies on.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutBucketTaggingCommand, S3Client } from "@aws-sdk/client-s3";
import { clone } from "../../local/instance.mts";
import { sdk, shellEnvironment } from "../local/support.mts";
import { platform } from "../operations/support.mts";
import { freshInstance, pulumi, removeInstance, setConfig, succeeds } from "../support/cli.mts";

describe("platform, on dev", function () {
  this.timeout(300_000);
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let tamper: () => Promise<void>;

  before(async () => {
    const instance = await freshInstance("operations", "dev");
    folder = instance.folder;
    const PATH = `${join(clone, "local", "bin")}:${process.env["PATH"] ?? ""}`;
    env = { ...shellEnvironment(instance), PATH };
    tamper = async () => {
      const logs = new CloudWatchLogsClient(sdk(instance));
      const logGroupName = "/aws/batch/dse-infra-dev-us-west-2-default";
      await logs.send(new DeleteLogGroupCommand({ logGroupName }));
      const Tagging = { TagSet: [{ Key: "Owner", Value: "somebody" }] };
      const Bucket = "dse-infra-dev-us-west-2-scratch";
      await new S3Client(sdk(instance)).send(new PutBucketTaggingCommand({ Bucket, Tagging }));
    };
  });
  after(async () => {
    await removeInstance(folder);
  });

  const run = (...args: string[]) => platform(args, env);
  const plan = () => join(folder, "dev.plan");

  it("deploys what was planned, with the policies on", async () => {
    const previewed = await run("preview", "dev", "--save-plan", plan());
    assert.equal(previewed.code, 0, previewed.stdout);
    assert.match(previewed.stdout, /Policies:\n.* dse@/);
    const deployed = await run("up", "dev", "--plan", plan(), "--yes");
    assert.equal(deployed.code, 0, deployed.stdout);
    assert.match(deployed.stdout, /Policies:\n.* dse@/);
  });

  it("sees no drift, under another's lock, and neither locks nor writes", async () => {
    const state = join(folder, "state", ".pulumi");
    const locks = join(state, "locks", "organization", "dse", "dev");
    mkdirSync(locks, { recursive: true });
    const lock = { pid: 1, username: "other", hostname: "other", timestamp: new Date() };
    writeFileSync(join(locks, "other.json"), JSON.stringify(lock));
    const snapshot = () =>
      readdirSync(state, { recursive: true, encoding: "utf8" })
        .sort()
        .map((file) => [file, statSync(join(state, file)).mtimeMs]);
    const before = snapshot();
    const { code, stdout, stderr } = await run("drift", "dev");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^no drift: \d+ resources are as dev left them\n$/);
    assert.deepEqual(snapshot(), before);

    const refused = await run("up", "dev", "--yes");
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stderr,
      /^error: dev is locked by other@other, process 1, since .*platform recover dev`$/m,
    );
    rmSync(join(locks, "other.json"));
  });

  it("sees what was changed and deleted behind its back", async () => {
    await tamper();
    const { code, stdout } = await run("drift", "dev");
    assert.equal(code, 1);
    assert.match(stdout, /^changed: aws:s3\/bucket:Bucket scratch: .*tags/m);
    assert.match(stdout, /^deleted: aws:cloudwatch\/logGroup:LogGroup batch$/m);
  });

  it("does nothing that the reviewed plan does not have", async () => {
    const previewed = await run("preview", "dev", "--save-plan", plan());
    assert.equal(previewed.code, 0, previewed.stdout);
    await setConfig(folder, "dev", { scratchExpiryDays: "30" });
    const { code, stdout } = await run("up", "dev", "--plan", plan(), "--yes");
    assert.notEqual(code, 0);
    assert.match(stdout, /violates plan/);
  });

  it("refuses with a line a wrong passphrase and missing credentials, and changes nothing", async () => {
    await succeeds(pulumi(folder, "stack", "change-secrets-provider", "passphrase", "-s", "dev"));
    const file = join(folder, "state", ".pulumi", "stacks", "dse", "dev.json");
    const before = readFileSync(file, "utf8");
    for (const command of ["preview", "up", "destroy"]) {
      const wrong = { ...env, PULUMI_CONFIG_PASSPHRASE: "no" };
      const { code, stdout, stderr } = await platform([command, "dev"], wrong);
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(
        stderr,
        /^error: the state of dev cannot be read: the passphrase is wrong[^\n]*\n$/,
      );
    }
    const other = await platform(["up", "dev", "--yes"], { ...env, AWS_ACCESS_KEY_ID: "" });
    assert.equal(other.code, 3);
    assert.match(other.stderr, /^error: there are no AWS credentials[^\n]*\n$/);
    assert.equal(readFileSync(file, "utf8"), before);
  });
});
