// dev, made and destroyed while AWS throttles, fails, does not answer and drops connections.
import assert from "node:assert/strict";
import type { Fault } from "../../local/gateway/faults.mts";
import type { Instance } from "../../local/instance.mts";
import { resourcesOf, type State } from "../../operations/recovery/deployment.mts";
import {
  accountOf,
  freshInstance,
  make,
  pulumi,
  removeInstance,
  type Result,
  succeeds,
} from "../support/cli.mts";
import { endFaults, faultsMet, setFaults } from "../support/faults.mts";
import { differencesOf, type Inventory, readInventory } from "../support/inventory.mts";
import { countUnnamed } from "../support/unnamed.mts";

/** What SDKs try again, each by less often than they do. */
const passing: readonly Fault[] = [
  { call: "^iam CreateRole$", nth: 2, times: 2, effect: "throttle" },
  { call: "^iam AttachRolePolicy$", effect: "error" },
  { call: "^ec2 CreateVpc$", effect: "throttle" },
  { call: "^ec2 CreateSubnet$", nth: 2, effect: "error" },
  { call: "^ec2 CreateNatGateway$", effect: "die" },
  { call: "^ec2 DescribeNatGateways$", effect: "timeout" },
  { call: String.raw`^s3 PUT /[\w-]+/?$`, effect: "throttle" },
  { call: String.raw`^s3 PUT /[\w-]+/?\?versioning`, nth: 2, effect: "die" },
  { call: "^kms CreateKey$", effect: "throttle" },
  { call: "^logs CreateLogGroup$", effect: "timeout" },
  { call: "^ecr CreateRepository$", effect: "error" },
  { call: "^batch POST /v1/createjobqueue", effect: "throttle" },
  { call: "^airflow PUT /environments/", effect: "error" },
];
const passingDeletions: readonly Fault[] = [
  { call: "^iam DeleteRole$", effect: "throttle" },
  { call: "^iam DetachRolePolicy$", nth: 2, effect: "die" },
  { call: "^ec2 DeleteSubnet$", effect: "throttle" },
  { call: "^ec2 DeleteNatGateway$", effect: "error" },
  { call: "^ec2 DeleteVpc$", effect: "timeout" },
  { call: String.raw`^s3 DELETE /[\w-]+/?$`, effect: "throttle" },
  { call: "^kms ScheduleKeyDeletion$", effect: "die" },
  { call: "^batch POST /v1/deletejobqueue", effect: "error" },
  { call: "^airflow DELETE /environments/", effect: "throttle" },
];

/** What no SDK tries again. The others would last for the provider's 25 tries, which are minutes. */
const denied = (...calls: string[]): Fault[] =>
  calls.map((call) => ({ call, times: 1_000, effect: "deny" }));

describe("dev, where AWS fails", function () {
  this.timeout(180_000);
  let instance: Instance;
  let folder: string;
  let empty: Inventory;
  let noneUnnamed: Record<string, number>;
  let whole: Inventory;

  const inventory = () => readInventory(accountOf(instance), "dev");
  before(async () => {
    instance = await freshInstance("faults", "dev");
    folder = instance.folder;
    empty = await inventory();
    noneUnnamed = await countUnnamed(instance);
  });
  after(() => removeInstance(folder));

  /** Runs a command while calls meet these faults; returns its result and the calls that did. */
  async function amid(faults: readonly Fault[], command: () => Promise<Result>) {
    setFaults(folder, faults);
    const result = await command();
    endFaults(folder);
    return { ...result, met: faultsMet(folder) };
  }

  /** How many times each fault was met. */
  const counts = (faults: readonly Fault[], met: readonly string[]) =>
    faults.map(({ call }) => [call, met.filter((name) => new RegExp(call).test(name)).length]);
  const wanted = (faults: readonly Fault[]) => faults.map(({ call, times = 1 }) => [call, times]);

  async function assertWhole(): Promise<void> {
    const exported = await succeeds(pulumi(folder, "stack", "export", "-s", "dev"));
    const types = resourcesOf(JSON.parse(exported) as State).map(({ type }) => type);
    const found = await countUnnamed(instance);
    const stated = Object.keys(found).map((type) => [type, types.filter((t) => t === type).length]);
    assert.deepEqual(found, Object.fromEntries(stated));
    await succeeds(pulumi(folder, "preview", "--refresh", "--expect-no-changes", "-s", "dev"));
  }

  async function assertEmpty(): Promise<void> {
    assert.deepEqual(differencesOf(empty, await inventory()), []);
    assert.deepEqual(await countUnnamed(instance), noneUnnamed);
  }

  const up = () => pulumi(folder, "up", "--yes", "--skip-preview", "-s", "dev");
  const destroy = () => pulumi(folder, "destroy", "--yes", "--skip-preview", "-s", "dev");

  it("is made in one run through faults that pass", async () => {
    const { code, output, met } = await amid(passing, up);
    assert.equal(code, 0, output);
    assert.deepEqual(counts(passing, met), wanted(passing));
    whole = await inventory();
    await assertWhole();
  });

  it("is destroyed in one run through faults that pass", async () => {
    const { code, output, met } = await amid(passingDeletions, destroy);
    assert.equal(code, 0, output);
    assert.deepEqual(counts(passingDeletions, met), wanted(passingDeletions));
    await assertEmpty();
  });

  /** Each is in a line with its resource and with what AWS said. */
  const assertSaid = (output: string, met: readonly string[]) => {
    assert.notDeepEqual(met, []);
    assert.match(
      output,
      /^ +[+-] +aws:[\w:]+ [\w-]+ .*\*\*(creating|deleting) failed\*\*.* error: .*\n/m,
    );
    for (const call of new Set(met)) {
      const [, action = ""] = call.split(" ");
      assert.match(
        output,
        new RegExp(`(${action}|S3: |Batch: ).*(AccessDenied|UnauthorizedOperation)`),
      );
    }
  };

  /** Runs the command until each of the calls was denied once: it ends at the first, and at what is beside it. */
  async function deniedAtAll(calls: readonly string[], command: () => Promise<Result>) {
    for (let left = calls; left.length > 0;) {
      const { code, output, met } = await amid(denied(...left), command);
      assert.notEqual(code, 0, output);
      assertSaid(output, met);
      left = left.filter((call) => !met.some((name) => new RegExp(call).test(name)));
    }
  }

  it("is made by the run after those that AWS refused, each of which says why", async () => {
    const calls = [
      "^iam CreateUser$",
      "^ec2 CreateNatGateway$",
      "^batch POST /v1/createcomputeenvironment",
    ];
    await deniedAtAll(calls, up);
    await succeeds(up());
    assert.deepEqual(differencesOf(whole, await inventory()), []);
    await assertWhole();
  });

  it("is destroyed by the run after those that AWS refused, each of which says why", async () => {
    const calls = ["^iam DeleteUser$", "^ec2 DeleteNatGateway$", "^batch POST /v1/deletejobqueue"];
    await deniedAtAll(calls, () => make(folder, "down", "dev"));
    await succeeds(destroy());
    await assertEmpty();
  });
});
