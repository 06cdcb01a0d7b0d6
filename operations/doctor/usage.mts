// How many of a thing the account has, in the stack's region.
import {
  BatchClient,
  paginateDescribeComputeEnvironments,
  paginateDescribeJobQueues,
} from "@aws-sdk/client-batch";
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  EC2Client,
  paginateDescribeNatGateways,
  paginateDescribeSubnets,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { paginateListBuckets, S3Client } from "@aws-sdk/client-s3";
import { clientSettings } from "../lib/aws.mts";

async function total<Page>(
  pages: AsyncIterable<Page>,
  things: (page: Page) => readonly unknown[] | undefined,
): Promise<number> {
  let sum = 0;
  for await (const page of pages) sum += things(page)?.length ?? 0;
  return sum;
}

const ec2 = (region: string) => new EC2Client(clientSettings(region));
const batch = (region: string) => new BatchClient(clientSettings(region));

export const vpcs = (region: string) =>
  total(paginateDescribeVpcs({ client: ec2(region) }, {}), (page) => page.Vpcs);

export async function addresses(region: string): Promise<number> {
  const { Addresses = [] } = await ec2(region).send(new DescribeAddressesCommand({}));
  return Addresses.length;
}

/** In the fullest of the first `zones` zones, which are those that a stack takes (lookups.ts). */
export async function natGateways(region: string, zones: number): Promise<number> {
  const client = ec2(region);
  const { AvailabilityZones = [] } = await client.send(
    new DescribeAvailabilityZonesCommand({
      Filters: [{ Name: "opt-in-status", Values: ["opt-in-not-required"] }],
    }),
  );
  const names = AvailabilityZones.map(({ ZoneName = "" }) => ZoneName).sort();
  const found = new Map(names.slice(0, zones).map((zone) => [zone, 0]));
  const zoneOf = new Map<string, string>();
  for await (const { Subnets = [] } of paginateDescribeSubnets({ client }, {}))
    for (const { SubnetId = "", AvailabilityZone = "" } of Subnets)
      zoneOf.set(SubnetId, AvailabilityZone);
  // Those that count: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
  const Filter = [{ Name: "state", Values: ["pending", "available", "deleting"] }];
  for await (const { NatGateways = [] } of paginateDescribeNatGateways({ client }, { Filter }))
    for (const { SubnetId = "" } of NatGateways) {
      const zone = zoneOf.get(SubnetId) ?? "";
      const before = found.get(zone);
      if (before !== undefined) found.set(zone, before + 1);
    }
  return Math.max(0, ...found.values());
}

export const buckets = (region: string) =>
  total(
    paginateListBuckets({ client: new S3Client(clientSettings(region)) }, {}),
    (page) => page.Buckets,
  );

export const computeEnvironments = (region: string) =>
  total(
    paginateDescribeComputeEnvironments({ client: batch(region) }, {}),
    (page) => page.computeEnvironments,
  );

export const jobQueues = (region: string) =>
  total(paginateDescribeJobQueues({ client: batch(region) }, {}), (page) => page.jobQueues);
