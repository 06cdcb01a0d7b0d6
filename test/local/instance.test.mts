import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { DecryptCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { start, status, stop, stopIfUnused, type Instance } from "../../local/instance.mts";
import { end, isRunning } from "../../local/processes.mts";
import { cleanUp, listeners, sdk, temporaryFolder } from "./support.mts";

/** A stack's state as Pulumi's file backend keeps it. */
function writeState(folder: string, stack: string, latest: object): void {
  const stacks = join(folder, "state", ".pulumi", "stacks", "dse");
  mkdirSync(stacks, { recursive: true });
  writeFileSync(
    join(stacks, `${stack}.json`),
    JSON.stringify({ version: 3, checkpoint: { latest } }),
  );
}

const deployed = { resources: [{ urn: "urn:pulumi:dev::dse::pulumi:pulumi:Stack::dse-dev" }] };

describe("an instance of the local AWS", () => {
  after(cleanUp);

  describe("while it runs", () => {
    let instance: Instance;
    before(async () => {
      instance = await start({ folder: temporaryFolder(), account: "210987654321" });
    });

    it("listens on loopback only, at the recorded ports only", () => {
      const expected = instance.processes.map(({ port }) => `127.0.0.1:${port}`).sort();
      assert.deepEqual(listeners(instance.processes.map(({ pid }) => pid)).sort(), expected);
    });

    it("is the account that it was asked to be", async () => {
      const me = await new STSClient(sdk(instance)).send(new GetCallerIdentityCommand({}));
      assert.equal(me.Account, "210987654321");
    });

    it("has the secret that jobs read", async () => {
      const client = new SecretsManagerClient(sdk(instance));
      const id = "airflow/connections/snowflake_raw";
      const secret = await client.send(new GetSecretValueCommand({ SecretId: id }));
      const fields = Object.entries(
        JSON.parse(secret.SecretString ?? "") as Record<string, string>,
      );
      assert.deepEqual(
        fields.map(([field]) => field),
        [
          "account",
          "user",
          "database",
          "warehouse",
          "role",
          "private_key",
          "private_key_passphrase",
        ],
      );
      for (const [field, value] of fields) assert.equal(value, `not-a-real-${field}`);
    });

    it("is found, not started again", async () => {
      const again = await start({ folder: instance.folder });
      assert.deepEqual(again, instance);
    });

    it("keeps running for a stack that is deployed or being deployed", async () => {
      assert.equal(await stopIfUnused(instance.folder, () => true), false);
      writeState(instance.folder, "dev", deployed);
      assert.equal(await stopIfUnused(instance.folder, () => false), false);
      assert.equal(status(instance.folder).state, "running");
      rmSync(join(instance.folder, "state"), { recursive: true });
    });

    it("leaves no process when it stops", async () => {
      assert.equal(await stopIfUnused(instance.folder, () => false), true);
      assert.deepEqual(instance.processes.filter(isRunning), []);
      assert.deepEqual(status(instance.folder), { state: "stopped" });
      assert.equal(await stop(instance.folder), false);
    });
  });

  it("is lost as a whole when one process is gone: the rest ends, and states are set aside", async () => {
    const folder = temporaryFolder();
    const before = await start({ folder });
    writeState(folder, "dev", deployed);
    writeState(folder, "qa", {
      pending_operations: [{ type: "creating", resource: { urn: "a::b" } }],
    });
    writeState(folder, "empty", {});
    const encrypt = new EncryptCommand({
      KeyId: before.secretsKey,
      Plaintext: Buffer.from("hush"),
    });
    const { CiphertextBlob } = await new KMSClient(sdk(before)).send(encrypt);
    const moto = before.processes.filter((p) => p.name === "moto");
    await end(moto);
    assert.equal(status(folder).state, "lost");

    const said: string[] = [];
    const after = await start({ folder, say: (line) => said.push(line) });
    assert.notEqual(after.generation, before.generation);
    assert.equal(after.url, before.url, "shells that know the address find it again");
    assert.deepEqual(before.processes.filter(isRunning), []);
    assert.match(said.join("\n"), /was lost \(moto\)/);
    assert.match(
      said.join("\n"),
      /dev and qa were deployed there: their states are set aside in \S+state-lost-/,
    );
    assert.equal(existsSync(join(folder, "state", ".pulumi")), false);
    const decrypt = new DecryptCommand({ CiphertextBlob });
    const { Plaintext } = await new KMSClient(sdk(after)).send(decrypt);
    assert.equal(Buffer.from(Plaintext ?? []).toString(), "hush", "settings keep their secrets");
    await stop(folder);
  });

  it("ends no process that has got a recorded pid since", async () => {
    const folder = temporaryFolder();
    const instance = await start({ folder });
    const record = join(folder, "processes.json");
    const text = readFileSync(record, "utf8");
    await stop(folder);
    // As after a reboot: the record stands, and its pids are other processes'; here, this test's own.
    const reused = {
      ...instance,
      processes: instance.processes.map((p) => ({ ...p, pid: process.pid })),
    };
    assert.notEqual(JSON.stringify(reused), text);
    writeFileSync(record, JSON.stringify(reused));
    assert.equal(status(folder).state, "lost");
    assert.equal(await stop(folder), true);
  });

  it("names the port that is set and taken, and changes nothing", async () => {
    const folder = temporaryFolder();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    process.env["DSE_LOCAL_PORT"] = String(port);
    try {
      await assert.rejects(
        start({ folder }),
        new RegExp(`port ${port} \\(DSE_LOCAL_PORT\\) is taken`),
      );
      assert.deepEqual(status(folder), { state: "stopped" });
      process.env["DSE_LOCAL_PORT"] = "http";
      await assert.rejects(start({ folder }), /DSE_LOCAL_PORT is http: set a port number/);
    } finally {
      delete process.env["DSE_LOCAL_PORT"];
      server.close();
    }
  });

  it("says why it did not start, with the log's end, and leaves nothing", async () => {
    const folder = temporaryFolder();
    const failure = start({ folder, withoutMends: ["no-such-mend"] });
    await assert.rejects(
      failure,
      /did not start: moto ended at once \(\S+moto\.log\)[^]*no-such-mend/,
    );
    assert.deepEqual(status(folder), { state: "stopped" });
  });
});
