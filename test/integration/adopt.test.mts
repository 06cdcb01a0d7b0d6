// Accounts as Terraform leaves them, made by plain API calls and then adopted: the reference's, and a larger one of
// other names in another region.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import {
  AddUserToGroupCommand,
  CreateUserCommand,
  DeleteUserCommand,
  IAMClient,
  RemoveUserFromGroupCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { differenceIds } from "../../components/lib/differences.ts";
import type { Instance } from "../../local/instance.mts";
import { pathFolders } from "../../local/pulumi.mts";
import { shellEnvironment } from "../local/support.mts";
import { platform } from "../operations/support.mts";
import {
  accountOf,
  deploy,
  freshInstance,
  pulumi,
  removeInstance,
  setConfig,
  succeeds,
} from "../support/cli.mts";
import { differencesOf, readInventory } from "../support/inventory.mts";
import { makeAccount } from "../support/terraform-account.mts";
import type { TerraformState } from "../support/terraform-state.mts";
import { asShown, besides, otherState } from "../support/terraform-states.mts";
import { claims } from "./reference.mts";

const reference = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "reference", "dev.tfstate"), "utf8"),
) as TerraformState;

const other = {
  owner: "ode",
  project: "lake",
  environment: "prod",
  projectOwner: "lab",
  region: "eu-central-1",
  projects: 40,
  people: 12,
};

/** What stays as Terraform made it: what brings it would replace, delete or be refused. */
const always = ["airflow-version", "bot-group", "mwaa-security-group-description"];
/** What makes further resources of each bucket, which one stack shows as well as two. */
const ofBuckets = ["access-logs", "encryption", "lifecycle", "ownership", "tls-only"];
const kept: Readonly<Record<string, string[]>> = {
  dev: always,
  qa: [...ofBuckets.map((what) => `bucket-${what}`), "data-key", ...always],
};

interface Adopted {
  readonly terraform?: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly importId: string;
}

interface Report {
  readonly adopted: readonly Adopted[];
  readonly left: readonly { readonly terraform: string; readonly reason: string }[];
  readonly created: readonly {
    readonly urn: string;
    readonly causes: string[];
    readonly missing?: string;
  }[];
  readonly changed: readonly {
    readonly urn: string;
    readonly properties: readonly { readonly name: string; readonly causes: string[] }[];
  }[];
  readonly notes: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly waivers: readonly {
    readonly rule: string;
    readonly owner: string;
    readonly expires: string;
  }[];
}

const count = (state: TerraformState) =>
  state.resources.filter(({ mode }) => mode === "managed").flatMap(({ instances }) => instances)
    .length;

describe("platform adopt", function () {
  this.timeout(600_000);
  let folder: string;
  let instance: Instance;

  before(async () => {
    instance = await freshInstance("adopt", "dev", "qa");
    folder = instance.folder;
  });
  after(() => removeInstance(folder));

  const account = (region = instance.region) => ({ ...accountOf(instance), region });
  const read = (environment: string, region?: string) =>
    readInventory(account(region), environment);

  const adopt = (stack: string, args: string[], region = instance.region) => {
    const env = shellEnvironment(instance);
    const PATH = [...pathFolders, env["PATH"]].join(delimiter);
    return platform(["adopt", stack, ...args, "--out", join(folder, "adoption", stack)], {
      ...env,
      PATH,
      AWS_REGION: region,
      DSE_POLICY_DATE: "2027-01-01",
    });
  };
  const reported = async (...of: Parameters<typeof adopt>): Promise<Report> => {
    const { code, stdout, stderr } = await adopt(of[0], [...of[1], "--json"], of[2]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Report;
  };
  const save = (name: string, state: unknown) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(state));
    return file;
  };

  /** The operations of a preview, each once, but for the stack, components and providers. */
  const operations = async (stack: string): Promise<string[]> => {
    const output = await succeeds(pulumi(folder, "preview", "--json", "-s", stack));
    const { changeSummary } = JSON.parse(output.slice(output.indexOf("{"))) as {
      changeSummary: Record<string, number>;
    };
    return Object.keys(changeSummary).sort();
  };

  /** With all of the reference kept, nothing is left to change; then as it was adopted again. */
  const isReference = async (stack: string) => {
    await setConfig(folder, stack, { keepReference: ["all"] });
    await succeeds(pulumi(folder, "preview", "--expect-no-changes", "-s", stack));
    await setConfig(folder, stack, { keepReference: kept[stack] });
  };

  const changesInPlace = async (stack: string, environment: string, region?: string) => {
    const before = await read(environment, region);
    await succeeds(deploy(folder, stack));
    const changed = differencesOf(before, await read(environment, region)).flatMap(
      ({ path, a, b }) =>
        differencesOf(a, {}).length === 0
          ? differencesOf({}, b).map((inner) => `${path}/${inner.path}`)
          : [path],
    );
    const brought = differenceIds
      .filter((id) => !kept[stack]?.includes(id))
      .flatMap((id) => claims[id]);
    assert.deepEqual(
      changed.filter((path) => !brought.some((claim) => claim.test(path))),
      [],
    );
    assert.ok(changed.length > 0);
    await succeeds(pulumi(folder, "preview", "--expect-no-changes", "-s", stack));
    await succeeds(pulumi(folder, "preview", "--refresh", "--expect-no-changes", "-s", stack));
  };

  const isAccountedFor = ({ adopted, left }: Report, state: TerraformState) => {
    const addresses = adopted.flatMap(({ terraform }) => terraform ?? []);
    assert.equal(new Set(addresses).size, addresses.length);
    assert.deepEqual(left, []);
    assert.equal(addresses.length, count(state));
  };

  const isExplained = ({ created, changed }: Report) => {
    for (const { urn, causes } of created) assert.notDeepEqual(causes, [], urn);
    for (const { urn, properties } of changed)
      for (const { name, causes } of properties) assert.notDeepEqual(causes, [], `${urn} ${name}`);
  };

  describe("the reference, from its state in S3", () => {
    let state: TerraformState;
    let where: string;
    before(async () => {
      ({ state } = await makeAccount(reference, account()));
      const s3 = new S3Client({ ...account(), forcePathStyle: true });
      const at = { Bucket: "terraform-states", Key: "dev/terraform.tfstate" };
      await s3.send(
        new CreateBucketCommand({
          Bucket: at.Bucket,
          CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
        }),
      );
      await s3.send(new PutObjectCommand({ ...at, Body: JSON.stringify(state) }));
      where = `s3://${at.Bucket}/${at.Key}`;
    });

    it("all 77 are adopted, and the account is as before", async () => {
      const before = await read("dev");
      const report = await reported("dev", [where, "--yes"]);
      assert.equal(count(state), 77);
      const attached = report.adopted.find(({ name }) => name === "batch-exec-secrets");
      assert.deepEqual(attached, {
        terraform: "aws_iam_role_policy_attachment.ecs_task_execution_access_secrets",
        urn: `urn:pulumi:dev::dse::dse:platform:Batch$${attached?.type}::batch-exec-secrets`,
        type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        name: "batch-exec-secrets",
        parent: "urn:pulumi:dev::dse::dse:platform:Batch::batch",
        importId:
          "dse-infra-dev-us-west-2-batch-exec-role/arn:aws:iam::123456789012:policy/dse-infra-dev-access-secrets",
      });
      isAccountedFor(report, state);
      isExplained(report);
      assert.deepEqual(await read("dev"), before);
      assert.deepEqual(await operations("dev"), ["create", "same", "update"]);
    });

    it("what the pack finds is waived for 90 days, once somebody answers for it", async () => {
      const config = join(folder, "adoption", "dev", "policy", "config", "dev.json");
      const options = ["--policy-pack", "policy", "--policy-pack-config", config];
      const text = readFileSync(config, "utf8");
      assert.match(text, /"owner": "",\s+"expires": "2027-04-01"/);
      const unowned = await pulumi(folder, "preview", "-s", "dev", ...options);
      assert.notEqual(unowned.code, 0);
      writeFileSync(config, text.replaceAll('"owner": ""', '"owner": "platform"'));
      await succeeds(pulumi(folder, "preview", "-s", "dev", ...options));
    });

    it("with keepReference: [all] there is nothing to change", () => isReference("dev"));

    it("a deployment brings the differences in place, and those alone", () =>
      changesInPlace("dev", "dev"));

    it("a stack with resources adopts nothing", async () => {
      const { code, stderr } = await adopt("dev", [where, "--yes"]);
      assert.equal(code, 3);
      assert.match(stderr, /^error: dev has \d+ resources already/m);
    });

    it("undone, the stack keeps what it made itself, and the account all", async () => {
      const before = await read("dev");
      const { code, stdout } = await platform(["adopt", "dev", "--undo", "--yes"], {
        ...shellEnvironment(instance),
        PATH: [...pathFolders, process.env["PATH"]].join(delimiter),
      });
      assert.equal(code, 0);
      assert.match(stdout, /^dev has forgotten \d+ resources/);
      assert.deepEqual(await read("dev"), before);
      const exported = await succeeds(pulumi(folder, "stack", "export", "-s", "dev"));
      assert.match(exported, /aws:kms\/key:Key::data-key/);
      assert.doesNotMatch(exported, /aws:ec2\/vpc:Vpc::vpc"/);
    });
  });

  describe("40 projects and 12 people of other names, in another region, as `terraform show -json`", () => {
    const { environment, region } = other;
    let state: TerraformState;
    let where: string;
    before(async () => {
      ({ state } = await makeAccount(otherState(reference, other), account(region)));
      mkdirSync(join(folder, "states"));
      where = save("states/prod.json", asShown(state));
      const own = kept["qa"]?.filter((id) => !always.includes(id));
      await setConfig(folder, "qa", { keepReference: own });
    });

    it("all are adopted, and the account is as before", async () => {
      const before = await read(environment, region);
      const report = await reported("qa", [where, "--yes"], region);
      isAccountedFor(report, state);
      isExplained(report);
      assert.deepEqual(await read(environment, region), before);
      assert.deepEqual(await operations("qa"), ["create", "same", "update"]);
      const { projects, people, projectGrant, keepReference, ...settings } = report.settings;
      assert.deepEqual(keepReference, kept["qa"]);
      assert.equal((projects as string[]).length, 40);
      assert.equal((people as string[]).length, 12);
      assert.equal(projectGrant, "first");
      assert.deepEqual(settings["batchEgressPorts"], [0]);
      assert.partialDeepStrictEqual(settings, {
        owner: "ode",
        project: "lake",
        environment,
        region,
      });
    });

    it("with keepReference: [all] there is nothing to change", () => isReference("qa"));

    it("a deployment brings the differences in place, and those alone", () =>
      changesInPlace("qa", environment, region));

    it("what came, went or is not the program's is reported, and stops nothing else", async () => {
      const iam = new IAMClient(account(region));
      const GroupName = `odi-advanced-analytics-${environment}`;
      await iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName: "person-03" }));
      await iam.send(new DeleteUserCommand({ UserName: "person-03" }));
      await iam.send(new CreateUserCommand({ UserName: "guest" }));
      await iam.send(new AddUserToGroupCommand({ GroupName, UserName: "guest" }));
      const s3 = new S3Client({ ...account(region), forcePathStyle: true });
      const Bucket = `lab-study-07-${environment}-${region}`;
      await s3.send(new DeleteBucketCommand({ Bucket }));
      const resources = [...state.resources, besides("aws_db_instance", { id: "db-1" })];
      const changed = save("states/changed.json", {
        version: 4,
        terraform_version: "1.11.4",
        resources,
      });

      await succeeds(pulumi(folder, "stack", "init", "other"));
      const report = await reported("other", [changed, "--plan"], region);
      assert.deepEqual(
        report.left.map(({ terraform }) => terraform),
        [
          'aws_s3_bucket.dsa_project["study-07"]',
          'aws_s3_bucket_versioning.dsa_project["study-07"]',
          "aws_iam_user.person_03",
          "aws_db_instance.other",
          // The deployment has made a newer revision.
          "aws_batch_job_definition.default",
        ].sort(
          (a, b) =>
            report.left.findIndex((one) => one.terraform === a) -
            report.left.findIndex((one) => one.terraform === b),
        ),
      );
      assert.equal(report.left.length, 5);
      assert.deepEqual(report.notes, [
        "person-03 is in the state and not in the account: left out of dse:people",
        "guest is in the group and not in the state: put into dse:people",
      ]);
      assert.ok(
        report.created.some(({ missing }) => missing === 'aws_s3_bucket.dsa_project["study-07"]'),
      );
      const exported = await succeeds(pulumi(folder, "stack", "export", "-s", "other"));
      assert.doesNotMatch(exported, /"urn"/);
    });
  });
});
