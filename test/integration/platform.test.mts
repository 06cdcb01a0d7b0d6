// Both stacks on a local AWS of the tests' own: deployed, read back through the AWS APIs, taken down.
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Instance, start } from "../../local/instance.mts";
import { isRunning } from "../../local/processes.mts";
import { engineOf, pathFolders, prepareEngine } from "../../local/pulumi.mts";
import { shellEnvironment } from "../local/support.mts";
import { platform } from "../operations/support.mts";
import {
  accountOf,
  deploy,
  destroy,
  freshInstanceFolder,
  make,
  pulumi,
  removeInstance,
  type Result,
  run,
  runningInstance,
  setReferenceSize,
  succeeds,
} from "../support/cli.mts";
import { differencesOf, type Inventory, type Json, readInventory } from "../support/inventory.mts";
import { differenceIds } from "../../components/lib/differences.ts";
import { claims, referenceAccount, withoutSecretSuffix } from "./reference.mts";

async function isRefused(folder: string, command: string, reason: RegExp): Promise<void> {
  const { code, output } = await pulumi(folder, command, "--yes", "--skip-preview", "-s", "dev");
  assert.notEqual(code, 0, `${command} was not refused`);
  assert.match(output, reason);
}

function assertSame(actual: Inventory, expected: Inventory): void {
  const lines = differencesOf(expected, actual).map(
    ({ path, a, b }) => `${path}: ${JSON.stringify(a)} became ${JSON.stringify(b)}`,
  );
  assert.deepEqual(lines, []);
}

describe("the platform on a local AWS", function () {
  this.timeout(180_000);
  let folder: string;
  let instance: Instance;
  let empty: Inventory;
  const tracked = () => run(folder, "git", ["status", "--porcelain"]);
  let trackedBefore: Result;

  const read = async (environment: string) =>
    withoutSecretSuffix(await readInventory(accountOf(instance), environment));

  before(async () => {
    folder = await freshInstanceFolder("platform");
    trackedBefore = await tracked();
    await succeeds(make(folder, "preview", "dev"));
    await setReferenceSize(folder);
    instance = runningInstance(folder);
    empty = await read("dev");
  });

  after(async () => {
    await removeInstance(folder);
  });

  it("previewing made nothing", () => {
    assert.deepEqual(empty["buckets"], {});
    assert.deepEqual(empty["vpcs"], []);
  });

  it("with keepReference: [all] the account is the reference's", async () => {
    await succeeds(
      pulumi(folder, "config", "set", "--path", "dse:keepReference[0]", "all", "-s", "dev"),
    );
    await succeeds(deploy(folder, "dev"));
    assertSame(await read("dev"), referenceAccount());
    await succeeds(pulumi(folder, "preview", "--expect-no-changes", "-s", "dev"));
  });

  it("destroyed, the account is what it was before", async () => {
    await succeeds(destroy(folder, "dev"));
    assertSame(await read("dev"), empty);
    await succeeds(pulumi(folder, "config", "rm", "--path", "dse:keepReference", "-s", "dev"));
  });

  it("dev and qa deploy into one account", async () => {
    await succeeds(make(folder, "up", "dev"));
    await succeeds(make(folder, "up", "qa"));
  });

  for (const stack of ["dev", "qa"]) {
    // `make up` previews first, and then updates: what is left is what only a refresh sees.
    it(`${stack}: a second up changes nothing`, async () => {
      const output = await succeeds(make(folder, "up", stack));
      assert.match(output, /Resources:\n\s+\d+ unchanged\n/);
    });

    it(`${stack}: a refreshed preview sees no change`, async () => {
      await succeeds(pulumi(folder, "preview", "--refresh", "--expect-no-changes", "-s", stack));
    });
  }

  it("the built provider keeps what it found unchanged, for the next preview", async function () {
    if ((await engineOf(() => undefined)).source !== "built") this.skip();
    assert.ok(statSync(join(folder, "pulumi", "compared")).size > 0);
  });

  it("dev differs from the reference in what the differences say, and in all of it", async () => {
    const found = differencesOf(referenceAccount(), await read("dev")).flatMap((difference) =>
      // A whole table that the reference has empty is the sum of its rows.
      difference.path === "logGroups" || differencesOf(difference.a, {}).length === 0
        ? differencesOf({}, difference.b).map(({ path }) => `${difference.path}/${path}`)
        : [difference.path],
    );
    assert.deepEqual(Object.keys(claims).sort(), [...differenceIds].sort());
    const unclaimed = found.filter(
      (path) =>
        !Object.values(claims)
          .flat()
          .some((c) => c.test(path)),
    );
    assert.deepEqual(unclaimed, []);
    for (const [id, patterns] of Object.entries(claims))
      for (const pattern of patterns)
        assert.ok(
          found.some((path) => pattern.test(path)),
          `${id}: nothing at ${String(pattern)}`,
        );
  });

  it("dev: buckets and logs are encrypted with its own key", async () => {
    const { buckets, logGroups } = (await read("dev")) as Record<string, Record<string, Json>>;
    const alias = '"alias/dse-infra-dev-us-west-2-data"';
    // S3 delivers logs to no bucket with a key, and Airflow's has the key of its environment: AWS's own.
    for (const [name, bucket] of Object.entries(buckets ?? {}))
      assert.equal(
        JSON.stringify(bucket).includes(alias),
        !/-(access-logs|mwaa)$/.test(name),
        `${name}: ${JSON.stringify(bucket)}`,
      );
    const groups = Object.entries(logGroups ?? {});
    assert.equal(groups.length, 7);
    for (const [name, group] of groups) assert.ok(JSON.stringify(group).includes(alias), name);
  });

  it("dev tells the addresses that Airflow comes from", async () => {
    const output = await succeeds(pulumi(folder, "stack", "output", "--json", "-s", "dev"));
    const { natPublicIps } = JSON.parse(output) as { natPublicIps: string[] };
    assert.equal(natPublicIps.length, 2);
    for (const address of natPublicIps) assert.equal(isIP(address), 4);
  });

  it("qa is dev under other names and addresses", async () => {
    const renamed = JSON.stringify(await read("dev"))
      .replaceAll(/\bdev\b/g, "qa")
      .replaceAll("10.0.", "10.1.");
    assertSame(await read("qa"), JSON.parse(renamed) as Inventory);
  });

  it("a local stack is refused by another account: up, destroy and refresh", async () => {
    const elsewhere = await freshInstanceFolder("platform-other");
    try {
      const other = await start({ folder: elsewhere, account: "210987654321" });
      await prepareEngine(await engineOf(() => undefined), other, () => undefined);
      cpSync(join(folder, "state"), join(elsewhere, "state"), { recursive: true });
      for (const command of ["up", "destroy", "refresh"])
        await isRefused(elsewhere, command, /account ID not allowed: 210987654321/i);
    } finally {
      await removeInstance(elsewhere);
    }
  });

  it("a real stack is refused by the local AWS: destroy and refresh", async () => {
    const file = join(folder, "state.json");
    await succeeds(pulumi(folder, "stack", "export", "-s", "dev", "--file", file));
    const state = readFileSync(file, "utf8");
    const real = state.replaceAll("allowedAccountIds", "forbiddenAccountIds");
    assert.notEqual(real, state);
    const restore = (content: string) => {
      writeFileSync(file, content);
      return succeeds(pulumi(folder, "stack", "import", "-s", "dev", "--file", file, "--force"));
    };
    await restore(real);
    try {
      for (const command of ["destroy", "refresh"])
        await isRefused(folder, command, /account ID not allowed: 123456789012/i);
    } finally {
      await restore(state);
    }
  });

  it("no tracked file was modified", async () => {
    assert.deepEqual(await tracked(), trackedBefore);
  });

  it("a protected stack is not destroyed, and nothing of it", async () => {
    const settings = join(folder, "pulumi.env");
    const lifted = readFileSync(settings, "utf8");
    writeFileSync(settings, lifted.replace(/^export DSE_LOCAL_DATA_ON_DESTROY=.*$/m, ""));
    try {
      await succeeds(deploy(folder, "dev"));
      const protectedAccount = await read("dev");
      // The preview refuses it: without one the engine would first delete what is not protected.
      const { code, output } = await pulumi(folder, "destroy", "--yes", "-s", "dev");
      assert.notEqual(code, 0);
      assert.match(output, /cannot be deleted[^]*protect/);
      assertSame(await read("dev"), protectedAccount);

      const env = {
        ...shellEnvironment(instance),
        PATH: [...pathFolders, process.env["PATH"]].join(":"),
      };
      const torn = await platform(["teardown", "dev", "--confirm", "dev"], env);
      assert.equal(torn.code, 0, torn.stderr);
      assert.match(
        torn.stdout,
        /^Lost:\n(?: {2}.*\n)* {2}user analyst-1: [^]*^Stays, .*\n {2}bucket /m,
      );
      assert.match(torn.stderr, /^Left of dev, [^]*^ {2}Airflow environment dse-infra-dev-/m);
      const left = (await read("dev")) as Record<string, Json>;
      for (const kept of ["buckets", "mwaa"])
        assert.deepEqual(Object.keys(left[kept] ?? {}), Object.keys(protectedAccount[kept] ?? {}));
      assert.notDeepEqual(left["users"], protectedAccount["users"]);
    } finally {
      writeFileSync(settings, lifted);
    }
    await succeeds(make(folder, "up", "dev"));
  });

  it("down destroys one stack, files in its buckets included, and leaves the other running", async () => {
    const s3 = new S3Client({ ...accountOf(instance), forcePathStyle: true });
    for (const Body of ["a version", "another"])
      await s3.send(
        new PutObjectCommand({ Bucket: "dse-infra-dev-us-west-2-scratch", Key: "left.txt", Body }),
      );
    const qa = await read("qa");
    const output = await succeeds(make(folder, "down", "dev"));
    assert.match(output, /keeps running for qa/);
    // The people of the account were dev's.
    const { users: _, ...rest } = await read("dev");
    const { users: __, ...emptyRest } = empty;
    assertSame(rest, emptyRest);
    const { users: ___, ...qaRest } = qa;
    const { users: ____, ...qaNow } = await read("qa");
    assertSame(qaNow, qaRest);
  });

  it("down of the last stack leaves nothing: no resource, no process", async () => {
    const { processes } = instance;
    await succeeds(make(folder, "down", "qa"));
    assert.deepEqual(processes.filter(isRunning), []);
    assert.equal(existsSync(join(folder, "processes.json")), false);
  });
});
