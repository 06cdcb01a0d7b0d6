import type { NatStrategy } from "../components/lib/nat.ts";
import type { Price, PriceKey, PriceTable } from "./prices.ts";

/** Hours that AWS reckons a month with. */
export const hoursPerMonth = 730;
const daysPerMonth = hoursPerMonth / 24;

/** What of a stack costs money. */
export interface Platform {
  /** Undefined where somebody else looks after the VPC, and pays for it. */
  readonly network:
    | {
        readonly zones: number;
        readonly natStrategy: NatStrategy;
        readonly interfaceEndpoints: number;
      }
    | undefined;
  readonly airflow: {
    readonly environmentClass: string;
    readonly workers: number;
    readonly schedulers: number;
    readonly webservers: number;
  };
  readonly job: {
    readonly vcpus: number;
    /** GB. */
    readonly memory: number;
    readonly arm: boolean;
    readonly spot: boolean;
    readonly publicAddress: boolean;
  };
  readonly logRetentionDays: number;
  readonly buckets: number;
  readonly alarms: number;
  readonly secrets: number;
  readonly kmsKeys: number;
}

/** How the platform is used, which no setting says: per month, all of them. */
export const usageOptions = {
  "job-hours": { usual: 100, unit: "h", what: "hours that jobs run, added up" },
  "worker-hours": { usual: 0, unit: "h", what: "hours of Airflow workers above those always on" },
  "nat-gb": {
    usual: 50,
    unit: "GB",
    what: "traffic of private subnets out of the VPC, S3's aside",
  },
  "endpoint-gb": { usual: 10, unit: "GB", what: "traffic through interface endpoints" },
  "log-gb": { usual: 10, unit: "GB", what: "logs written: Airflow's, jobs' and flow logs" },
  "bucket-gb": { usual: 100, unit: "GB", what: "objects kept in all buckets, old versions too" },
  "image-gb": { usual: 5, unit: "GB", what: "images kept in the repository" },
  "metadata-gb": { usual: 10, unit: "GB", what: "Airflow's metadata database" },
} as const;

export type UsageKey = keyof typeof usageOptions;
export type Usage = Readonly<Record<UsageKey, number>>;

export const usualUsage = Object.fromEntries(
  Object.entries(usageOptions).map(([key, { usual }]) => [key, usual]),
) as Usage;

/** One line of the estimate. */
export interface Line {
  readonly part: string;
  readonly what: string;
  /** US dollars a month, in cents; undefined where no price is known. */
  readonly usd: number | undefined;
  /** How it is reckoned. */
  readonly basis: string;
  /** Whether every price in it was read for this region. */
  readonly verified: boolean;
  /** Keys of the prices in it. */
  readonly prices: readonly PriceKey[];
}

/**
 * What an environment's price includes: the fewest that AWS lets run.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/environment-class.html
 */
const included = { workers: 1, schedulers: 2, webservers: 2 };

/** The monthly estimate, line by line; what does not occur has no line. */
export function estimate(platform: Platform, usage: Usage, prices: PriceTable): Line[] {
  const line = liner(prices);
  return [
    ...networkLines(platform, usage, line),
    ...airflowLines(platform.airflow, usage, line),
    ...jobLines(platform.job, usage, line),
    ...storageLines(platform, usage, line),
  ].filter(({ usd }) => usd !== 0);
}

/** The sum of the lines whose price is known. */
export function total(lines: readonly Line[]): number {
  return cents(lines.reduce((sum, { usd = 0 }) => sum + usd, 0));
}

type Factor = readonly [number: number, of: string];
type Liner = (
  part: string,
  what: string,
  factors: readonly Factor[],
  key: PriceKey,
  share?: PriceKey,
) => Line;

/** Makes a line of its factors and its price, and of the share of that price, as Spot's. */
function liner(prices: PriceTable): Liner {
  return (part, what, factors, key, share) => {
    const keys = share ? [key, share] : [key];
    const found = keys.map((k): Price | undefined => prices[k]);
    const known = found.filter((price) => price !== undefined);
    const quantity = factors.reduce((product, [n]) => product * n, 1);
    const unknown = known.length < keys.length;
    return {
      part,
      what,
      usd:
        quantity === 0
          ? 0
          : unknown
            ? undefined
            : cents(known.reduce((product, { usd }) => product * usd, quantity)),
      basis: [
        ...factors.map(([n, of]) => `${amount(n)} ${of}`),
        ...(unknown ? ["no price known"] : known.map(({ usd }) => String(usd))),
      ].join(" × "),
      verified: !unknown && known.every(({ verified }) => verified),
      prices: keys,
    };
  };
}

const hours: Factor = [hoursPerMonth, "h"];

function networkLines({ network }: Platform, usage: Usage, line: Liner): Line[] {
  if (!network) return [];
  const { zones, natStrategy, interfaceEndpoints } = network;
  // AWS bills a regional gateway for each zone that it stands in, and it stands wherever something runs.
  const gateways = { perZone: zones, regional: zones, single: 1, none: 0 }[natStrategy];
  const natGb = gateways ? usage["nat-gb"] : 0;
  // Without a gateway, all that may leave leaves by the endpoints.
  const endpointGb = interfaceEndpoints ? usage["endpoint-gb"] + (usage["nat-gb"] - natGb) : 0;
  const part = "network";
  const standing: Factor = [gateways, natStrategy === "regional" ? "zones" : "gateways"];
  return [
    line(part, "NAT gateways", [standing, hours], "natHour"),
    line(part, "their public addresses", [[gateways, "addresses"], hours], "publicAddressHour"),
    line(part, "traffic through NAT", [[natGb, "GB"]], "natGb"),
    line(
      part,
      "interface endpoints",
      [[interfaceEndpoints, "endpoints"], [zones, "zones"], hours],
      "endpointHour",
    ),
    line(part, "traffic through endpoints", [[endpointGb, "GB"]], "endpointGb"),
  ];
}

function airflowLines(airflow: Platform["airflow"], usage: Usage, line: Liner): Line[] {
  const part = "airflow";
  const { environmentClass: size, workers, schedulers, webservers } = airflow;
  const more = (n: number, of: number): Factor => [Math.max(0, n - of), `above ${amount(of)}`];
  const autoscaled: Factor = [usage["worker-hours"], "h"];
  return [
    line(part, `environment ${size}`, [hours], `environment ${size}`),
    line(part, "workers always on", [more(workers, included.workers), hours], `worker ${size}`),
    line(part, "workers on demand", [autoscaled], `worker ${size}`),
    line(part, "schedulers", [more(schedulers, included.schedulers), hours], `scheduler ${size}`),
    line(part, "web servers", [more(webservers, included.webservers), hours], `webserver ${size}`),
    line(part, "metadata database", [[usage["metadata-gb"], "GB"]], "metadataGbMonth"),
  ];
}

function jobLines(job: Platform["job"], usage: Usage, line: Liner): Line[] {
  const part = "jobs";
  const { vcpus, memory, arm, spot, publicAddress } = job;
  const running: Factor = [usage["job-hours"], "h"];
  const share = spot ? "fargateSpotShare" : undefined;
  const [vcpuHour, gbHour] = arm
    ? (["fargateArmVcpuHour", "fargateArmGbHour"] as const)
    : (["fargateVcpuHour", "fargateGbHour"] as const);
  const kind = [arm ? " ARM64" : "", spot ? " on Spot" : ""].join("");
  return [
    line(part, `vCPUs${kind}`, [running, [vcpus, "vCPU"]], vcpuHour, share),
    line(part, `memory${kind}`, [running, [memory, "GB"]], gbHour, share),
    ...(publicAddress ? [line(part, "public addresses", [running], "publicAddressHour")] : []),
  ];
}

function storageLines(platform: Platform, usage: Usage, line: Liner): Line[] {
  const { logRetentionDays, buckets, alarms, secrets, kmsKeys } = platform;
  const written: Factor = [usage["log-gb"], "GB"];
  const kept: Factor = [round(logRetentionDays / daysPerMonth), "months"];
  const bucketGb = buckets ? usage["bucket-gb"] : 0;
  return [
    line("logs", "taken in", [written], "logsGb"),
    // As it is once the first of them expire. CloudWatch compresses, by how much depends on the logs.
    line("logs", `kept ${amount(logRetentionDays)} days`, [written, kept], "logsGbMonth"),
    line("logs", "alarms", [[alarms, "alarms"]], "alarmMonth"),
    line("storage", `${amount(buckets)} buckets`, [[bucketGb, "GB"]], "s3GbMonth"),
    line("storage", "images", [[usage["image-gb"], "GB"]], "ecrGbMonth"),
    line("keys", "secrets", [[secrets, "secret"]], "secretMonth"),
    line("keys", "KMS keys", [[kmsKeys, "key"]], "kmsKeyMonth"),
  ];
}

function cents(usd: number): number {
  // A product such as 1.005 lies a hair below what it stands for.
  return Math.round(usd * 100 + 1e-9) / 100;
}

const round = (n: number) => Math.round(n * 10) / 10;
const amount = (n: number) => String(Math.round(n * 1e4) / 1e4);
