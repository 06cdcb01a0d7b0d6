// `platform adopt` as far as it needs no engine: the states that it takes and refuses, and what it makes of them.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { differences } from "../../components/lib/differences.ts";
import { causes, causesOf } from "../../operations/adopt/causes.mts";
import { identityOf } from "../../operations/adopt/identity.mts";
import { Matcher } from "../../operations/adopt/match.mts";
import { type Seen, settingsOf } from "../../operations/adopt/settings.mts";
import { parseState } from "../../operations/adopt/terraform-state.mts";
import { packConfigOf, waiversOf } from "../../operations/adopt/waivers.mts";
import { Workspace } from "../../operations/adopt/workspace.mts";
import { folder, remove } from "../engine/support.mts";
import type { TerraformState } from "../support/terraform-state.mts";
import { asShown } from "../support/terraform-states.mts";
import { accountServer, commandsFolder, fakePulumi, platform, removeFolders } from "./support.mts";

const file = join(import.meta.dirname, "..", "reference", "dev.tfstate");
const content = readFileSync(file, "utf8");
const reference = JSON.parse(content) as TerraformState;

/** The reference's state with a change to the attributes of all resources of a type. */
const withChange = (type: string, change: (attributes: Record<string, unknown>) => object) =>
  parseState(
    JSON.stringify({
      ...reference,
      resources: reference.resources.map((resource) =>
        resource.type === type
          ? {
              ...resource,
              instances: resource.instances.map((instance) => {
                const attributes = instance.attributes as unknown as Record<string, unknown>;
                return { ...instance, attributes: { ...attributes, ...change(attributes) } };
              }),
            }
          : resource,
      ),
    }),
    "changed",
  );

const settingsFrom = (instances: ReturnType<typeof parseState>, seen?: Seen) =>
  settingsOf(instances, identityOf(instances), seen);

describe("a Terraform state", () => {
  const managed = parseState(content, file);

  it("is read without its data sources, in either form, modules included", () => {
    assert.equal(managed.length, 77);
    assert.equal(managed.find(({ type }) => type === "aws_vpc")?.address, "aws_vpc.this");
    assert.ok(managed.some(({ address }) => address === 'aws_s3_bucket.dsa_project["water"]'));
    const shown = parseState(JSON.stringify(asShown(reference)), "shown");
    const plain = (address: string) => address.replace(/^module\.all\./, "");
    assert.deepEqual(
      shown.map((one) => ({ ...one, address: plain(one.address) })).sort(byAddress),
      [...managed].sort(byAddress),
    );
    assert.ok(shown.some(({ address }) => address.startsWith("module.all.")));
  });

  it("is read without what Terraform still has to delete", () => {
    const deposed = structuredClone(reference) as unknown as {
      resources: { instances: { deposed?: string }[] }[];
    };
    const at = reference.resources.findIndex(({ type }) => type === "aws_ecr_repository");
    for (const instance of deposed.resources[at]?.instances ?? []) instance.deposed = "abc";
    assert.equal(parseState(JSON.stringify(deposed), "deposed").length, 76);
  });

  const bad: Record<string, [string, RegExp]> = {
    "no JSON": ["PK\u0003\u0004", /is not a Terraform state: give a terraform\.tfstate, or/],
    "other JSON": ['{"a": 1}', /is not a Terraform state: it has no version/],
    "a list": ["[]", /is not a Terraform state/],
    "an older version": [
      '{"version": 3, "terraform_version": "0.11.1", "modules": []}',
      /is a state of version 3, and 4 is needed: `terraform apply -refresh-only`/,
    ],
    encrypted: [
      '{"serial": 1, "lineage": "a", "meta": {}, "encrypted_data": "x", "encryption_version": "v0"}',
      /is encrypted: give what `tofu show -json` prints/,
    ],
    "cut off": [content.slice(0, 5000), /is incomplete, or damaged/],
    "without resources' attributes": [
      JSON.stringify({ ...reference, resources: [{ mode: "managed", type: "a", name: "b" }] }),
      /is incomplete: resources\.0\.instances/,
    ],
    "without resources": [
      JSON.stringify({ ...reference, resources: [] }),
      /has no resource: there is nothing to adopt/,
    ],
    "a plan": ['{"format_version": "1.2", "planned_values": {}}', /is a plan/],
  };
  for (const [what, [text, line]] of Object.entries(bad))
    it(`is refused in one line where it is ${what}`, () => {
      assert.throws(
        () => parseState(text, "some.tfstate"),
        ({ message, exitCode }: Error & { exitCode?: number }) =>
          line.test(message) && message.startsWith("some.tfstate ") && exitCode === 3,
      );
    });

  it("of another configuration is refused", () => {
    assert.throws(
      () => identityOf(managed.filter(({ type }) => type !== "aws_vpc")),
      /has no VPC whose Name is OWNER-PROJECT-ENVIRONMENT-main/,
    );
  });
});

const byAddress = (a: { address: string }, b: { address: string }) =>
  a.address < b.address ? -1 : 1;

describe("settings of a Terraform state", () => {
  const instances = parseState(content, file);

  it("are all that the reference has", () => {
    assert.deepEqual(settingsFrom(instances), {
      owner: "dse",
      project: "infra",
      environment: "dev",
      region: "us-west-2",
      vpcCidr: "10.0.0.0/16",
      publicSubnetCidrs: ["10.0.0.0/24", "10.0.1.0/24"],
      privateSubnetCidrs: ["10.0.2.0/24", "10.0.3.0/24"],
      natStrategy: "perZone",
      batchMaxVcpus: 16,
      batchServiceRole: "custom",
      jobSubnets: "public",
      batchEgressPorts: [443],
      jobVcpus: "0.25",
      jobMemory: 512,
      jobCommand: ["echo", "$SNOWFLAKE_USER", "$SNOWFLAKE_ROLE"],
      jobImageTag: "latest",
      jobSecret: "airflow/connections/snowflake_raw",
      jobSecretPrefix: "SNOWFLAKE",
      jobSecretFields: [
        "account",
        "user",
        "database",
        "warehouse",
        "role",
        "private_key",
        "private_key_passphrase",
      ],
      airflowVersion: "2.4.3",
      airflowOptions: {},
      mwaaClass: "mw1.small",
      mwaaSchedulers: 2,
      mwaaMinWorkers: 1,
      mwaaMaxWorkers: 5,
      mwaaWebserverAccess: "PUBLIC_ONLY",
      mwaaEgressPorts: [],
      mwaaLogLevels: {},
      people: ["analyst-1", "analyst-2", "analyst-3", "analyst-4", "analyst-5"],
      createPeople: true,
      groupName: "odi-advanced-analytics",
      projects: ["bppe", "cdss", "cdtfa", "hcd", "water"],
      projectGrant: "each",
      projectOwner: "aae",
    });
  });

  it("name the account, but for the local one, and the path and the boundary of roles", () => {
    const real = JSON.parse(content.replaceAll("123456789012", "210987654321")) as object;
    const settings = settingsFrom(parseState(JSON.stringify(real), "real"));
    assert.equal(settings["accountId"], "210987654321");
    const boundary = "arn:aws:iam::123456789012:policy/boundary";
    const bounded = settingsFrom(
      withChange("aws_iam_role", () => ({ path: "/data/", permissions_boundary: boundary })),
    );
    assert.deepEqual([bounded["iamPath"], bounded["permissionsBoundary"]], ["/data/", boundary]);
  });

  it("follow people who came or went by hand", () => {
    const seen = { gone: ["analyst-2"], joined: ["guest"] };
    assert.deepEqual(settingsFrom(instances, seen)["people"], [
      "analyst-1",
      "analyst-3",
      "analyst-4",
      "analyst-5",
      "guest",
    ]);
  });

  it("keep the egress, the logs, the service-linked role and no secret, where the state has these", () => {
    const rule = { protocol: "tcp", from_port: 80, to_port: 80 };
    const open = withChange("aws_security_group", ({ name, egress }) =>
      String(name).endsWith("-batch-sg") ? { egress: [...(egress as object[]), rule] } : {},
    );
    assert.deepEqual(settingsFrom(open)["batchEgressPorts"], [80, 443]);
    const allPorts = { protocol: "-1", from_port: 0, to_port: 0 };
    const everything = withChange("aws_security_group", () => ({ egress: [rule, allPorts] }));
    assert.deepEqual(settingsFrom(everything)["batchEgressPorts"], [0]);
    const logging = { task_logs: [{ enabled: true, log_level: "WARNING" }], worker_logs: [] };
    const logged = withChange("aws_mwaa_environment", () => ({ logging_configuration: [logging] }));
    assert.deepEqual(settingsFrom(logged)["mwaaLogLevels"], { Task: "WARNING" });
    const service_role = "arn:aws:iam::1:role/aws-service-role/batch.amazonaws.com/Batch";
    const linked = withChange("aws_batch_compute_environment", () => ({ service_role }));
    assert.equal(settingsFrom(linked)["batchServiceRole"], "serviceLinked");
    const bare = withChange("aws_batch_job_definition", () => ({ container_properties: "{}" }));
    assert.equal(settingsFrom(bare)["jobSecret"], "");
  });

  it("have one NAT gateway, none, or addresses that are not Terraform's", () => {
    const nats = instances.filter(({ type }) => type === "aws_nat_gateway");
    const without = (count: number) =>
      instances.filter((one) => !nats.slice(0, count).includes(one));
    assert.equal(settingsFrom(without(1))["natStrategy"], "single");
    assert.equal(settingsFrom(without(2))["natStrategy"], "none");
    const foreign = settingsFrom(instances.filter(({ type }) => type !== "aws_eip"));
    assert.deepEqual(
      foreign["natElasticIps"],
      nats.map(({ attributes }) => attributes["allocation_id"]),
    );
  });
});

describe("resources of a Terraform state", () => {
  const stack = "urn:pulumi:dev::dse::dse:platform:Vpc$";
  const wanted = (
    type: string,
    name: string,
    inputs: Record<string, unknown> = {},
    propertyDependencies: Record<string, string[]> = {},
  ) => ({ urn: `${stack}${type}::${name}`, type, custom: true, inputs, propertyDependencies });
  const vpc = wanted("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });
  const suffix = wanted("random:index/randomId:RandomId", "vpc-public-0", { byteLength: 3 });
  const subnet = wanted(
    "aws:ec2/subnet:Subnet",
    "vpc-public-0",
    { cidrBlock: "10.0.0.0/24" },
    { vpcId: [vpc.urn], tags: [suffix.urn] },
  );
  const table = wanted("aws:ec2/routeTable:RouteTable", "vpc-public", {}, { vpcId: [vpc.urn] });
  const association = wanted(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "vpc-public-0",
    {},
    { subnetId: [subnet.urn], routeTableId: [table.urn] },
  );
  const network = [vpc, suffix, table, subnet, association];

  it("are found by what they are for, where nothing else tells them apart", () => {
    const matches = new Matcher(network, parseState(content, file)).matches();
    assert.deepEqual(
      matches.map(({ instance, importId }) => [instance?.address, importId]),
      [
        ["aws_vpc.this", "vpc-60a54b7e9c1e14c7d"],
        [undefined, undefined],
        ["aws_route_table.public", "rtb-bf5906d06f8e14f4c"],
        ["aws_subnet.public[0]", "subnet-732d565ae2578ec87"],
        ["aws_route_table_association.public[0]", "subnet-732d565ae2578ec87/rtb-bf5906d06f8e14f4c"],
      ],
    );
  });

  it("keep random ids: those of the Name tags, which are the state's where it has them", () => {
    const instances = parseState(content, file);
    const hex = "cccccc";
    const random = { address: "random_id.public[0]", type: "random_id", attributes: { hex } };
    for (const more of [[], [random]]) {
      const [, match] = new Matcher(network, [...instances, ...more]).matches();
      assert.equal(match?.made?.outputs["hex"], hex);
      assert.equal(match.made.id, "zMzM");
      assert.equal(match.instance?.address, more[0]?.address);
    }
  });
});

describe("changes of an adopted stack", () => {
  it("come from differences, of which each is behind one", () => {
    const ids = new Set(causes.flatMap((cause) => cause.ids));
    assert.deepEqual([...ids].sort(), Object.keys(differences).sort());
  });

  it("are told apart by type, name and property", () => {
    const type = "aws:iam/policy:Policy";
    const of = (name: string, property?: string) =>
      causesOf({ type, name, ...(property && { property }) });
    assert.deepEqual(of("scratch-rw", "policy"), ["object-actions"]);
    assert.deepEqual(of("batch-secrets", "policy"), ["secret-scope"]);
    assert.deepEqual(of("vpc-flow-logs"), ["flow-logs"]);
    assert.deepEqual(of("scratch-rw", "description"), []);
    assert.deepEqual(of("scratch-rw"), []);
  });
});

describe("waivers of an adopted stack", () => {
  const finding = (rule: string, urn: string, wrong: string) => ({
    rule,
    urn,
    message: `What the rule is.\nmwaa: ${wrong}; write something else.\n`,
  });
  const identity = identityOf(parseState(content, file));

  it("are one for each rule and adopted resource, for 90 days, and nobody's yet", () => {
    const found = [
      finding("described", "urn:a", "it says nothing"),
      finding("described", "urn:a", "a rule says nothing"),
      finding("described", "urn:new", "it says nothing"),
    ];
    assert.deepEqual(waiversOf(found, new Set(["urn:a"]), "2026-12-01"), [
      {
        rule: "described",
        finding: "urn:a",
        reason: "As Terraform made it: it says nothing, a rule says nothing.",
        owner: "",
        expires: "2027-03-01",
      },
    ]);
  });

  it("stand beside those that the stack has, in a file for its own tags", () => {
    const [waiver] = waiversOf(
      [finding("s3-bucket-encryption", "urn:a", "it is open")],
      new Set(["urn:a"]),
    );
    assert.ok(waiver);
    const other = { ...identity, owner: "ode", environment: "prod" };
    const config = JSON.parse(packConfigOf("dev", other, [waiver])) as Record<
      string,
      { waivers?: { finding: string }[]; values?: object; environment?: string }
    >;
    const waivers = config["s3-bucket-encryption"]?.waivers ?? [];
    assert.equal(waivers.length, 2);
    assert.equal(waivers[1]?.finding, "urn:a");
    const { values, environment } = config["required-tags"] ?? {};
    assert.deepEqual([values, environment], [{ Owner: "ode", Project: "infra" }, "prod"]);
  });
});

describe("a workspace of adoption", () => {
  const { PATH } = process.env;
  after(() => {
    process.env["PATH"] = PATH;
    removeFolders();
  });

  const urn = (name: string) => `urn:pulumi:dev::dse::aws:s3/bucket:Bucket::${name}`;
  /** Refreshes three buckets, of which two cannot be read. */
  const refresh = async (errors: Readonly<Record<string, string>>) => {
    const resources = ["a", "b", "c"].map((name) => ({
      urn: urn(name),
      type: "aws:s3/bucket:Bucket",
      custom: true,
    }));
    const events = Object.entries(errors).map(([name, message]) =>
      JSON.stringify({ diagnosticEvent: { urn: urn(name), severity: "error", message } }),
    );
    const place = folder({
      "state.json": JSON.stringify({ version: 3, deployment: { resources } }),
      "events.json": `${events.join("\n")}\n`,
    });
    const pulumi = `#!/bin/sh
      if [ "$1" = refresh ]; then /bin/cat '${place}/events.json'; exit 1; fi
      /bin/cat '${place}/state.json'`;
    process.env["PATH"] = commandsFolder({ pulumi });
    const workspace = new Workspace("dev");
    try {
      return await workspace.refresh();
    } finally {
      workspace.remove();
      remove(place);
    }
  };

  it("leaves out what cannot be read, with AWS's answer, and nothing else", async () => {
    const { state, unread } = await refresh({
      a: "AccessDenied: not yours\n",
      b: "Missing Resource Identity After Read: …",
    });
    assert.deepEqual([...unread], [[urn("a"), "AccessDenied: not yours"]]);
    assert.deepEqual(
      state.deployment.resources?.map((one) => one.urn),
      [urn("c")],
    );
  });

  it("fails where nothing can be read", async () => {
    await assert.rejects(refresh({ a: "no", b: "no", c: "no" }));
  });
});

describe("platform adopt", () => {
  after(removeFolders);

  const state = (resources: readonly object[]) =>
    JSON.stringify({ version: 3, deployment: { manifest: {}, resources } });
  const adopted = {
    urn: "urn:pulumi:dev::dse::aws:s3/bucket:Bucket::scratch",
    custom: true,
    type: "aws:s3/bucket:Bucket",
    id: "scratch",
  };
  const provider = {
    urn: "urn:pulumi:dev::dse::pulumi:providers:aws::aws",
    custom: true,
    type: "pulumi:providers:aws",
    id: "1",
  };
  const own = {
    ...adopted,
    urn: adopted.urn.replace("scratch", "logs"),
    created: "2026-01-01T00:00:00Z",
    dependencies: [adopted.urn],
    propertyDependencies: { bucket: [adopted.urn] },
  };

  /** Runs it on a stack with these resources; resolves to what it wrote as the stack's state, if it did. */
  const run = async (
    args: string[],
    resources: readonly object[],
    account = "123456789012",
    more: NodeJS.ProcessEnv = {},
  ) => {
    const place = folder({});
    const script = `[ "$1 $2" = "stack import" ] && cat "$6" > '${place}/imported.json'`;
    const PATH = commandsFolder({
      pulumi: fakePulumi({ region: "us-west-2" }, script, {
        state: JSON.parse(state(resources)) as object,
      }),
      cat: `#!/bin/sh\nexec /bin/cat "$@"\n`,
    });
    const { server, env } = await accountServer(account);
    try {
      const result = await platform(["adopt", "dev", ...args], { ...env, PATH, ...more });
      const written = join(place, "imported.json");
      const imported: unknown = existsSync(written)
        ? JSON.parse(readFileSync(written, "utf8"))
        : undefined;
      return { ...result, imported };
    } finally {
      server.close();
      remove(place);
    }
  };

  it("refuses a state of another account, and a stack that has resources", async () => {
    const other = await run([file, "--yes"], [], "210987654321");
    assert.deepEqual([other.code, other.imported], [3, undefined]);
    assert.match(
      other.stderr,
      /^error: the state is of account 123456789012, and the credentials/m,
    );
    const full = await run([file, "--yes"], [provider, adopted]);
    assert.deepEqual([full.code, full.imported], [3, undefined]);
    assert.match(full.stderr, /^error: dev has 1 resources already, and only a stack without/m);
  });

  it("refuses a state of another region than the shell's", async () => {
    const { code, stderr } = await run([file], [], undefined, { AWS_REGION: "eu-west-1" });
    assert.equal(code, 3);
    assert.match(stderr, /^error: the state is of region us-west-2, and the shell \(AWS_REGION\)/m);
  });

  it("refuses a file that is not there, and one that is no state", async () => {
    const missing = await run(["/nowhere.tfstate"], []);
    assert.deepEqual([missing.code, missing.imported], [3, undefined]);
    assert.match(missing.stderr, /^error: \/nowhere\.tfstate cannot be read: ENOENT/m);
    const other = await run([join(import.meta.dirname, "adopt.test.mts")], []);
    assert.equal(other.code, 3);
    assert.match(other.stderr, /^error: .*adopt\.test\.mts is not a Terraform state/m);
  });

  it("undone, forgets what was adopted, and nothing that the stack made", async () => {
    const all = await run(["--undo", "--yes"], [provider, adopted]);
    assert.equal(all.code, 0);
    assert.match(
      all.stdout,
      /^dev has forgotten 1 resources, which stand in the account as before/,
    );
    assert.deepEqual(all.imported, JSON.parse(state([])));
    const some = await run(["--undo", "--yes"], [provider, adopted, own]);
    const kept = { ...own, dependencies: [], propertyDependencies: { bucket: [] } };
    assert.deepEqual(some.imported, JSON.parse(state([provider, kept])));
    const none = await run(["--undo", "--yes"], []);
    assert.deepEqual([none.code, none.imported], [0, undefined]);
    assert.match(none.stdout, /^dev has nothing that was adopted/);
  });

  it("asks, and takes no answer for a no", async () => {
    const { code, stderr, imported } = await run(["--undo"], [provider, adopted]);
    assert.deepEqual([code, imported], [3, undefined]);
    assert.match(
      stderr,
      /^error: "Take all that was adopted out of dev\?" is asked in a terminal/m,
    );
  });

  it("wants a state, or --undo without one", async () => {
    assert.equal((await run([], [])).code, 2);
    assert.equal((await run([file, "--undo"], [])).code, 2);
    assert.equal((await run(["--undo", "--plan"], [])).code, 2);
  });
});
