import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { declaredSettings, loadConfig, type PlatformConfig } from "../config.ts";
import { differenceIds } from "../components/lib/differences.ts";
import { airflowEndpoints } from "../components/lib/nat.ts";
import { documentLength, policyLength, readSecrets } from "../components/lib/policies.ts";
import { runProgram, type RunOptions } from "./support/mocks.ts";

async function load(config: RunOptions["config"] = {}, stack = "test"): Promise<PlatformConfig> {
  let loaded: PlatformConfig | undefined;
  await runProgram(
    () => {
      loaded = loadConfig();
    },
    { stack, config },
  );
  assert.ok(loaded);
  return loaded;
}

/** The lines of the refusal, without its heading. */
async function refusal(config: RunOptions["config"]): Promise<string[]> {
  const error: unknown = await load(config).then(
    () => undefined,
    (e: unknown) => e,
  );
  assert.ok(error instanceof Error, "the settings were accepted");
  const [heading = "", ...lines] = error.message.split("\n");
  assert.match(heading, /^\d+ settings? of stack test cannot be deployed:$/);
  assert.equal(Number.parseInt(heading), lines.length);
  return lines.map((line) => line.trim());
}

describe("config", () => {
  it("reads dev from Pulumi.yaml and Pulumi.dev.yaml: the reference's, but small", async () => {
    const config = await load({}, "dev");
    assert.deepEqual(config.tags, { Owner: "dse", Project: "infra", Environment: "dev" });
    assert.equal(config.names.prefix, "dse-infra-dev");
    assert.deepEqual(config.network, {
      cidrBlock: "10.0.0.0/16",
      publicCidrBlocks: ["10.0.0.0/24", "10.0.1.0/24"],
      privateCidrBlocks: ["10.0.2.0/24", "10.0.3.0/24"],
      natStrategy: "single",
      natElasticIps: [],
      interfaceEndpoints: [],
    });
    assert.equal(config.airflow.environmentClass, "mw1.micro");
    assert.deepEqual(
      config.names.projects.map(({ id }) => id),
      ["water", "cdss", "hcd", "bppe", "cdtfa"],
    );
    assert.equal(config.people.userNames.length, 5);
    assert.equal(config.accountId, undefined);
    assert.deepEqual(config.warnings, []);
  });

  it("gives qa the reference's size, a group and addresses of its own, and leaves the people to dev", async () => {
    const config = await load({}, "qa");
    assert.equal(config.network.natStrategy, "perZone");
    const { environmentClass, schedulers, minWorkers, maxWorkers } = config.airflow;
    assert.deepEqual(
      [environmentClass, schedulers, minWorkers, maxWorkers],
      ["mw1.small", 2, 1, 5],
    );
    assert.equal(config.names.group, "odi-advanced-analytics-qa");
    assert.equal(config.people.createUsers, false);
    assert.equal(config.network.cidrBlock, "10.1.0.0/16");
  });

  it("leaves GitHub's one provider of an account to dev", async () => {
    const provider = async (stack: string) =>
      (await load({ githubRepository: "state/infra" }, stack)).github?.createProvider;
    assert.deepEqual([await provider("dev"), await provider("qa")], [true, false]);
  });

  it("takes a path and a boundary for IAM, none by default", async () => {
    const plain = await load();
    assert.deepEqual([plain.iamPath, plain.permissionsBoundary], [undefined, undefined]);
    const given = {
      iamPath: "/data/team-1/",
      permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess",
    };
    const accountId = "210987654321";
    const { iamPath, permissionsBoundary } = await load({ ...given, accountId });
    assert.deepEqual({ iamPath, permissionsBoundary }, given);
    await load({ accountId, permissionsBoundary: `arn:aws:iam::${accountId}:policy/developers` });
  });

  it("tells the roles of GitHub Actions what they are for", async () => {
    const given = await load({
      githubRepository: "state/infra",
      githubOwnerId: "1",
      githubRepositoryId: "2",
      githubEnvironment: "live",
      people: ["ann"],
      createPeople: true,
      kmsKeyArn: "arn:aws:kms:us-west-2:123456789012:key/1234abcd",
      stateBucket: "state",
      stateKeyArn: "arn:aws:kms:us-west-2:123456789012:key/5678",
    });
    const { repository, environment, deployed, state } = given.github ?? {};
    assert.deepEqual(
      [repository, environment, deployed?.people, deployed?.keyArn, state],
      [
        { name: "state/infra", ids: { owner: "1", repository: "2" } },
        "live",
        ["ann"],
        "arn:aws:kms:us-west-2:123456789012:key/1234abcd",
        { bucket: "state", keyArn: "arn:aws:kms:us-west-2:123456789012:key/5678" },
      ],
    );
    const { github } = await load({
      githubRepository: "state/infra",
      people: ["ann"],
      createPeople: false,
      stateBucket: "state",
    });
    assert.deepEqual(
      [github?.repository, github?.environment, github?.deployed.people, github?.deployed.keyArn],
      [{ name: "state/infra", ids: undefined }, "test", [], undefined],
    );
    assert.deepEqual(github?.state, { bucket: "state", keyArn: undefined });
  });

  it("has a budget for what has the stack's tags", async () => {
    const { alarms } = await load({ alarmEmails: ["ann@example.com"], monthlyBudgetUsd: 10 });
    assert.deepEqual(alarms?.budget, { usd: 10, tags: { Project: "infra", Environment: "test" } });
  });

  it("leaves settings of other projects to them", async () => {
    await load({ "other:thing": "x" });
  });

  it("is frozen all the way down", async () => {
    const config = await load({ projects: ["water"] });
    assert.throws(() => {
      (config.tags as { Owner: string }).Owner = "x";
    }, TypeError);
    assert.throws(() => (config.names.projects as unknown[]).push(1), TypeError);
    assert.throws(() => (config.jobs.default.command as string[]).push("x"), TypeError);
  });

  it("declares every setting with a type, a default and one sentence", () => {
    for (const [key, { type, default: value, description }] of Object.entries(declaredSettings())) {
      const actual = Array.isArray(value) ? "array" : typeof value;
      assert.equal(type === "integer" ? "number" : type, actual, `${key}: type of the default`);
      assert.match(description, /^[A-Z].*\.$/s, `${key}: description`);
    }
  });

  it("takes the environment from the stack, or as set", async () => {
    assert.equal((await load({}, "blue")).tags.Environment, "blue");
    assert.equal((await load({ environment: "dev" }, "blue")).names.prefix, "dse-infra-dev");
  });

  it("protects data, but for the local AWS where its environment asks otherwise", async () => {
    const onDestroy = async (environment: Record<string, string>, config = {}) => {
      let choice: string | undefined;
      await runProgram(
        () => {
          choice = loadConfig().dataOnDestroy;
        },
        { environment, config },
      );
      return choice;
    };
    const asked = { DSE_LOCAL_DATA_ON_DESTROY: "empty" };
    const local = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" };
    assert.equal(await onDestroy({}), "protect");
    assert.equal(await onDestroy({}, { dataOnDestroy: "retain" }), "retain");
    assert.equal(await onDestroy({ ...asked, ...local }), "empty");
    assert.equal(await onDestroy(local), "protect");
    assert.equal(await onDestroy(asked), "protect");
    const remote = { AWS_ENDPOINT_URL: "https://s3.us-west-2.amazonaws.com" };
    assert.equal(await onDestroy({ ...asked, ...remote }), "protect");
  });

  const defaultVersion = "3.0.6";
  for (const [given, kept, expected, warning] of [
    ["", [], defaultVersion, undefined],
    ["", ["all"], "2.4.3", /creates no environment of Airflow 2\.4\.3/],
    ["", ["airflow-version"], "2.4.3", /creates no environment/],
    ["2.7.2", ["all"], "2.7.2", undefined],
    ["2.5.1", [], "2.5.1", /creates no environment of Airflow 2\.5\.1/],
    ["9.1.0", [], "9.1.0", /9\.1\.0 is not among the versions known here/],
  ] as const)
    it(`runs Airflow ${expected} for "${given}" with keepReference ${JSON.stringify(kept)}`, async () => {
      const { airflow, warnings } = await load({ airflowVersion: given, keepReference: kept });
      assert.equal(airflow.airflowVersion, expected);
      assert.equal(warnings.length, warning ? 1 : 0);
      if (warning) assert.match(warnings[0] ?? "", warning);
    });

  it("lets people in from outside and inside from Airflow 3.2.0 on", async () => {
    const access = { mwaaWebserverAccess: "PUBLIC_AND_PRIVATE" };
    await load({ ...access, airflowVersion: "3.2.0" });
    assert.deepEqual(await refusal({ ...access, airflowVersion: "3.0.6" }), [
      'dse:mwaaWebserverAccess "PUBLIC_AND_PRIVATE": needs Airflow 3.2.0 or later, this is 3.0.6',
    ]);
  });

  it("undoes the differences that keepReference names, or all", async () => {
    const one = await load({ keepReference: ["flow-logs"] });
    assert.equal(one.posture["flow-logs"], false);
    assert.equal(one.posture["people-mfa"], true);
    const all = await load({ keepReference: ["all"] });
    assert.deepEqual(
      differenceIds.filter((id) => all.posture[id]),
      [],
    );
  });

  const manyProjects = Array.from({ length: 90 }, (_, i) => `project-${String(i + 10)}`);

  it("takes as many projects as fit, and any number with a wildcard", async () => {
    const count = async (config: RunOptions["config"]) =>
      (await load(config)).names.projects.length;
    assert.equal(await count({ projects: manyProjects.slice(0, 70) }), 70);
    assert.equal(await count({ projects: manyProjects, projectGrant: "wildcard" }), 90);
  });

  const refusals: [string, RunOptions["config"], string | RegExp][] = [
    ["an unknown setting", { ownr: "x" }, "dse:ownr: no such setting; did you mean dse:owner?"],
    [
      "a setting of a project of another name",
      { "other:people": ["ann"] },
      "other:people: this project is dse; did you mean dse:people?",
    ],
    [
      "a setting of a provider that is not used",
      { "aws:region": "us-east-1" },
      "aws:region: not read, the program makes its own provider: region and account are dse:region and dse:accountId, credentials come from the environment",
    ],
    [
      "a name in capitals",
      { owner: "DSE" },
      'dse:owner "DSE": must be lower-case letters, digits and hyphens, from a letter',
    ],
    [
      "an empty name",
      { project: "" },
      'dse:project "": must be lower-case letters, digits and hyphens, from a letter',
    ],
    ["a mistyped number", { jobMemory: "lots" }, 'dse:jobMemory "lots": must be of type integer'],
    ["half a number", { jobMemory: 512.5 }, "dse:jobMemory 512.5: must be of type integer"],
    [
      "a number beyond AWS's",
      { jobMemory: 2 ** 31 },
      "dse:jobMemory 2147483648: must be at most 2147483647",
    ],
    [
      "a truth in the place of a text",
      { jobs: { load: { environment: { A: true } } } },
      "dse:jobs.load.environment.A true: must be of type string, in quotes",
    ],
    [
      "a number in the place of a list",
      { jobs: { load: { command: 5 } } },
      "dse:jobs.load.command 5: must be of type array",
    ],
    [
      "a text in the place of a number",
      { jobs: { load: { memory: "x" } } },
      'dse:jobs.load.memory "x": must be of type integer',
    ],
    [
      "a text in the place of variables",
      { jobs: { load: { environment: "x" } } },
      'dse:jobs.load.environment "x": must be of type object',
    ],
    [
      "a field of a secret that is no variable",
      { jobSecretFields: ["pass-word"] },
      'dse:jobSecretFields.0 "pass-word": must be letters, digits and underscores',
    ],
    [
      "a prefix that is no variable",
      { jobSecretPrefix: "DB-" },
      'dse:jobSecretPrefix "DB-": must be letters, digits and underscores',
    ],
    [
      "fewer web servers than none",
      { mwaaMinWebservers: -1 },
      "dse:mwaaMinWebservers -1: must be 0 to 5",
    ],
    [
      "more web servers than AWS has",
      { mwaaMaxWebservers: 6 },
      "dse:mwaaMaxWebservers 6: must be 0 to 5",
    ],
    [
      "a path longer than IAM's",
      { iamPath: `/${"x".repeat(511)}/` },
      /^dse:iamPath "\/x+…: must be at most 512 characters$/,
    ],
    [
      "a number below JavaScript's",
      { jobMemory: -(2 ** 53) },
      "dse:jobMemory -9007199254740992: must be at least -9007199254740991",
    ],
    [
      "a number in a list of texts",
      { people: ["ann", 7] },
      "dse:people.1 7: must be of type string, in quotes",
    ],
    ["nothing in a list", { people: [null] }, "dse:people.0 null: must be of type string"],
    ["a mistyped list", { people: "ann" }, 'dse:people "ann": must be of type array'],
    [
      "a mistyped switch",
      { createPeople: "yes" },
      'dse:createPeople "yes": must be of type boolean',
    ],
    ["an unknown region", { region: "us-west-9" }, 'dse:region "us-west-9": no region of AWS'],
    [
      "half an account",
      { accountId: "1234" },
      'dse:accountId "1234": must be the 12 digits of an account, in quotes',
    ],
    [
      "the account of the local AWS",
      { accountId: "123456789012" },
      'dse:accountId "123456789012": the account of the local AWS, which no real stack may have',
    ],
    [
      "a path without its last slash",
      { iamPath: "/data" },
      'dse:iamPath "/data": must begin and end with a slash, such as /data/',
    ],
    [
      "a path that policies cannot have",
      { iamPath: "/data team/" },
      'dse:iamPath "/data team/": must begin and end with a slash, such as /data/',
    ],
    [
      "a boundary by its name",
      { permissionsBoundary: "developers" },
      'dse:permissionsBoundary "developers": must be the ARN of a policy',
    ],
    [
      "a boundary of another account",
      {
        accountId: "210987654321",
        permissionsBoundary: "arn:aws:iam::111122223333:policy/developers",
      },
      'dse:permissionsBoundary "arn:aws:iam::111122223333:policy/developers": must be a policy of accountId, 210987654321, or of AWS',
    ],
    [
      "people for whom the policies of GitHub Actions have no room",
      {
        githubRepository: "state/infra",
        people: Array.from({ length: 60 }, (_, i) => `somebody-with-a-long-name-${String(i)}`),
      },
      /^dse:people \["somebody-with.+…: with which a policy of GitHub Actions has \d+ characters; AWS takes 6144: have another stack make some, or none at all$/,
    ],
    [
      "a path for which they have none",
      { githubRepository: "state/infra", iamPath: `/${"x".repeat(500)}/` },
      /^dse:iamPath "\/x+…: with which a policy of GitHub Actions has \d+ characters; AWS takes 6144: take a shorter path, or a shorter boundary$/,
    ],
    [
      "more secrets than the policy to read them holds",
      {
        jobs: Object.fromEntries(
          Array.from({ length: 90 }, (_, i) => [
            `job-${String(i)}`,
            { secret: `secret-${String(i)}` },
          ]),
        ),
      },
      /^dse:jobs: name 91 secrets, with which the policy to read them has \d+ characters; AWS takes 6144$/,
    ],
    [
      "a key of another region",
      { kmsKeyArn: "arn:aws:kms:us-east-1:210987654321:key/0a" },
      'dse:kmsKeyArn "arn:aws:kms:us-east-1:210987654321:key/0a": must be a key of region us-west-2: services use keys of their own region alone',
    ],
    [
      "a zero before a number of an address",
      { vpcCidr: "010.0.0.0/16" },
      'dse:vpcCidr "010.0.0.0/16": must be an address range such as 10.0.0.0/24, without bits beyond its prefix',
    ],
    [
      "bits beyond the prefix",
      { vpcCidr: "10.0.0.1/16" },
      'dse:vpcCidr "10.0.0.1/16": must be an address range such as 10.0.0.0/24, without bits beyond its prefix',
    ],
    [
      "a subnet that AWS has not",
      { privateSubnetCidrs: ["10.0.2.0/24", "10.0.3.0/29"] },
      'dse:privateSubnetCidrs.1 "10.0.3.0/29": must be from /16 to /28',
    ],
    [
      "a subnet outside the VPC",
      { privateSubnetCidrs: ["10.0.2.0/24", "10.1.3.0/24"] },
      'dse:privateSubnetCidrs.1 "10.1.3.0/24": must be inside the VPC, 10.0.0.0/16',
    ],
    [
      "overlapping subnets",
      { privateSubnetCidrs: ["10.0.1.128/25", "10.0.3.0/24"] },
      'dse:privateSubnetCidrs.0 "10.0.1.128/25": overlaps publicSubnetCidrs.1, 10.0.1.0/24',
    ],
    [
      "a public subnet without its private one",
      { privateSubnetCidrs: ["10.0.2.0/24", "10.0.3.0/24", "10.0.4.0/24"] },
      'dse:privateSubnetCidrs ["10.0.2.0/24","10.0.3.0/24","10.0.4.0/24"]: must be as many as publicSubnetCidrs, 2: a pair per zone',
    ],
    [
      "a strategy for NAT gateways that there is not",
      { natStrategy: "double" },
      'dse:natStrategy "double": must be one of perZone, single, regional, none',
    ],
    [
      "fewer elastic IPs than NAT gateways",
      { natElasticIps: ["eipalloc-0a"] },
      'dse:natElasticIps ["eipalloc-0a"]: must be 2, one for each NAT gateway of natStrategy perZone, or empty',
    ],
    [
      "elastic IPs for no NAT gateway",
      {
        natStrategy: "none",
        natElasticIps: ["eipalloc-0a", "eipalloc-0b"],
        interfaceEndpoints: airflowEndpoints,
      },
      'dse:natElasticIps ["eipalloc-0a","eipalloc-0b"]: must be 0, one for each NAT gateway of natStrategy none, or empty',
    ],
    [
      "no way out for Airflow",
      { natStrategy: "none", interfaceEndpoints: ["airflow.api", "airflow.env", "ecr.api", "kms"] },
      'dse:natStrategy "none": needs interfaceEndpoints without which Airflow does not run: ecr.dkr, logs, monitoring, sqs',
    ],
    [
      "S3 by an interface endpoint",
      { interfaceEndpoints: ["s3"] },
      'dse:interfaceEndpoints.0 "s3": has its free gateway endpoint already',
    ],
    [
      "existing subnets of no VPC",
      { existingPublicSubnetIds: ["subnet-0a"] },
      'dse:existingVpcId "": must be set where existing subnets are',
    ],
    [
      "an id of something else",
      { existingVpcId: "subnet-0a", existingPrivateSubnetIds: ["subnet-0b", "subnet-0c"] },
      'dse:existingVpcId "subnet-0a": must be the id of a VPC, vpc-…',
    ],
    [
      "a job's name in capitals",
      { jobs: { Load: {} } },
      "dse:jobs.Load {}: the name of a job must match ^[a-z0-9][a-z0-9_-]{0,40}$",
    ],
    [
      "what the default job has a setting for",
      { jobs: { default: { vcpus: "1" } } },
      'dse:jobs.default.vcpus "1": jobVcpus says it for the default job',
    ],
    [
      "a digest beside an image that is built",
      {
        jobImageContext: "test/fixtures/image",
        jobs: { default: { imageDigest: `sha256:${"0".repeat(64)}` } },
      },
      `dse:jobs.default.imageDigest "sha256:${"0".repeat(64)}": must not be set with jobImageContext, whose image the default job runs`,
    ],
    [
      "how long to keep logs in a group that is not there",
      { keepReference: ["batch-logs"], jobs: { default: { logRetentionDays: 7 } } },
      "dse:jobs.default.logRetentionDays 7: needs the log group that keepReference batch-logs leaves out",
    ],
    [
      "a job's logs for a time that CloudWatch has not",
      { jobs: { load: { logRetentionDays: 2 } } },
      "dse:jobs.load.logRetentionDays 2: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
    ],
    [
      "two architectures",
      { jobs: { load: { architecture: "ARM64" } } },
      'dse:jobs.load.architecture "ARM64": must be X86_64, as the default job\'s: one architecture for all jobs of the queue',
    ],
    [
      "two architectures the other way round",
      { jobs: { default: { architecture: "ARM64" }, load: { architecture: "X86_64" } } },
      'dse:jobs.load.architecture "X86_64": must be ARM64, as the default job\'s: one architecture for all jobs of the queue',
    ],
    [
      "less storage than Fargate gives anyway",
      { jobs: { load: { storageGib: 20 } } },
      "dse:jobs.load.storageGib 20: must be 21 to 200 GiB",
    ],
    [
      "more storage than Fargate has",
      { jobs: { load: { storageGib: 201 } } },
      "dse:jobs.load.storageGib 201: must be 21 to 200 GiB",
    ],
    [
      "a user with a space",
      { jobs: { load: { user: "a b" } } },
      'dse:jobs.load.user "a b": must be a user, or user:group, by name or number',
    ],
    [
      "two fields of a secret for one variable",
      { jobSecretFields: ["user", "USER"] },
      'dse:jobSecretFields ["user","USER"]: has two fields for the variable SNOWFLAKE_USER, which is in capitals',
    ],
    [
      "two fields of a job's secret for one variable",
      { jobs: { load: { secretFields: ["key", "Key"] } } },
      'dse:jobs.load.secretFields ["key","Key"]: has two fields for the variable SNOWFLAKE_KEY, which is in capitals',
    ],
    [
      "a variable that the secret has too",
      { jobs: { load: { environment: { SNOWFLAKE_USER: "x" } } } },
      'dse:jobs.load.environment.SNOWFLAKE_USER "x": is a variable of the job\'s secret already, and may be there once',
    ],
    [
      "a variable of AWS Batch",
      { jobs: { load: { environment: { AWS_BATCH_JOB_ID: "x" } } } },
      'dse:jobs.load.environment.AWS_BATCH_JOB_ID "x": AWS Batch keeps AWS_BATCH… to itself',
    ],
    [
      "rules of retries without attempts",
      { jobs: { load: { retryRules: [{ action: "EXIT", onReason: "*" }] } } },
      'dse:jobs.load.retryRules [{"action":"EXIT","onReason":"*"}]: needs attempts, the most that there may be',
    ],
    [
      "a rule that is about nothing",
      { jobs: { load: { attempts: 2, retryRules: [{ action: "EXIT" }] } } },
      'dse:jobs.load.retryRules.0 {"action":"EXIT"}: must have onExitCode, onReason or onStatusReason',
    ],
    [
      "an action that there is not",
      { jobs: { load: { attempts: 2, retryRules: [{ action: "WAIT", onReason: "*" }] } } },
      'dse:jobs.load.retryRules.0.action "WAIT": must be one of RETRY, EXIT',
    ],
    [
      "an exit code that is none",
      { jobs: { load: { attempts: 2, retryRules: [{ action: "EXIT", onExitCode: "-1" }] } } },
      'dse:jobs.load.retryRules.0.onExitCode "-1": must be digits in quotes, and may end in *',
    ],
    [
      "an asterisk that is not at the end",
      { jobs: { load: { attempts: 2, retryRules: [{ action: "EXIT", onReason: "*full" }] } } },
      'dse:jobs.load.retryRules.0.onReason "*full": must be letters, digits, periods, colons and spaces, and may end in *',
    ],
    [
      "an empty pattern",
      { jobs: { load: { attempts: 2, retryRules: [{ action: "EXIT", onStatusReason: "" }] } } },
      'dse:jobs.load.retryRules.0.onStatusReason "": must be letters, digits, periods, colons and spaces, and may end in *',
    ],
    [
      "a role that there is not",
      { batchServiceRole: "own" },
      'dse:batchServiceRole "own": must be one of custom, serviceLinked',
    ],
    [
      "a limit below ten minutes",
      { runnableTimeLimit: 599 },
      "dse:runnableTimeLimit 599: must be 0 or from 600 to 86400 seconds",
    ],
    [
      "a limit beyond a day",
      { runnableTimeLimit: 86401 },
      "dse:runnableTimeLimit 86401: must be 0 or from 600 to 86400 seconds",
    ],
    [
      "a job of both a tag and a digest",
      { jobs: { load: { imageTag: "v1", imageDigest: `sha256:${"0".repeat(64)}` } } },
      `dse:jobs.load {"imageTag":"v1","imageDigest":"sha256:${"0".repeat(64)}"}: must have imageTag or imageDigest, not both`,
    ],
    [
      "a job's setting that there is not",
      { jobs: { load: { image: "x" } } },
      'dse:jobs.load.image "x": no such field; there are imageTag, imageDigest, command, vcpus, memory, storageGib, environment, secret, secretPrefix, secretFields, timeout, attempts, retryRules, architecture, readonlyRoot, user, initProcess, logRetentionDays',
    ],
    [
      "a job's size that Fargate lacks",
      { jobs: { load: { vcpus: "1" } } },
      "dse:jobs.load.memory 512: with 1 vCPU Fargate has 2048, 3072, 4096, 5120, 6144, 7168, 8192 MiB",
    ],
    [
      "a timeout below a minute",
      { jobs: { load: { timeout: 10 } } },
      "dse:jobs.load.timeout 10: must be at least 60 seconds",
    ],
    [
      "a kind of capacity that there is not",
      { batchCapacity: ["EC2"] },
      'dse:batchCapacity.0 "EC2": must be one of FARGATE, FARGATE_SPOT',
    ],
    ["no capacity", { batchCapacity: [] }, "dse:batchCapacity []: must name one at least"],
    [
      "a place for jobs that there is not",
      { jobSubnets: "both" },
      'dse:jobSubnets "both": must be one of public, private',
    ],
    [
      "a size that Fargate lacks",
      { jobVcpus: "3" },
      'dse:jobVcpus "3": must be one of 0.25, 0.5, 1, 2, 4, 8, 16, 32',
    ],
    [
      "a size by the name of what every object has",
      { jobVcpus: "toString" },
      'dse:jobVcpus "toString": must be one of 0.25, 0.5, 1, 2, 4, 8, 16, 32',
    ],
    [
      "a pair that Fargate lacks",
      { jobVcpus: "2", jobMemory: 512 },
      "dse:jobMemory 512: with 2 vCPU Fargate has 4096, 5120, 6144, 7168, 8192, 9216, 10240, 11264, 12288, 13312, 14336, 15360, 16384 MiB",
    ],
    [
      "a port beyond all",
      { batchEgressPorts: [70000] },
      "dse:batchEgressPorts.0 70000: must be a port, 1 to 65535",
    ],
    [
      "a port beside everything",
      { batchEgressPorts: [0, 443] },
      "dse:batchEgressPorts [0,443]: must be 0, which is everything, or ports",
    ],
    [
      "Airflow without a way to AWS",
      { mwaaEgressPorts: [22] },
      "dse:mwaaEgressPorts [22]: must have 443, by which Airflow reaches AWS",
    ],
    ["no vCPU at all", { batchMaxVcpus: 0 }, "dse:batchMaxVcpus 0: must be at least 1"],
    [
      "a tag with a space",
      { jobImageTag: "my tag" },
      'dse:jobImageTag "my tag": must be a tag of an image',
    ],
    [
      "a build context that is not there",
      { jobImageContext: "images/none" },
      'dse:jobImageContext "images/none": must be a folder with a Dockerfile',
    ],
    [
      "an ARN of something else",
      { jobSecret: "arn:aws:s3:::x" },
      'dse:jobSecret "arn:aws:s3:::x": must be the name or ARN of a secret',
    ],
    [
      "a secret without fields",
      { jobSecretFields: [] },
      "dse:jobSecretFields []: must name a field where jobSecret names a secret",
    ],
    [
      "a version that never was",
      { airflowVersion: "1.9.0" },
      'dse:airflowVersion "1.9.0": must be a version such as 3.0.6; the first that MWAA had was 1.10.12',
    ],
    [
      "an option that the platform sets",
      { airflowOptions: { "custom.scratch_bucket": "x" } },
      'dse:airflowOptions.custom.scratch_bucket "x": set by the platform, which DAGs rely on',
    ],
    [
      "an unknown class",
      { mwaaClass: "mw1.huge" },
      'dse:mwaaClass "mw1.huge": must be one of mw1.micro, mw1.small, mw1.medium, mw1.large, mw1.xlarge, mw1.2xlarge',
    ],
    [
      "more workers at least than at most",
      { mwaaMinWorkers: 6 },
      "dse:mwaaMinWorkers 6: must not be above mwaaMaxWorkers, 5",
    ],
    [
      "schedulers that the class has not",
      { mwaaSchedulers: 1 },
      "dse:mwaaSchedulers 1: must be 2 to 5 in mw1.small, or 0",
    ],
    [
      "a private web server before Airflow had one",
      { mwaaWebserverAccess: "PUBLIC_AND_PRIVATE" },
      'dse:mwaaWebserverAccess "PUBLIC_AND_PRIVATE": needs Airflow 3.2.0 or later, this is 3.0.6',
    ],
    ["too many web servers", { mwaaMinWebservers: 6 }, "dse:mwaaMinWebservers 6: must be 0 to 5"],
    [
      "web servers that the class has not",
      { mwaaMaxWebservers: 1 },
      "dse:mwaaMaxWebservers 1: must be 2 to 5 in mw1.small, or 0",
    ],
    [
      "more web servers at least than at most",
      { mwaaMinWebservers: 4, mwaaMaxWebservers: 3 },
      "dse:mwaaMinWebservers 4: must not be above mwaaMaxWebservers, 3",
    ],
    [
      "more web servers at least than AWS has at most by default",
      { mwaaMinWebservers: 3 },
      "dse:mwaaMinWebservers 3: must not be above mwaaMaxWebservers, 2",
    ],
    [
      "maintenance at a quarter past",
      { mwaaMaintenanceWindow: "SUN:03:15" },
      'dse:mwaaMaintenanceWindow "SUN:03:15": must be a day, an hour and a full or half hour in UTC, such as SUN:03:30',
    ],
    [
      "maintenance at an hour that no day has",
      { mwaaMaintenanceWindow: "SUN:24:00" },
      'dse:mwaaMaintenanceWindow "SUN:24:00": must be a day, an hour and a full or half hour in UTC, such as SUN:03:30',
    ],
    [
      "another replacement of workers",
      { mwaaWorkerReplacement: "graceful" },
      'dse:mwaaWorkerReplacement "graceful": must be one of FORCED, GRACEFUL, or empty',
    ],
    [
      "the level of a log that is none",
      { mwaaLogLevels: { Tasks: "INFO" } },
      'dse:mwaaLogLevels.Tasks "INFO": must have no other keys than DAGProcessing, Scheduler, Task, WebServer, Worker',
    ],
    [
      "a level that is none",
      { mwaaLogLevels: { Task: "TRACE" } },
      'dse:mwaaLogLevels.Task "TRACE": must be one of CRITICAL, ERROR, WARNING, INFO, DEBUG, OFF',
    ],
    [
      "levels of logs that the reference turns off",
      { mwaaLogLevels: { Task: "DEBUG" }, keepReference: ["mwaa-logs"] },
      'dse:mwaaLogLevels {"Task":"DEBUG"}: has no effect with keepReference mwaa-logs, which turns Airflow\'s logs off',
    ],
    [
      "what no system takes as a path",
      { airflowFiles: "\0" },
      'dse:airflowFiles "\\u0000": must be a folder of this project',
    ],
    [
      "files of Airflow that are nowhere",
      { airflowFiles: "nowhere" },
      'dse:airflowFiles "nowhere": must be a folder of this project',
    ],
    [
      "a person that IAM refuses",
      { people: ["ann smith"] },
      'dse:people.0 "ann smith": the name of an IAM user must match ^[\\w+=,.@-]+$',
    ],
    ["a person twice", { people: ["ann", "bob", "ann"] }, 'dse:people.2 "ann": there twice'],
    [
      "a person twice, as IAM reads names",
      { people: ["ann", "bob", "Ann"] },
      'dse:people.2 "Ann": is ann to IAM, which ignores case',
    ],
    [
      "the user of GitHub Actions among the people",
      { people: ["dse-infra-test-cd-bot"] },
      'dse:people.0 "dse-infra-test-cd-bot": is the user of GitHub Actions, made anyway',
    ],
    [
      "a project whose policy has the name of the one that projects share",
      { environment: "projects", projectOwner: "dse", projects: ["infra-projects"] },
      'dse:projects.0 "dse-infra-projects-projects-s3-policy": is already the name of an IAM policy here',
    ],
    ["a project twice", { projects: ["water", "water"] }, 'dse:projects.1 "water": there twice'],
    [
      "more projects than the longest policy holds",
      { projects: manyProjects },
      "dse:projects 90: must be at most 70, with which the policy that the last ones share is full; projectGrant wildcard takes any number",
    ],
    [
      "fewer in a partition of longer ARNs",
      { projects: manyProjects, region: "us-gov-west-1" },
      "dse:projects 90: must be at most 58, with which the policy that the last ones share is full; projectGrant wildcard takes any number",
    ],
    [
      "a grant that there is not",
      { projectGrant: "none" },
      'dse:projectGrant "none": must be one of each, wildcard, first',
    ],
    [
      "a bucket name beyond 63 characters",
      { projects: ["a-project-with-a-name-that-goes-on-and-on-and-on"] },
      'dse:projects.0 "aae-a-project-with-a-name-that-goes-on-and-on-and-on-test-us-west-2": the name of an S3 bucket has at most 63 characters, this one 67',
    ],
    [
      "a group name beyond IAM's characters",
      { groupName: "the analysts" },
      'dse:groupName "the analysts-test": the name of an IAM group must match ^[\\w+=,.@-]+$',
    ],
    ["no day at all", { scratchExpiryDays: 0 }, "dse:scratchExpiryDays 0: must be at least 1 day"],
    [
      "a retention that CloudWatch has not",
      { logRetentionDays: 100 },
      "dse:logRetentionDays 100: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
    ],
    [
      "half a pair of ids",
      { githubRepository: "state/infra", githubOwnerId: "1" },
      'dse:githubRepositoryId "": must be set together with githubOwnerId: GitHub sends both ids or none',
    ],
    [
      "a repository without its owner",
      { githubRepository: "infra" },
      'dse:githubRepository "infra": must be owner/name',
    ],
    [
      "a budget that nobody hears of",
      { monthlyBudgetUsd: 10 },
      "dse:monthlyBudgetUsd 10: needs alarmEmails, or nobody hears of it",
    ],
    [
      "an address that is none",
      { alarmEmails: ["ann"] },
      'dse:alarmEmails.0 "ann": must be an address',
    ],
    [
      "a fate of data that there is not",
      { dataOnDestroy: "burn" },
      'dse:dataOnDestroy "burn": must be one of protect, retain, delete, empty',
    ],
    [
      "a key by its alias",
      { kmsKeyArn: "alias/dse" },
      'dse:kmsKeyArn "alias/dse": must be the ARN of a KMS key',
    ],
    [
      "no day for images",
      { untaggedImageDays: 0 },
      "dse:untaggedImageDays 0: must be at least 1 day",
    ],
    [
      "a difference that is none",
      { keepReference: ["flowlogs"] },
      'dse:keepReference.0 "flowlogs": no difference; did you mean flow-logs?',
    ],
  ];
  for (const [what, config, line] of refusals)
    it(`refuses ${what}`, async () => {
      const lines = await refusal(config);
      if (typeof line === "string") assert.deepEqual(lines, [line]);
      else {
        assert.equal(lines.length, 1);
        assert.match(lines[0] ?? "", line);
      }
    });

  const long = { projects: ["p".repeat(50)] };
  const twoFields = ["a", "A"];
  /** A second setting that would be refused with the default of the first, or without it. */
  const dependent: readonly (readonly [wrong: string, RunOptions["config"]])[] = [
    ["githubOwnerId", { githubOwnerId: "x", githubRepositoryId: "1" }],
    ["githubRepositoryId", { githubOwnerId: "1", githubRepositoryId: "x" }],
    ["owner", { ...long, owner: "X" }],
    ["project", { ...long, project: "X" }],
    ["region", { ...long, region: "mars" }],
    ["groupName", { ...long, groupName: "" }],
    ["projectOwner", { ...long, projectOwner: "X" }],
    ["natStrategy", { natStrategy: "?", natElasticIps: ["eipalloc-0a"] }],
    ["natElasticIps", { natElasticIps: ["x"] }],
    ["interfaceEndpoints", { natStrategy: "none", interfaceEndpoints: ["S3"] }],
    [
      "keepReference",
      { natStrategy: "none", interfaceEndpoints: [...airflowEndpoints], keepReference: ["?"] },
    ],
    ["keepReference", { jobs: { default: { logRetentionDays: 7 } }, keepReference: ["?"] }],
    ["mwaaClass", { mwaaClass: "?", mwaaMinWorkers: 7 }],
    ["mwaaSchedulers", { mwaaSchedulers: 9, mwaaMinWorkers: 7 }],
    ["mwaaMaxWorkers", { mwaaMaxWorkers: -1, mwaaMinWorkers: 7 }],
    ["mwaaClass", { mwaaClass: "?", mwaaMinWebservers: 1 }],
    ["mwaaMinWebservers", { mwaaMinWebservers: 9, mwaaMaxWebservers: 1 }],
    ["mwaaMaxWebservers", { mwaaMaxWebservers: 9, mwaaMinWebservers: 1 }],
    ["airflowVersion", { airflowVersion: "0.1", mwaaWebserverAccess: "PUBLIC_AND_PRIVATE" }],
    ["keepReference", { keepReference: ["?"], mwaaWebserverAccess: "PUBLIC_AND_PRIVATE" }],
    ["alarmEmails", { alarmEmails: ["ann"], monthlyBudgetUsd: 10 }],
    ["jobMemory", { jobVcpus: "4", jobMemory: 512, jobs: { load: {} } }],
    ["jobs.load.memory", { jobs: { load: { memory: 5 } } }],
    ["jobSecretFields", { jobSecret: "s", jobSecretFields: twoFields }],
    ["jobSecretFields", { jobSecret: "s", jobSecretFields: twoFields, jobs: { load: {} } }],
  ];
  for (const [wrong, config] of dependent)
    it(`tells of ${wrong} alone in ${JSON.stringify(config)}`, async () => {
      const [line = "", ...more] = await refusal(config);
      assert.ok(line.startsWith(`dse:${wrong}`), line);
      assert.deepEqual(more, []);
    });

  it("takes as many addresses as gateways, and of an existing VPC any", async () => {
    await load({ natStrategy: "single", natElasticIps: ["eipalloc-0a"] });
    await load({
      existingVpcId: "vpc-0a",
      existingPublicSubnetIds: ["subnet-0a"],
      existingPrivateSubnetIds: ["subnet-0b", "subnet-0c"],
      natElasticIps: ["eipalloc-0a"],
    });
  });

  it("takes secrets until the policy to read them is full, in which each stands once", async () => {
    const names = Array.from({ length: 80 }, (_, i) => `secret-${String(i)}`);
    const arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:of/another-AbCdEf";
    const jobsWith = (last: string) => ({
      none: {},
      again: { secret: arn },
      ...Object.fromEntries(
        [arn, ...names, last].map((secret, i) => [`job-${String(i)}`, { secret }]),
      ),
    });
    const arns = (name: string) =>
      `arn:aws:secretsmanager:us-west-2:123456789012:secret:${name}-000000`;
    const lengthWith = (last: string) =>
      documentLength(readSecrets([arn, ...[...names, last].map(arns)]));
    const fits = "x".repeat(policyLength - lengthWith(""));
    await load({ jobSecret: "", jobs: jobsWith(fits) });
    const tooLong = { jobSecret: "", jobs: jobsWith(`${fits}x`) };
    assert.match((await refusal(tooLong)).join(), / 6145 characters/);
    await load({ ...tooLong, keepReference: ["secret-scope"] });
  });

  it("refuses mw1.micro with more than one scheduler or worker", async () => {
    const mwaaClass = "mw1.micro";
    assert.deepEqual(await refusal({ mwaaClass, mwaaSchedulers: 2, mwaaMaxWorkers: 5 }), [
      "dse:mwaaSchedulers 2: must be 1 in mw1.micro, or 0",
      "dse:mwaaMaxWorkers 5: must be 1 in mw1.micro, which does not scale, or 0",
    ]);
    const { airflow } = await load({ mwaaClass });
    assert.deepEqual([airflow.schedulers, airflow.minWorkers, airflow.maxWorkers], [1, 1, 1]);
  });

  it("refuses mw1.micro with more than one web server", async () => {
    const micro = { mwaaClass: "mw1.micro" };
    assert.deepEqual(await refusal({ ...micro, mwaaMinWebservers: 2, mwaaMaxWebservers: 2 }), [
      "dse:mwaaMinWebservers 2: must be 1 in mw1.micro, or 0",
      "dse:mwaaMaxWebservers 2: must be 1 in mw1.micro, or 0",
    ]);
    const { airflow } = await load({ ...micro, mwaaMinWebservers: 1, mwaaMaxWebservers: 0 });
    assert.equal(airflow.minWebservers, 1);
    assert.equal(airflow.maxWebservers, undefined);
  });

  it("takes maintenance, the replacement of workers and levels of logs, or leaves them to AWS", async () => {
    const { airflow } = await load({
      mwaaMaintenanceWindow: "TUE:23:30",
      mwaaWorkerReplacement: "GRACEFUL",
      mwaaLogLevels: { Scheduler: "OFF", Worker: "WARNING" },
    });
    assert.equal(airflow.maintenanceWindow, "TUE:23:30");
    assert.equal(airflow.workerReplacement, "GRACEFUL");
    assert.deepEqual(airflow.logLevels, { Scheduler: "OFF", Worker: "WARNING" });
    const { airflow: none } = await load();
    assert.equal(none.maintenanceWindow, undefined);
    assert.equal(none.workerReplacement, undefined);
    assert.deepEqual(none.logLevels, {});
  });

  describe("of Airflow's files", () => {
    const made: string[] = [];
    after(() => {
      for (const folder of made) rmSync(folder, { recursive: true });
    });

    /** A folder with these files, as the setting names it. */
    function folderOf(files: Readonly<Record<string, string>>): string {
      const folder = mkdtempSync(join(tmpdir(), "dse-airflow-"));
      made.push(folder);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      return relative(join(import.meta.dirname, ".."), folder);
    }
    const fileRefusal = async (files: Record<string, string>, config: RunOptions["config"] = {}) =>
      (await refusal({ airflowFiles: folderOf(files), ...config })).map((line) =>
        line.replace(/^dse:airflowFiles "[^"]+": /, ""),
      );

    it("reads those that are there, and of plugins no leftovers", async () => {
      const folder = folderOf({
        "requirements.txt": "# none\n",
        "startup.sh": "export A=1\n",
        "README.md": "ours",
        "plugins/b.py": "b",
        "plugins/a/b.py": "ab",
        "plugins/a/__pycache__/b.cpython-312.pyc": "made",
        "plugins/.DS_Store": "made",
      });
      const { files } = (await load({ airflowFiles: folder })).airflow;
      assert.equal(files.requirements, "# none\n");
      assert.equal(files.startupScript, "export A=1\n");
      assert.deepEqual(Object.keys(files.plugins ?? {}), ["a/b.py", "b.py"]);
      assert.match(files.plugins?.["a/b.py"] ?? "", /\/plugins\/a\/b\.py$/);
    });

    it("needs none of them", async () => {
      const nothing = { requirements: undefined, startupScript: undefined, plugins: undefined };
      const folder = folderOf({ "plugins/.gitkeep": "", ".gitignore": "*.zip" });
      assert.deepEqual((await load({ airflowFiles: folder })).airflow.files, nothing);
      assert.deepEqual((await load({ airflowFiles: "" })).airflow.files, {});
    });

    it("refuses files that would not be uploaded", async () => {
      assert.deepEqual(await fileRefusal({ "plugins.zip": "", "requirement.txt": "" }), [
        "has plugins.zip, requirement.txt, which would not be uploaded; what is: requirements.txt, startup.sh and the folder plugins",
      ]);
      assert.deepEqual(await fileRefusal({ plugins: "" }), [
        "must have plugins as a folder, of which plugins.zip is made",
      ]);
    });

    const published =
      "-c https://raw.githubusercontent.com/apache/airflow/constraints-3.0.6/constraints-3.12.txt\n";
    const none = {
      natStrategy: "none",
      interfaceEndpoints: [...airflowEndpoints],
    };

    it("refuses requirements without the constraints of the version", async () => {
      const [line = ""] = await fileRefusal({ "requirements.txt": "x==1\n" });
      assert.match(line, /^requirements\.txt must have a --constraint line/);
      const other = { airflowVersion: "2.10.3" };
      assert.deepEqual(await fileRefusal({ "requirements.txt": published }, other), [
        "requirements.txt has the constraints of Airflow 3.0.6, this is 2.10.3",
      ]);
      const folder = folderOf({ "requirements.txt": "x==1\n" });
      await load({ airflowFiles: folder, keepReference: ["airflow-version"] });
    });

    it("refuses constraints to download where there is no way to the internet", async () => {
      assert.deepEqual(await fileRefusal({ "requirements.txt": published }, none), [
        "requirements.txt has constraints that Airflow cannot download with natStrategy none: upload them with the DAGs, as /usr/local/airflow/dags/…",
      ]);
      const local = "-c /usr/local/airflow/dags/constraints.txt\nx==1\n";
      await load({ airflowFiles: folderOf({ "requirements.txt": local }), ...none });
      const remote = { airflowFiles: folderOf({ "requirements.txt": published }) };
      await load(remote);
      await load({
        ...remote,
        ...none,
        existingVpcId: "vpc-0a",
        existingPublicSubnetIds: ["subnet-0a"],
        existingPrivateSubnetIds: ["subnet-0b", "subnet-0c"],
      });
    });

    it("looks into them for no version that is none", async () => {
      const files = { "requirements.txt": "x==1\n" };
      for (const wrong of [{ airflowVersion: "0.1" }, { keepReference: ["?"] }]) {
        const [line = "", ...more] = await fileRefusal(files, wrong);
        assert.ok(line.startsWith(`dse:${String(Object.keys(wrong)[0])}`), line);
        assert.deepEqual(more, []);
      }
    });

    it("refuses a network without NAT and without S3's endpoint", async () => {
      assert.deepEqual(await refusal({ ...none, keepReference: ["s3-endpoint"] }), [
        'dse:natStrategy "none": needs S3\'s endpoint, which keepReference s3-endpoint takes away: Airflow reads its DAGs through it',
      ]);
    });
  });

  it("refuses an existing VPC without subnets for jobs and Airflow", async () => {
    assert.deepEqual(await refusal({ existingVpcId: "vpc-0a" }), [
      "dse:existingPublicSubnetIds []: must name a subnet for jobs",
      "dse:existingPrivateSubnetIds []: must be two, for Airflow",
    ]);
  });

  it("gives other jobs the default's settings where they have none of their own", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const retryRules = [{ action: "EXIT", onExitCode: "1*" }];
    const { jobs } = await load({
      jobVcpus: "1",
      jobMemory: 2048,
      jobs: {
        default: {
          imageDigest: digest,
          environment: { TARGET: "raw", LEVEL: "info" },
          attempts: 3,
          retryRules,
          readonlyRoot: true,
          logRetentionDays: 30,
        },
        load: { imageTag: "v2", memory: 4096, secret: "", readonlyRoot: false },
        merge: { environment: { TARGET: "merged" }, retryRules: [], secretPrefix: "LOADER" },
      },
    });
    const { load: loaded, merge, default: first } = jobs as Record<string, { secret?: object }>;
    const command = ["echo", "$SNOWFLAKE_USER", "$SNOWFLAKE_ROLE"];
    const inherited = { command, vcpus: "1", attempts: 3 };
    assert.deepEqual(loaded, {
      ...inherited,
      tag: "v2",
      digest: undefined,
      memory: 4096,
      environment: { TARGET: "raw", LEVEL: "info" },
      secret: undefined,
      retryRules,
      readonlyRoot: false,
    });
    assert.deepEqual(merge, {
      ...inherited,
      tag: undefined,
      digest,
      memory: 2048,
      environment: { TARGET: "merged", LEVEL: "info" },
      secret: { ...first?.secret, prefix: "LOADER" },
      retryRules: [],
      readonlyRoot: true,
    });
    assert.deepEqual(first, {
      ...inherited,
      tag: undefined,
      digest,
      memory: 2048,
      environment: { TARGET: "raw", LEVEL: "info" },
      secret: first?.secret,
      retryRules,
      readonlyRoot: true,
      logRetentionDays: 30,
    });
  });

  it("takes what AWS Batch takes of retries, users and limits", async () => {
    const rule = { action: "RETRY", onExitCode: "137", onReason: "OutOfMemoryError: Container*" };
    const { batch, jobs } = await load({
      batchServiceRole: "serviceLinked",
      runnableTimeLimit: 600,
      jobs: { default: { attempts: 2, retryRules: [rule], user: "app:1000" } },
    });
    assert.equal(batch.serviceRole, "serviceLinked");
    assert.equal(batch.runnableTimeLimit, 600);
    assert.deepEqual(jobs.default.retryRules, [rule]);
    assert.equal(jobs.default.user, "app:1000");
    const byDefault = (await load()).batch;
    assert.equal(byDefault.serviceRole, "custom");
    assert.equal(byDefault.runnableTimeLimit, undefined);
  });

  it("refuses a stack whose name cannot stand for the environment", async () => {
    await assert.rejects(load({}, "Dev_1"), {
      message:
        '1 setting of stack Dev_1 cannot be deployed:\n  dse:environment "": the stack\'s name, "Dev_1", stands in for it, and must be lower-case letters, digits and hyphens, from a letter',
    });
    assert.equal((await load({ environment: "dev" }, "Dev_1")).tags.Environment, "dev");
  });

  it("takes a secret where the provider keeps it, and shows none", async () => {
    const options = { "smtp.smtp_password": "hush" };
    const secretConfig = ["airflowOptions"];
    let loaded: PlatformConfig | undefined;
    const config = { airflowOptions: options };
    await runProgram(() => (loaded = loadConfig()), { config, secretConfig });
    assert.deepEqual(loaded?.airflow.options, options);
    const wrong = { airflowOptions: { password: "hush" } };
    await assert.rejects(runProgram(loadConfig, { config: wrong, secretConfig }), {
      message:
        "1 setting of stack test cannot be deployed:\n  dse:airflowOptions.password: must be section.option in lower case",
    });
  });

  it("has a line for each problem, whatever is in a value", async () => {
    const [line = "", ...more] = await refusal({ owner: "a\nb\u0085" + "x".repeat(1000) });
    assert.deepEqual(more, []);
    assert.match(line, /^dse:owner "a\\nb\\u0085x+…: must be lower-case/);
    assert.ok(line.length < 250);
    const whole = "X".repeat(148);
    assert.ok((await refusal({ owner: whole }))[0]?.startsWith(`dse:owner "${whole}": `));
  });

  it("finds nothing wrong in what Pulumi writes beside config, nor in an empty file", async () => {
    const root = mkdtempSync(join(tmpdir(), "dse-stack-"));
    const file = join(root, "Pulumi.test.yaml");
    const keys = ["environment", "secretsprovider", "encryptedkey", "encryptionsalt"];
    for (const text of [keys.map((key) => `${key}: x\n`).join(""), ""]) {
      writeFileSync(file, text);
      await runProgram(() => void loadConfig(), { root });
    }
    rmSync(root, { recursive: true });
  });

  it("reports everything at once", async () => {
    const lines = await refusal({ ownr: "x", region: "mars", jobMemory: 1, mwaaMinWorkers: 9 });
    assert.equal(lines.length, 4);
  });
});
