// An account from nothing to a state bucket, through kills on the way, and a stack whose state and secrets are there.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListResourceTagsCommand,
  paginateListKeys,
} from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { clone, type Instance } from "../../local/instance.mts";
import { wasRunning } from "../../operations/lib/locks.mts";
import { descendants, run, until } from "../engine/support.mts";
import { sdk, shellEnvironment } from "../local/support.mts";
import { platform, startPlatform } from "../operations/support.mts";
import { freshInstance, removeInstance } from "../support/cli.mts";

describe("platform bootstrap, on an empty account", function () {
  this.timeout(600_000);
  let folder: string;
  let instance: Instance;
  let env: NodeJS.ProcessEnv;
  let s3: S3Client;
  let kms: KMSClient;

  before(async () => {
    instance = await freshInstance("bootstrap");
    folder = instance.folder;
    const PATH = `${join(clone, "local", "bin")}:${process.env["PATH"] ?? ""}`;
    env = { ...shellEnvironment(instance), PATH };
    s3 = new S3Client(sdk(instance));
    kms = new KMSClient(sdk(instance));
  });
  after(async () => {
    await removeInstance(folder);
  });

  const Bucket = "dse-pulumi-state-123456789012-us-west-2";
  const args = (...more: string[]) => [
    "bootstrap",
    "--local-state",
    join(folder, "bootstrap"),
    ...more,
  ];
  const bootstrap = (...more: string[]) => platform(args(...more), env);
  const state = ".pulumi/stacks/dse-bootstrap/123456789012.json";
  const keys = async () => {
    const ours: string[] = [];
    for await (const { Keys = [] } of paginateListKeys({ client: kms }, {}))
      for (const { KeyId = "" } of Keys) {
        const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
        if (Tags.some(({ TagKey }) => TagKey === "dse-bootstrap")) ours.push(KeyId);
      }
    return ours;
  };

  it("refuses a bucket and an alias that are somebody else's, and makes nothing", async () => {
    await s3.send(
      new CreateBucketCommand({
        Bucket: "somebody-elses",
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    );
    await s3.send(new PutObjectCommand({ Bucket: "somebody-elses", Key: "data", Body: "1" }));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const alias = { AliasName: "alias/somebody-elses", TargetKeyId: KeyMetadata?.KeyId };
    await kms.send(new CreateAliasCommand(alias));
    const refusals = [
      [["--bucket", "somebody-elses"], "the bucket somebody-elses is there, with objects, and not"],
      [["--key-alias", "alias/somebody-elses"], "alias/somebody-elses is the alias of a key that"],
    ] as const;
    for (const [options, line] of refusals) {
      const { code, stdout, stderr } = await bootstrap(...options);
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, new RegExp(`^error: ${line}[^\n]*\n$`));
    }
    assert.equal(existsSync(join(folder, "bootstrap")), false);
    assert.deepEqual(await keys(), []);
  });

  const attributes = () => {
    const files = readdirSync(join(folder, "bootstrap"), { recursive: true, encoding: "utf8" });
    return files.filter((file) => file.endsWith(".attrs"));
  };

  /** Kills it and all that it started once it has said this. */
  const killedAt = async (said: string) => {
    const running = startPlatform(args(), env);
    let over = false;
    void running.ended.then(() => (over = true));
    await until(() => over || running.said().includes(said));
    assert.ok(!over, running.said());
    const all = [running.child.pid ?? 0, ...(await descendants(running.child.pid ?? 0))];
    for (const pid of all)
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ESRCH");
      }
    await running.ended;
    await until(() => !all.some((pid) => wasRunning(pid, new Date())));
  };

  it("goes on where it was when it is killed, and prints what leads there", async () => {
    await killedAt("aws:s3:Bucket state creat");
    // A kill while they are written would leave a state that is not read.
    assert.deepEqual(attributes(), []);
    await killedAt("Moving the state");
    const { code, stdout, stderr } = await bootstrap();
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      new RegExp(`^export PULUMI_BACKEND_URL='s3://${Bucket}\\?region=us-west-2'$`, "m"),
    );
    assert.match(stdout, /--secrets-provider 'awskms:\/\/alias\/dse-pulumi-secrets\?region=/);
    assert.equal((await keys()).length, 1);
    assert.equal(existsSync(join(folder, "bootstrap", "123456789012")), false);
  });

  it("has made a bucket that is closed, versioned and encrypted with a key that rotates", async () => {
    const [KeyId = ""] = await keys();
    const [versioning, block, policy, encryption, owner, lifecycle, rotation] = await Promise.all([
      s3.send(new GetBucketVersioningCommand({ Bucket })),
      s3.send(new GetPublicAccessBlockCommand({ Bucket })),
      s3.send(new GetBucketPolicyCommand({ Bucket })),
      s3.send(new GetBucketEncryptionCommand({ Bucket })),
      s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
      s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
      kms.send(new GetKeyRotationStatusCommand({ KeyId })),
    ]);
    assert.equal(versioning.Status, "Enabled");
    assert.ok(Object.values(block.PublicAccessBlockConfiguration ?? {}).every(Boolean));
    assert.match(policy.Policy ?? "", /"aws:SecureTransport":"false"\}\},"Effect":"Deny"/);
    const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
    assert.match(rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID ?? "", new RegExp(KeyId));
    assert.equal(owner.OwnershipControls?.Rules?.[0]?.ObjectOwnership, "BucketOwnerEnforced");
    const days = lifecycle.Rules?.map((each) => each.NoncurrentVersionExpiration?.NoncurrentDays);
    assert.ok(days?.includes(90));
    assert.equal(rotation.KeyRotationEnabled, true);
  });

  it("changes nothing when it is run again", async () => {
    const versions = async () => {
      const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: state }));
      return Versions?.map(({ VersionId }) => VersionId);
    };
    const before = await versions();
    const { code, stdout, stderr } = await bootstrap("--json");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /nothing to change/);
    assert.equal((JSON.parse(stdout) as { bucket: string }).bucket, Bucket);
    assert.deepEqual(await versions(), before);
  });

  it("refuses a second bucket for the key that there is", async () => {
    const { code, stderr } = await bootstrap("--bucket", "another");
    assert.equal(code, 3);
    assert.match(
      stderr,
      new RegExp(`has its key alias/dse-pulumi-secrets for the state bucket ${Bucket}`),
    );
  });

  it("protects both from pulumi destroy", async () => {
    const backend = { PULUMI_BACKEND_URL: `s3://${Bucket}?region=us-west-2` };
    const destroy = ["destroy", "--yes", "--stack", "123456789012", "--non-interactive"];
    const { code, stdout, stderr } = await run(
      "pulumi",
      ["-C", join(clone, "bootstrap"), ...destroy],
      {
        env: { ...env, ...backend },
      },
    );
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /protect/);
  });

  it("takes over what it made where no state is left", async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    // Not empty: the tag alone says that it is bootstrap's.
    await s3.send(new PutObjectCommand({ Bucket, Key: "left", Body: "1" }));
    const before = await keys();
    const { code, stderr } = await bootstrap();
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`${Bucket} was made by an earlier run: it is taken over`));
    assert.deepEqual(await keys(), before);
    assert.match((await bootstrap()).stderr, /nothing to change/);
  });

  it("leaves a backend and a key that a stack works with, and whose faults are one line", async () => {
    const backend = { PULUMI_BACKEND_URL: `s3://${Bucket}?region=us-west-2` };
    const pulumi = (...command: string[]) =>
      run("pulumi", [...command, "--non-interactive"], { cwd: clone, env: { ...env, ...backend } });
    const provider = "awskms://alias/dse-pulumi-secrets?region=us-west-2";
    const made = await pulumi("stack", "init", "dev", "--secrets-provider", provider);
    assert.equal(made.code, 0, made.stderr);
    const set = await pulumi("config", "set", "--secret", "dse:owner", "hidden", "--stack", "dev");
    assert.equal(set.code, 0, set.stderr);
    const read = await pulumi("config", "get", "dse:owner", "--stack", "dev");
    assert.equal(read.stdout, "hidden\n");

    const closed = createServer((_, response) => {
      response.writeHead(403, { "content-type": "application/xml" });
      response.end("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
    });
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    const elsewhere = `endpoint=http://127.0.0.1:${port}&s3ForcePathStyle=true`;
    const faults = [
      ["drift", backend.PULUMI_BACKEND_URL, /dev is not deployed/],
      ["preview", "s3://not-there?region=us-west-2", /the state bucket does not exist/],
      ["preview", `${backend.PULUMI_BACKEND_URL}&${elsewhere}`, /the state bucket may not be read/],
    ] as const;
    for (const [command, url, line] of faults) {
      const { code, stdout, stderr } = await platform([command, "dev"], {
        ...env,
        PULUMI_BACKEND_URL: url,
      });
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, line);
    }
    closed.close();

    const settings = join(folder, "project", "Pulumi.dev.yaml");
    const before = readFileSync(settings, "utf8");
    writeFileSync(settings, before.replace(/^encryptedkey: .*/m, "encryptedkey: AAAA"));
    const { code, stdout, stderr } = await platform(["up", "dev"], { ...env, ...backend });
    assert.deepEqual([code, stdout], [3, ""]);
    assert.match(
      stderr,
      /^error: the state of dev cannot be read: the stack's secrets are of another key[^\n]*\n$/,
    );
  });

  it("leaves a backend whose locks and cut-off operations recover settles", async () => {
    const stack = { ...env, PULUMI_BACKEND_URL: `s3://${Bucket}?region=us-west-2` };
    const Key = ".pulumi/stacks/dse/dev.json";
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const state = JSON.parse((await Body?.transformToString()) ?? "") as {
      checkpoint: { latest: object };
    };
    const type = "pulumi:providers:aws";
    const provider = { urn: `urn:pulumi:dev::dse::${type}::aws`, custom: true, type, id: "p" };
    const made = {
      urn: "urn:pulumi:dev::dse::aws:s3/bucket:Bucket::made",
      custom: true,
      type: "aws:s3/bucket:Bucket",
      inputs: { bucket: "made-and-not-recorded" },
      provider: `${provider.urn}::p`,
    };
    state.checkpoint.latest = {
      ...state.checkpoint.latest,
      resources: [{ ...provider, inputs: { region: "us-west-2" } }],
      pending_operations: [{ type: "creating", resource: made }],
    };
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(state) }));
    const CreateBucketConfiguration = { LocationConstraint: "us-west-2" as const };
    const bucket = made.inputs.bucket;
    await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
    const lock = { pid: 1, username: "ann", hostname: "elsewhere", timestamp: new Date() };
    const lockKey = ".pulumi/locks/organization/dse/dev/a.json";
    await s3.send(new PutObjectCommand({ Bucket, Key: lockKey, Body: JSON.stringify(lock) }));

    const refused = await platform(["recover", "dev", "--yes"], stack);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /dev is locked by ann@elsewhere, process 1/);
    const options = ["--yes", "--no-update", "--force-unlock"];
    const { code, stderr } = await platform(["recover", "dev", ...options], stack);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Bucket made was made, as made-and-not-recorded: it is taken over/);
    const again = await platform(["recover", "dev"], stack);
    assert.match(again.stdout, /^nothing to recover/);
  });
});
