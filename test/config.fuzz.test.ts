import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { loadConfig } from "../config.ts";
import platform from "../index.ts";
import { settings } from "../config/settings.ts";
import { runs } from "./support/fuzz.ts";
import { type Recording, runProgram } from "./support/mocks.ts";
import { spoilt, valid } from "./support/settings.ts";

type Values = Readonly<Record<string, unknown>>;

/** As the engine hands settings over: text, or JSON of anything else. */
const given = (values: Values) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key.includes(":") ? key : `dse:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

/** The message of a refusal; undefined where the settings are accepted. Any other error fails the test. */
function refusal(values: Values): string | undefined {
  pulumi.runtime.setAllConfig(given(values));
  try {
    loadConfig();
    return undefined;
  } catch (error) {
    if (!(error instanceof pulumi.RunError)) throw error;
    return error.message;
  }
}

/** `dse:key value: rule`, for a person to read. */
function assertClear(line: string, values: Values): void {
  const names = [...Object.keys(given(settings)), ...Object.keys(given(values))]
    .map((key) => key.replace("\n", "\\u000a"))
    // What names are made of, together.
    .concat("dse:owner/project/environment/region");
  const named = names.some(
    (name) => /^[ .:]/.test(line.slice(2 + name.length)) && line.startsWith(name, 2),
  );
  assert.ok(named, `names no setting: ${line}`);
  assert.doesNotMatch(line, /\p{Cc}/u);
  assert.doesNotMatch(line, /Invalid|expected|Unrecognized|Too (big|small)/);
  assert.ok(line.length < 500, `too long: ${line}`);
}

/**
 * The most characters of a name, from AWS's pages, not from the program's own table.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html
 * https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 * https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
 */
const longest: Readonly<Record<string, number>> = {
  "aws:iam/role:Role": 64,
  "aws:iam/user:User": 64,
  "aws:iam/group:Group": 128,
  "aws:iam/policy:Policy": 128,
  "aws:s3/bucket:Bucket": 63,
  "aws:ecr/repository:Repository": 256,
  "aws:batch/computeEnvironment:ComputeEnvironment": 128,
  "aws:batch/jobQueue:JobQueue": 128,
  "aws:batch/jobDefinition:JobDefinition": 128,
  "aws:mwaa/environment:Environment": 80,
  "aws:cloudwatch/logGroup:LogGroup": 512,
  "aws:cloudwatch/eventRule:EventRule": 64,
  "aws:cloudwatch/metricAlarm:MetricAlarm": 255,
  "aws:sns/topic:Topic": 256,
  "aws:kms/alias:Alias": 256,
  "aws:budgets/budget:Budget": 100,
};

/** Physical names: each once, as AWS tells names apart, and none longer than AWS takes. */
function assertNamed({ resources }: Recording): void {
  const names = resources.flatMap(({ type, inputs }) => {
    // Other types name the bucket that they are a setting of.
    const name = inputs[type === "aws:s3/bucket:Bucket" ? "bucket" : "name"];
    return typeof name === "string" ? [{ type, name: name.toLowerCase() }] : [];
  });
  for (const { type, name } of names)
    assert.ok(name.length <= (longest[type] ?? Infinity), `${type} ${name}`);
  const known = names.map(({ type, name }) => `${type} ${name}`);
  assert.deepEqual(
    known.filter((name, i) => known.indexOf(name) !== i),
    [],
  );
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
function assertFits({ resources }: Recording): void {
  const documents: Record<string, [string, number]> = {
    "aws:iam/policy:Policy": ["policy", 6144],
    "aws:iam/role:Role": ["assumeRolePolicy", 2048],
  };
  for (const { type, inputs, urn } of resources) {
    const [property, most] = documents[type] ?? [];
    if (property === undefined) continue;
    const document = inputs[property] as { Statement: object[] };
    const length = JSON.stringify(document).replace(/\s/g, "").length;
    assert.ok(length <= (most ?? 0), `${urn} has ${length} characters`);
    const statements = document.Statement.map((statement) => JSON.stringify(statement));
    assert.equal(new Set(statements).size, statements.length, `${urn} has a statement twice`);
  }
}

describe("any settings", () => {
  it("are made up for each setting, and allowed by its rule", () => {
    const samples = fc.sample(valid, runs(60));
    for (const [key, rule] of Object.entries(settings)) {
      const values = samples.map((sample) => sample[key]).filter((value) => value !== undefined);
      assert.ok(new Set(values.map((value) => JSON.stringify(value))).size > 1, key);
      for (const value of values)
        assert.ok(rule.safeParse(value).success, `${key} ${JSON.stringify(value)}`);
    }
  });

  it("load where they are valid", async () => {
    await runProgram(() => {
      fc.assert(
        fc.property(valid, (values) => {
          assert.equal(refusal(values), undefined);
        }),
        runs(100),
      );
    });
  });

  it("are refused, where they are not, by a line for each problem that names its setting", async () => {
    await runProgram(() => {
      fc.assert(
        fc.property(spoilt, (values) => {
          const message = refusal(values);
          if (message === undefined) return;
          const [heading = "", ...lines] = message.split("\n");
          assert.match(heading, /^\d+ settings? of stack test cannot be deployed:$/);
          assert.equal(Number.parseInt(heading), lines.length, message);
          for (const line of lines) assertClear(line, values);
        }),
        runs(150),
      );
    });
  });

  it("make a whole stack where they are valid: each name once, no part of a name missing", async () => {
    const calls = {
      "aws:index/getAvailabilityZones:getAvailabilityZones": (_: unknown, region: string) => ({
        names: ["a", "b", "c", "d", "e", "f"].map((zone) => region + zone),
      }),
      "aws:ec2/getNatGateways:getNatGateways": () => ({ ids: [] }),
    };
    const program = fc.asyncProperty(valid, async (config) => {
      const recording = await runProgram(platform, { config, calls });
      assertFits(recording);
      assertNamed(recording);
      const custom = recording.resources.filter(({ type }) => type.startsWith("aws:"));
      for (const { urn, inputs } of custom)
        assert.doesNotMatch(JSON.stringify(inputs), /undefined|\[object |NaN|<unknown>/, urn);
    });
    await fc.assert(program, runs(2));
  });

  it("in any number fit into IAM's policies, or are refused for it", async () => {
    const many = fc
      .record({
        people: fc.nat(40),
        projects: fc.nat(75),
        secrets: fc.nat(90),
        path: fc.oneof({ weight: 3, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(500) }),
        bounded: fc.boolean(),
        projectGrant: fc.constantFrom("each", "wildcard", "first"),
        region: fc.constantFrom("us-west-2", "us-gov-west-1", "cn-northwest-1"),
        // The longest that leave room for what is appended.
        owner: fc.constant("o".repeat(9)),
        project: fc.constant("p".repeat(9)),
        environment: fc.constant("e".repeat(9)),
        alarmEmails: fc.constant(["ann@example.org"]),
        monthlyBudgetUsd: fc.constant(1),
      })
      .map(({ people, projects, secrets, path, bounded, ...rest }) => ({
        ...rest,
        githubRepository: `${"o".repeat(39)}/${"r".repeat(100)}`,
        githubOwnerId: "1".repeat(20),
        githubRepositoryId: "2".repeat(20),
        githubBranch: "b".repeat(255),
        githubEnvironment: "e".repeat(255),
        stateBucket: "s".repeat(63),
        people: Array.from({ length: people }, (_, i) => `person-${i}-${"x".repeat(i % 50)}`),
        projects: Array.from({ length: projects }, (_, i) => `project-${i}`),
        jobs: Object.fromEntries(
          Array.from({ length: secrets }, (_, i) => [`job-${i}`, { secret: `secret-${i}` }]),
        ),
        iamPath: path ? `/${"x".repeat(path)}/` : "/",
        permissionsBoundary: bounded ? `arn:aws:iam::aws:policy/${"b".repeat(128)}` : "",
      }));
    const program = fc.asyncProperty(many, async (config) => {
      let message: string | undefined;
      await runProgram(() => (message = refusal(config)));
      if (message === undefined) {
        const recording = await runProgram(platform, { config });
        assertFits(recording);
        assertNamed(recording);
      } else
        for (const line of message.split("\n").slice(1))
          assert.match(line, /^ {2}dse:(people|projects|jobs|iamPath).* (full;|characters;)/);
    });
    await fc.assert(program, runs(5));
  });

  it("make nothing where they are refused", async () => {
    const program = fc.asyncProperty(spoilt, async (config) => {
      const { resources } = await runProgram(async () => {
        fc.pre(refusal(config) !== undefined);
        await assert.rejects(platform(), pulumi.RunError);
      });
      assert.deepEqual(
        resources.map(({ type }) => type),
        ["pulumi:pulumi:Stack"],
      );
    });
    await fc.assert(program, runs(10));
  });
});
