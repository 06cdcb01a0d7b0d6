// Quotas of the account against what the settings ask for.
import { GetAccountSummaryCommand, IAMClient, type SummaryKeyType } from "@aws-sdk/client-iam";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { awsFault, clientSettings } from "../lib/aws.mts";
import type { Ready } from "../lib/preflight.mts";
import { fail, type Finding, ok, type Outcome, parsed, warn } from "./finding.mts";
import * as usage from "./usage.mts";

interface Limit {
  readonly value: number;
  /** What raises it. */
  readonly raise: string;
}

/** An adjustable quota, or AWS's default for it where the account's own is not told. */
interface ServiceQuota {
  readonly service: string;
  readonly code: string;
  readonly default?: number;
}

/** What a stack makes of a thing that an account has so many of. */
interface Count {
  readonly check: string;
  /** How many the settings ask for. */
  readonly wanted: number;
  /** How many of them the state has: they are among those that are used. */
  readonly made: number;
  readonly used: () => Promise<number>;
  readonly limit: () => Promise<Limit>;
}

async function limitOf(
  region: string,
  { service: ServiceCode, code: QuotaCode, default: otherwise }: ServiceQuota,
): Promise<Limit> {
  const client = new ServiceQuotasClient(clientSettings(region));
  const raise = `ask AWS for more (Service Quotas, ${ServiceCode} ${QuotaCode})`;
  try {
    const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
    if (Quota?.Value !== undefined) return { value: Quota.Value, raise };
  } catch (error) {
    if (otherwise === undefined) throw error;
  } finally {
    client.destroy();
  }
  if (otherwise === undefined) throw new Error("Service Quotas has no value");
  return { value: otherwise, raise };
}

/** Of the account, each with its usage: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
async function iamSummary(region: string): Promise<(key: SummaryKeyType) => number> {
  const client = new IAMClient(clientSettings(region));
  const { SummaryMap = {} } = await client.send(new GetAccountSummaryCommand({}));
  return (key) => {
    const value = SummaryMap[key];
    if (value === undefined) throw new Error(`IAM does not tell ${key}`);
    return value;
  };
}

function counts(stack: Ready): Count[] {
  const { region, resources } = stack;
  const made = (type: string) => resources.filter((resource) => resource.type === type).length;
  const length = (key: string) => parsed<unknown[]>(stack, key, []).length;
  const service = (quota: ServiceQuota) => () => limitOf(region, quota);
  const fixed = (value: number, page: string) => () =>
    Promise.resolve({ value, raise: `take one away, AWS raises it for nobody (${page})` });

  const makesVpc = !stack.setting("existingVpcId");
  const zones = length("publicSubnetCidrs");
  const perStrategy: Readonly<Record<string, number>> = { perZone: zones, single: 1 };
  const nats = makesVpc ? (perStrategy[stack.setting("natStrategy") ?? ""] ?? 0) : 0;
  const batchPage = "https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html";

  const summary = iamSummary(region);
  // Heard by whoever asks it, or by nobody.
  summary.catch(() => undefined);
  const iam = (things: "Users" | "Groups" | "Roles" | "Policies") => ({
    used: async () => (await summary)(things),
    limit: async () => ({
      value: (await summary)(`${things}Quota` as SummaryKeyType),
      raise: "take some away, or ask AWS for more (Service Quotas, iam)",
    }),
  });
  const github = Boolean(stack.setting("githubRepository"));
  const people = stack.setting("createPeople") === "false" ? 0 : length("people");
  const projects = length("projects");

  return [
    {
      check: "VPCs",
      wanted: makesVpc ? 1 : 0,
      made: made("aws:ec2/vpc:Vpc"),
      used: () => usage.vpcs(region),
      // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
      limit: service({ service: "vpc", code: "L-F678F1CE", default: 5 }),
    },
    {
      check: "elastic IPs",
      wanted: length("natElasticIps") > 0 ? 0 : nats,
      made: made("aws:ec2/eip:Eip"),
      used: () => usage.addresses(region),
      limit: service({ service: "ec2", code: "L-0263D0A3", default: 5 }),
    },
    {
      check: "NAT gateways of a zone",
      wanted: Math.min(nats, 1),
      made: Math.min(made("aws:ec2/natGateway:NatGateway"), 1),
      used: () => usage.natGateways(region, nats),
      limit: service({ service: "vpc", code: "L-FE5A380F", default: 5 }),
    },
    {
      check: "interface endpoints of the VPC",
      wanted: length("interfaceEndpoints"),
      made: 0,
      // The VPC is the stack's own.
      used: () => Promise.resolve(0),
      // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html
      limit: service({ service: "vpc", code: "L-29B6F2EB", default: 50 }),
    },
    {
      check: "buckets",
      // Scratch, Airflow's and that of access logs.
      wanted: 3 + projects,
      made: made("aws:s3/bucket:Bucket"),
      used: () => usage.buckets(region),
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html
      limit: service({ service: "s3", code: "L-DC2B2D3D", default: 10_000 }),
    },
    {
      check: "compute environments",
      wanted: length("batchCapacity"),
      made: made("aws:batch/computeEnvironment:ComputeEnvironment"),
      used: () => usage.computeEnvironments(region),
      limit: fixed(50, batchPage),
    },
    {
      check: "job queues",
      wanted: 1,
      made: made("aws:batch/jobQueue:JobQueue"),
      used: () => usage.jobQueues(region),
      limit: fixed(50, batchPage),
    },
    // With the bot and its group; of roles and policies the most that a new stack makes.
    { check: "users", wanted: people + 1, made: made("aws:iam/user:User"), ...iam("Users") },
    { check: "groups", wanted: 2, made: made("aws:iam/group:Group"), ...iam("Groups") },
    {
      check: "roles",
      wanted: made("aws:iam/role:Role") || (github ? 8 : 5),
      made: made("aws:iam/role:Role"),
      ...iam("Roles"),
    },
    {
      check: "policies",
      wanted: made("aws:iam/policy:Policy") || 9 + projects + (github ? 7 : 0),
      made: made("aws:iam/policy:Policy"),
      ...iam("Policies"),
    },
  ];
}

async function judge({ wanted, made, used, limit }: Count): Promise<Outcome> {
  try {
    const [have, { value, raise }] = await Promise.all([used(), limit()]);
    const more = Math.max(0, wanted - made);
    const need = more > 0 ? `${more} more needed` : "no more needed";
    const detail = `${have} of ${value} are used, ${need}`;
    return have + more > value ? fail(`${detail}: ${raise}`) : ok(detail);
  } catch (error) {
    return warn(`AWS does not tell: ${awsFault(error)}`);
  }
}

/** "Fargate … vCPU resource count": https://docs.aws.amazon.com/general/latest/gr/ecs-service.html */
const vcpuQuotas = { FARGATE: "L-3032A538", FARGATE_SPOT: "L-36FBB829" } as const;

async function vcpus(stack: Ready, capacity: keyof typeof vcpuQuotas): Promise<Outcome> {
  const wanted = Number(stack.setting("batchMaxVcpus"));
  try {
    const quota = { service: "fargate", code: vcpuQuotas[capacity] };
    const { value, raise } = await limitOf(stack.region, quota);
    return value >= wanted
      ? ok(`${value} vCPUs, ${wanted} are set (dse:batchMaxVcpus)`)
      : fail(`${value} vCPUs, and dse:batchMaxVcpus is ${wanted}: ${raise}, or set less`);
  } catch (error) {
    return warn(`AWS does not tell the quota: ${awsFault(error)}`);
  }
}

export function quotas(stack: Ready): Promise<Finding[]> {
  const used = parsed<(keyof typeof vcpuQuotas)[]>(stack, "batchCapacity", []);
  const jobs = used.map(async (capacity) => ({
    check: `quota ${capacity}`,
    ...(await vcpus(stack, capacity)),
  }));
  const others = counts(stack)
    .filter(({ wanted }) => wanted > 0)
    .map(async (each) => ({ check: `quota ${each.check}`, ...(await judge(each)) }));
  return Promise.all([...jobs, ...others]);
}
