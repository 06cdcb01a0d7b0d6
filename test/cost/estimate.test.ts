import assert from "node:assert/strict";
import {
  estimate,
  type Line,
  type Platform,
  total,
  type Usage,
  usageOptions,
} from "../../cost/estimate.ts";
import type { Price, PriceKey, PriceTable } from "../../cost/prices.ts";

/** Prices from which a sum can be done in the head. */
const usd = {
  natHour: 0.1,
  natGb: 0.5,
  publicAddressHour: 0.01,
  endpointHour: 0.02,
  endpointGb: 0.25,
  "environment mw1.small": 1,
  "worker mw1.small": 0.1,
  "scheduler mw1.small": 0.2,
  "webserver mw1.small": 0.3,
  metadataGbMonth: 0.4,
  fargateVcpuHour: 2,
  fargateGbHour: 3,
  fargateArmVcpuHour: 1,
  fargateArmGbHour: 1.5,
  fargateSpotShare: 0.25,
  logsGb: 0.7,
  logsGbMonth: 0.1,
  alarmMonth: 0.2,
  s3GbMonth: 0.05,
  ecrGbMonth: 0.06,
  secretMonth: 0.9,
  kmsKeyMonth: 4,
} satisfies Partial<Record<PriceKey, number>>;

const price = (amount: number, verified = true): Price => ({
  what: "something",
  unit: "hour",
  usd: amount,
  source: "https://aws.amazon.com/",
  readIn: "a test",
  regionRead: "us-west-2",
  asOf: undefined,
  read: "2026-01-01",
  verified,
});

const prices: PriceTable = Object.fromEntries(
  Object.entries(usd).map(([key, amount]) => [key, price(amount)]),
);

const network = { zones: 3, natStrategy: "perZone", interfaceEndpoints: 0 } as const;
const platform: Platform = {
  network,
  airflow: { environmentClass: "mw1.small", workers: 1, schedulers: 2, webservers: 2 },
  job: { vcpus: 0.5, memory: 2, arm: false, spot: false, publicAddress: true },
  logRetentionDays: 365,
  buckets: 3,
  alarms: 0,
  secrets: 0,
  kmsKeys: 0,
};

const nothing = Object.fromEntries(Object.keys(usageOptions).map((key) => [key, 0])) as Usage;

const by = (lines: readonly Line[]) =>
  Object.fromEntries(lines.map(({ part, what, usd: amount }) => [`${part}: ${what}`, amount]));
const linesOf = (changed: Partial<Platform> = {}, usage: Partial<Usage> = {}) =>
  by(estimate({ ...platform, ...changed }, { ...nothing, ...usage }, prices));
const withNetwork = (changed: Partial<NonNullable<Platform["network"]>>, usage = {}) =>
  linesOf({ network: { ...network, ...changed } }, usage);
const withAirflow = (changed: Partial<Platform["airflow"]>, usage = {}) =>
  linesOf({ airflow: { ...platform.airflow, ...changed } }, usage);
const withJob = (changed: Partial<Platform["job"]>) =>
  linesOf({ job: { ...platform.job, ...changed } }, { "job-hours": 10 });

describe("estimate", () => {
  it("is what stands, where nothing is used", () => {
    assert.deepEqual(linesOf(), {
      "network: NAT gateways": 219, // 3 × 730 × 0.1
      "network: their public addresses": 21.9, // 3 × 730 × 0.01
      "airflow: environment mw1.small": 730,
    });
  });

  it("shows how each line is reckoned", () => {
    const [nat] = estimate(platform, nothing, prices);
    assert.equal(nat?.basis, "3 gateways × 730 h × 0.1");
    assert.deepEqual(nat.prices, ["natHour"]);
  });

  describe("network", () => {
    it("has one gateway in all with single, and one in each zone with regional", () => {
      assert.equal(withNetwork({ natStrategy: "single" })["network: NAT gateways"], 73);
      assert.equal(withNetwork({ natStrategy: "single" })["network: their public addresses"], 7.3);
      assert.equal(withNetwork({ natStrategy: "regional" })["network: NAT gateways"], 219);
    });

    it("has traffic through NAT, whatever the number of gateways", () => {
      for (const natStrategy of ["single", "perZone", "regional"] as const)
        assert.equal(
          withNetwork({ natStrategy }, { "nat-gb": 40 })["network: traffic through NAT"],
          20,
        );
    });

    it("has endpoints in each zone, and their traffic", () => {
      const lines = withNetwork({ interfaceEndpoints: 2 }, { "endpoint-gb": 8, "nat-gb": 40 });
      assert.equal(lines["network: interface endpoints"], 87.6); // 2 × 3 × 730 × 0.02
      assert.equal(lines["network: traffic through endpoints"], 2);
      assert.equal(lines["network: traffic through NAT"], 20);
    });

    it("has no traffic through endpoints without any", () => {
      assert.equal(
        linesOf({}, { "endpoint-gb": 8 })["network: traffic through endpoints"],
        undefined,
      );
    });

    it("sends all traffic through endpoints where there is no gateway", () => {
      assert.deepEqual(
        Object.entries(
          withNetwork(
            { natStrategy: "none", interfaceEndpoints: 2 },
            { "endpoint-gb": 8, "nat-gb": 40 },
          ),
        ).filter(([line]) => line.startsWith("network")),
        [
          ["network: interface endpoints", 87.6],
          ["network: traffic through endpoints", 12],
        ],
      );
    });

    it("costs nothing where somebody else looks after it", () => {
      const lines = linesOf({ network: undefined }, { "nat-gb": 40, "endpoint-gb": 8 });
      assert.deepEqual(lines, { "airflow: environment mw1.small": 730 });
    });
  });

  describe("airflow", () => {
    it("has what stands above what the environment includes", () => {
      const lines = withAirflow({ workers: 3, schedulers: 4, webservers: 5 });
      assert.equal(lines["airflow: workers always on"], 146); // 2 × 730 × 0.1
      assert.equal(lines["airflow: schedulers"], 292); // 2 × 730 × 0.2
      assert.equal(lines["airflow: web servers"], 657); // 3 × 730 × 0.3
    });

    it("gives nothing back for fewer than included", () => {
      assert.deepEqual(withAirflow({ workers: 0, schedulers: 1, webservers: 0 }), linesOf());
    });

    it("has workers on demand by the hour, and the database by its size", () => {
      const lines = withAirflow({}, { "worker-hours": 50, "metadata-gb": 20 });
      assert.equal(lines["airflow: workers on demand"], 5);
      assert.equal(lines["airflow: metadata database"], 8);
    });
  });

  describe("jobs", () => {
    it("cost by hour, vCPU, memory and address", () => {
      const lines = linesOf({}, { "job-hours": 10 });
      assert.equal(lines["jobs: vCPUs"], 10); // 10 × 0.5 × 2
      assert.equal(lines["jobs: memory"], 60); // 10 × 2 × 3
      assert.equal(lines["jobs: public addresses"], 0.1);
    });

    it("have no address in private subnets", () => {
      assert.equal(withJob({ publicAddress: false })["jobs: public addresses"], undefined);
    });

    it("have prices of their own on ARM64, and a share of them on Spot", () => {
      assert.equal(withJob({ arm: true })["jobs: vCPUs ARM64"], 5);
      assert.equal(withJob({ arm: true })["jobs: memory ARM64"], 30);
      assert.equal(withJob({ spot: true })["jobs: vCPUs on Spot"], 2.5);
      assert.equal(withJob({ spot: true })["jobs: memory on Spot"], 15);
      assert.equal(withJob({ arm: true, spot: true })["jobs: memory ARM64 on Spot"], 7.5);
    });
  });

  it("keeps logs for as long as the settings say", () => {
    const usage = { "log-gb": 10 };
    assert.equal(linesOf({}, usage)["logs: taken in"], 7);
    assert.equal(linesOf({}, usage)["logs: kept 365 days"], 12); // 10 × 12 months × 0.1
    assert.equal(linesOf({ logRetentionDays: 30 }, usage)["logs: kept 30 days"], 1);
  });

  it("has buckets, images, secrets, keys and alarms", () => {
    const lines = linesOf(
      { secrets: 2, kmsKeys: 1, alarms: 5 },
      { "bucket-gb": 100, "image-gb": 50 },
    );
    assert.equal(lines["storage: 3 buckets"], 5);
    assert.equal(lines["storage: images"], 3);
    assert.equal(lines["keys: secrets"], 1.8);
    assert.equal(lines["keys: KMS keys"], 4);
    assert.equal(lines["logs: alarms"], 1);
  });

  it("is in cents, and adds up as it is printed", () => {
    const table = { ...prices, natGb: price(0.00333) };
    const lines = estimate(platform, { ...nothing, "nat-gb": 100 }, table);
    assert.equal(by(lines)["network: traffic through NAT"], 0.33);
    assert.equal(total(lines), 971.23); // 219 + 21.90 + 0.33 + 730
    const half = estimate(
      platform,
      { ...nothing, "nat-gb": 1 },
      { ...prices, natGb: price(1.005) },
    );
    assert.equal(by(half)["network: traffic through NAT"], 1.01);
  });

  it("is verified only where each of its prices is", () => {
    const table = { ...prices, natHour: price(1, false), fargateSpotShare: price(0.5, false) };
    const job = { ...platform.job, spot: true };
    const unverified = estimate({ ...platform, job }, { ...nothing, "job-hours": 1 }, table)
      .filter(({ verified }) => !verified)
      .map(({ what }) => what);
    assert.deepEqual(unverified, ["NAT gateways", "vCPUs on Spot", "memory on Spot"]);
  });

  it("guesses no price: the line stands without an amount, and out of the total", () => {
    const airflow = { ...platform.airflow, environmentClass: "mw1.2xlarge" };
    const lines = estimate({ ...platform, airflow }, nothing, prices);
    const environment = lines.find(({ part }) => part === "airflow");
    assert.deepEqual(environment, {
      part: "airflow",
      what: "environment mw1.2xlarge",
      usd: undefined,
      basis: "730 h × no price known",
      verified: false,
      prices: ["environment mw1.2xlarge"],
    });
    assert.equal(total(lines), 240.9);
  });

  it("asks for no price of what does not occur", () => {
    const { "worker mw1.small": _, ...table } = prices;
    assert.deepEqual(by(estimate(platform, nothing, table)), linesOf());
  });
});
