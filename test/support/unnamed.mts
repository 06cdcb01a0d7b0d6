// How much of each kind AWS has under ids of its own, where a second one is not seen by its name.
import { BatchClient, DescribeJobDefinitionsCommand } from "@aws-sdk/client-batch";
import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { DescribeKeyCommand, KMSClient, paginateListKeys } from "@aws-sdk/client-kms";
import type { Instance } from "../../local/instance.mts";
import { sdk } from "../local/support.mts";

/** What AWS has under ids of its own, where a second one is not seen by its name. */
const unnamed = {
  "aws:ec2/vpc:Vpc": async (client: EC2Client) =>
    (await client.send(new DescribeVpcsCommand({ Filters: ours }))).Vpcs,
  "aws:ec2/internetGateway:InternetGateway": async (client: EC2Client) =>
    (await client.send(new DescribeInternetGatewaysCommand({ Filters: ours }))).InternetGateways,
  "aws:ec2/subnet:Subnet": async (client: EC2Client) =>
    (await client.send(new DescribeSubnetsCommand({ Filters: ours }))).Subnets,
  "aws:ec2/eip:Eip": async (client: EC2Client) =>
    (await client.send(new DescribeAddressesCommand({}))).Addresses,
  "aws:ec2/natGateway:NatGateway": async (client: EC2Client) =>
    (await client.send(new DescribeNatGatewaysCommand({}))).NatGateways?.filter(
      ({ State }) => State !== "deleted",
    ),
  "aws:ec2/routeTable:RouteTable": async (client: EC2Client) =>
    (await client.send(new DescribeRouteTablesCommand({ Filters: ours }))).RouteTables,
  "aws:ec2/securityGroup:SecurityGroup": async (client: EC2Client) =>
    (
      await client.send(new DescribeSecurityGroupsCommand({ Filters: ours }))
    ).SecurityGroups?.filter(({ GroupName }) => GroupName !== "default"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": async (client: EC2Client) =>
    (await client.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints?.filter(
      ({ State }) => !/^delet/i.test(State ?? ""),
    ),
  "aws:ec2/flowLog:FlowLog": async (client: EC2Client) =>
    (await client.send(new DescribeFlowLogsCommand({}))).FlowLogs,
};
const ours = [{ Name: "tag:Environment", Values: ["dev"] }];

async function enabledKeys(kms: KMSClient): Promise<string[]> {
  const enabled: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {}))
    for (const { KeyId = "" } of Keys) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      if (KeyMetadata?.KeyState === "Enabled" && KeyMetadata.KeyManager === "CUSTOMER")
        enabled.push(KeyId);
    }
  return enabled;
}

/** Numbers by type, of dev and all that has no environment. */
export async function countUnnamed(instance: Instance): Promise<Record<string, number>> {
  const ec2 = new EC2Client(sdk(instance));
  const lists = Object.entries(unnamed).map(async ([type, list]) => [
    type,
    (await list(ec2))?.length,
  ]);
  const { jobDefinitions = [] } = await new BatchClient(sdk(instance)).send(
    new DescribeJobDefinitionsCommand({ status: "ACTIVE" }),
  );
  return {
    ...(Object.fromEntries(await Promise.all(lists)) as Record<string, number>),
    "aws:kms/key:Key": (await enabledKeys(new KMSClient(sdk(instance)))).length,
    "aws:batch/jobDefinition:JobDefinition": jobDefinitions.length,
  };
}
