import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { declaredSettings, loadConfig } from "../../config.ts";
import { run } from "../../cost/main.ts";
import { pricesOf } from "../../cost/prices.ts";
import { givenSettings, load, withSettings } from "../../cost/stack.ts";
import { airflowEndpoints } from "../../components/lib/nat.ts";
import { runProgram } from "../support/mocks.ts";

interface Json {
  readonly stack: string;
  readonly region: string;
  readonly job: string;
  readonly usage: Record<string, number>;
  readonly lines: { part: string; what: string; usd: number | null; verified: boolean }[];
  readonly total: number;
  readonly complete: boolean;
  readonly prices: Record<string, { source: string; read: string } | null>;
  readonly savings: {
    changes: Record<string, unknown>;
    effect: string;
    saves: number | null;
    verified: boolean;
    total: number;
  }[];
}

/** A stack of two zones, whatever the stacks of the project are like. */
const base = {
  region: "us-west-2",
  natStrategy: "perZone",
  interfaceEndpoints: [],
  existingVpcId: "",
  publicSubnetCidrs: ["10.0.0.0/24", "10.0.1.0/24"],
  privateSubnetCidrs: ["10.0.2.0/24", "10.0.3.0/24"],
  batchCapacity: ["FARGATE"],
  jobSubnets: "public",
  jobVcpus: "0.25",
  jobMemory: 512,
  jobSecret: "one",
  jobs: {},
  mwaaClass: "mw1.small",
  mwaaSchedulers: 2,
  mwaaMinWorkers: 1,
  mwaaMaxWorkers: 5,
  projects: ["water", "cdss"],
  kmsKeyArn: "",
  logRetentionDays: 365,
};

const runWith = (settings: Record<string, unknown>, ...args: string[]) =>
  run(args, () => withSettings({}, { ...base, ...settings }));

function estimateOf(settings: Record<string, unknown> = {}, ...args: string[]): Json {
  const { stdout, stderr, exitCode } = runWith(settings, "--json", ...args);
  assert.equal(stderr, "");
  assert.equal(exitCode, 0);
  return JSON.parse(stdout) as Json;
}

const amount = ({ lines }: Json, what: string) => lines.find((line) => line.what === what)?.usd;

describe("cost", () => {
  it("reckons a stack with the region's prices", () => {
    const prices = pricesOf("us-west-2") ?? {};
    const { total, lines, complete, region, job } = estimateOf({}, "--job-hours", "1000");
    assert.equal(region, "us-west-2");
    assert.equal(job, "default");
    assert.deepEqual(
      lines.map(({ part, what, usd }) => [part, what, usd]),
      [
        ["network", "NAT gateways", 65.7], // 2 × 730 × 0.045
        ["network", "their public addresses", 7.3], // 2 × 730 × 0.005
        ["network", "traffic through NAT", 2.25], // 50 × 0.045
        ["airflow", "environment mw1.small", 357.7], // 730 × 0.49
        ["airflow", "metadata database", 1], // 10 × 0.1
        ["jobs", "vCPUs", 10.12], // 1000 × 0.25 × 0.04048
        ["jobs", "memory", 2.22], // 1000 × 0.5 × 0.004445
        ["jobs", "public addresses", 5], // 1000 × 0.005
        ["logs", "taken in", 5], // 10 × 0.5
        ["logs", "kept 365 days", 3.6], // 10 × 12 × 0.03
        ["storage", "5 buckets", 2.3], // 100 × 0.023; MWAA's, scratch's, access logs', two projects'
        ["storage", "images", 0.5], // 5 × 0.1
        ["keys", "secrets", 0.4],
        ["keys", "KMS keys", 1],
      ],
    );
    assert.equal(total, 464.09);
    assert.ok(complete);
    assert.equal(prices.natHour?.usd, 0.045);
  });

  it("takes each usage from its option", () => {
    const { usage } = estimateOf({}, "--nat-gb=7", "--worker-hours", "0.5", "--log-gb", "0");
    assert.deepEqual(usage, {
      "job-hours": 100,
      "worker-hours": 0.5,
      "nat-gb": 7,
      "endpoint-gb": 10,
      "log-gb": 0,
      "bucket-gb": 100,
      "image-gb": 5,
      "metadata-gb": 10,
    });
  });

  it("takes what costs from the settings", () => {
    const key = "arn:aws:kms:us-west-2:123456789013:key/1";
    const jobs = {
      default: { architecture: "ARM64" },
      big: { vcpus: "2", memory: 4096, secret: "two" },
      other: { secret: "two" },
    };
    const settings = { jobs, kmsKeyArn: key, mwaaMinWorkers: 2, mwaaSchedulers: 3 };
    const estimated = estimateOf(
      { ...settings, batchCapacity: ["FARGATE_SPOT", "FARGATE"], jobSubnets: "private" },
      "--job",
      "big",
    );
    assert.equal(amount(estimated, "vCPUs ARM64 on Spot"), 1.94); // 100 × 2 × 0.03238 × 0.3
    assert.equal(amount(estimated, "memory ARM64 on Spot"), 0.43); // 100 × 4 × 0.00356 × 0.3
    assert.equal(amount(estimated, "public addresses"), undefined);
    assert.equal(amount(estimated, "secrets"), 0.8);
    assert.equal(amount(estimated, "KMS keys"), 1);
    assert.equal(amount(estimated, "workers always on"), 40.15);
    assert.equal(amount(estimated, "schedulers"), 40.15);
  });

  it("leaves an existing VPC to those who pay for it", () => {
    const { lines, savings } = estimateOf({
      existingVpcId: "vpc-1",
      existingPublicSubnetIds: ["subnet-1"],
      existingPrivateSubnetIds: ["subnet-2", "subnet-3"],
    });
    assert.ok(!lines.some(({ part }) => part === "network"));
    assert.ok(!savings.some(({ changes }) => "natStrategy" in changes));
  });

  it("says where every price comes from", () => {
    const { prices, lines } = estimateOf();
    assert.ok(Object.keys(prices).length >= lines.length - 1);
    for (const [key, price] of Object.entries(prices)) assert.ok(price?.source && price.read, key);
  });

  describe("savings", () => {
    it("are the difference to the estimate of the stack with the change", () => {
      const settings = { mwaaClass: "mw1.medium", mwaaSchedulers: 3, mwaaMinWorkers: 2 };
      const { savings, total } = estimateOf(settings);
      assert.deepEqual(
        savings.map(({ changes }) => Object.keys(changes).join()),
        [
          "natStrategy",
          "natStrategy",
          "natStrategy,interfaceEndpoints",
          "mwaaClass,mwaaSchedulers,mwaaMinWorkers,mwaaMaxWorkers",
          "mwaaClass",
          "mwaaSchedulers",
          "mwaaMinWorkers",
          "batchCapacity",
          "logRetentionDays",
        ],
      );
      for (const { changes, saves, total: after } of savings) {
        assert.equal(estimateOf({ ...settings, ...changes }).total, after, JSON.stringify(changes));
        assert.equal(saves, Math.round((total - after) * 100) / 100);
      }
    });

    it("are what they are for the settings that matter most", () => {
      const { savings } = estimateOf();
      const saved = Object.fromEntries(
        savings.map(({ changes, saves }) => [String(Object.values(changes)[0]), saves]),
      );
      assert.equal(saved["single"], 36.5); // 730 × (0.045 + 0.005)
      assert.equal(saved["regional"], 0);
      assert.equal(saved["none"], -42.15); // 73 + 2.25 - 8 × 2 × 730 × 0.01 - 60 × 0.01
      assert.equal(saved["mw1.micro"], 146); // 730 × (0.49 - 0.29)
    });

    it("are not offered where the stack has them already", () => {
      const { savings } = estimateOf({
        natStrategy: "none",
        interfaceEndpoints: airflowEndpoints,
        mwaaClass: "mw1.micro",
        mwaaSchedulers: 1,
        mwaaMaxWorkers: 1,
        batchCapacity: ["FARGATE_SPOT"],
        logRetentionDays: 30,
      });
      assert.deepEqual(
        savings.map(({ changes }) => changes["natStrategy"]),
        ["single", "regional"],
      );
    });

    it("take own elastic IPs away, which are as many as one strategy has gateways", () => {
      const { savings } = estimateOf({ natElasticIps: ["eipalloc-1", "eipalloc-2"] });
      const single = savings.find(({ changes }) => changes["natStrategy"] === "single");
      assert.deepEqual(single?.changes, { natStrategy: "single", natElasticIps: [] });
    });

    it("change settings that there are", () => {
      const declared = Object.keys(declaredSettings());
      const { savings } = estimateOf({ natElasticIps: ["eipalloc-1", "eipalloc-2"] });
      for (const key of savings.flatMap(({ changes }) => Object.keys(changes)))
        assert.ok(declared.includes(key), key);
    });

    it("say what unverified prices make them", () => {
      const { savings } = estimateOf();
      const verified = (value: string) =>
        savings.find(({ changes }) => Object.values(changes)[0] === value)?.verified;
      assert.equal(verified("single"), true);
      assert.equal(verified("mw1.micro"), false);
      assert.match(runWith({}).stdout, /saves 36\.50 +natStrategy: single\n/);
      assert.match(runWith({}).stdout, /saves 146\.00\* +mwaaClass: mw1\.micro,/);
    });
  });

  describe("table", () => {
    const { stdout } = runWith({}, "--stack", "qa");

    it("has every line, its basis, and the total", () => {
      assert.match(stdout, /^Stack qa in us-west-2: US dollars a month of 730 hours\n/);
      assert.match(stdout, /^List prices read \d{4}-\d{2}-\d{2}, without tax/m);
      assert.match(stdout, /^network +NAT gateways +65\.70 +2 gateways × 730 h × 0\.045$/m);
      assert.match(stdout, /^ +traffic through NAT +2\.25 +50 GB × 0\.045$/m);
      assert.match(stdout, /^total +448\.48$/m);
    });

    it("marks what rests on unverified prices", () => {
      assert.match(stdout, /^airflow +environment mw1\.small +357\.70\* /m);
      assert.match(stdout, /^\* unverified, 362\.30 of the total: not read for us-west-2 itself/m);
    });

    it("says what it assumes, and how to change it", () => {
      assert.match(stdout, /^ {2}--job-hours +100 +hours that jobs run.*of the job default$/m);
    });

    it("says which price is unknown, and that the total is not all", () => {
      const unknown = runWith({ mwaaClass: "mw1.2xlarge" }).stdout;
      assert.match(unknown, /^airflow +environment mw1\.2xlarge +\? +730 h × no price known$/m);
      assert.match(unknown, /^total +at least +\d+\.\d{2}$/m);
      assert.match(unknown, /^\? no price is known for environment mw1\.2xlarge \(airflow\)$/m);
      assert.match(unknown, /price unknown +mwaaClass: mw1\.small$/m);
      assert.match(unknown, /saves 36\.50 +natStrategy: single$/m);
      assert.equal(estimateOf({ mwaaClass: "mw1.2xlarge" }).complete, false);
    });
  });

  it("knows no prices of other regions, and does not guess", () => {
    assert.deepEqual(runWith({ region: "eu-west-1" }), {
      stdout: "",
      stderr:
        "cost: no prices are known for eu-west-1, only for us-west-2; docs/cost.md says how to add some\n",
      exitCode: 1,
    });
  });

  for (const [args, message] of [
    [["--stack", "prod"], /^cost: no stack "prod"; there are .*dev, qa/],
    [["--stack", "../dev"], /^cost: no stack "\.\.\/dev"; there are/],
    [["--stack"], /^cost: --stack needs a value$/],
    [["--job-hour", "3"], /^cost: no option --job-hour; did you mean --job-hours\?$/],
    [["--job-hours", "many"], /^cost: --job-hours must be a number from 0 up, not "many"$/],
    [["--job-hours=-1"], /^cost: --job-hours must be a number from 0 up, not "-1"$/],
    [["--job-hours="], /^cost: --job-hours must be a number from 0 up, not ""$/],
    [["--nat-gb", "Infinity"], /^cost: --nat-gb must be a number from 0 up, not "Infinity"$/],
    [["--json=yes"], /^cost: --json takes no value$/],
    [["--job", "big"], /^cost: no job "big"; there are default$/],
    [["dev"], /^cost: "dev": options alone, see --help$/],
  ] as const)
    it(`refuses ${args.join(" ")} in one line`, () => {
      const { stdout, stderr, exitCode } = runWith({}, ...args);
      assert.equal(stdout, "");
      assert.match(stderr.trimEnd(), message);
      assert.equal(stderr.split("\n").length, 2);
      assert.equal(exitCode, 2);
    });

  it("refuses settings as the program does", async () => {
    const config = { natStrategy: "two", logRetentionDays: 2 };
    const error: unknown = await runProgram(() => loadConfig(), { stack: "dev", config }).then(
      () => undefined,
      (e: unknown) => e,
    );
    assert.ok(error instanceof Error);
    const { stdout, stderr, exitCode } = run([], (stack) =>
      withSettings(givenSettings(stack), config),
    );
    assert.equal(stdout, "");
    assert.equal(stderr, `${error.message}\n`);
    assert.match(stderr, /^2 settings of stack dev cannot be deployed:\n.*dse:natStrategy "two"/);
    assert.equal(exitCode, 1);
  });

  it("helps", () => {
    const { stdout, exitCode } = runWith({}, "--help", "--stack", "prod");
    assert.match(stdout, /--job-hours +hours that jobs run, added up \(100 h\)/);
    assert.equal(exitCode, 0);
  });

  describe("settings of a stack", () => {
    it("are those of its file, as the engine hands them over", () => {
      const given = withSettings(
        { "dse:a": "1", "dse:b": "2" },
        {
          a: ["x"],
          "dse:c": true,
          "aws:region": "r",
          d: { secure: "AAAA" },
        },
      );
      assert.deepEqual(given, {
        "dse:a": '["x"]',
        "dse:b": "2",
        "dse:c": "true",
        "aws:region": "r",
      });
    });

    for (const stack of ["dev", "qa"])
      it(`are those that the program reads, ${stack}'s`, async () => {
        let config: unknown;
        await runProgram(() => (config = loadConfig()), { stack });
        assert.equal(JSON.stringify(load(stack, givenSettings(stack))), JSON.stringify(config));
      });
  });

  for (const stack of ["dev", "qa"])
    it(`prints the estimate of ${stack} from the command line`, () => {
      const root = resolve(import.meta.dirname, "../..");
      const args = ["-r", "ts-node/register", "cost/main.ts", "--stack", stack];
      const { stdout, stderr, status } = spawnSync(process.execPath, args, {
        cwd: root,
        encoding: "utf8",
      });
      assert.equal(stderr, "");
      assert.equal(status, 0);
      assert.equal(stdout, run(["--stack", stack]).stdout);
      assert.match(stdout, new RegExp(`^Stack ${stack} in us-west-2: US dollars a month`));
    });

  it("ends with the exit code of a refusal", () => {
    const root = resolve(import.meta.dirname, "../..");
    const args = ["-r", "ts-node/register", "cost/main.ts", "--stack", "prod"];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(stdout, "");
    assert.match(stderr, /^cost: no stack "prod"; there are [^\n]*\n$/);
    assert.equal(status, 2);
  });
});
