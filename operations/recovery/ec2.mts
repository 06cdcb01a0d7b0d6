// Finds what EC2 calls by ids of its own: by its tags, which it has from the call that makes it, and its place.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
import type { EC2Client, Filter } from "@aws-sdk/client-ec2";
import { clientSettings } from "../lib/aws.mts";
import { tagsOf, textOf, type Candidates } from "./wanted.mts";

type Ids = Promise<(string | undefined)[]>;
type Ec2 = typeof import("@aws-sdk/client-ec2");

/** `place`: filters of the API, and the inputs that have their values. */
const listed =
  (
    list: (ec2: EC2Client, commands: Ec2, Filters: Filter[]) => Ids,
    place: Readonly<Record<string, string>> = {},
  ): Candidates =>
  async ({ inputs, region }) => {
    const commands = await import("@aws-sdk/client-ec2");
    const ec2 = new commands.EC2Client(clientSettings(region));
    const filters = [
      ...Object.entries(tagsOf(inputs)).map(([key, value]) => [`tag:${key}`, value]),
      ...Object.entries(place).map(([filter, key]) => [filter, textOf(inputs, key)]),
    ].map(([Name, value = ""]) => ({ Name, Values: [value] }));
    try {
      return (await list(ec2, commands, filters)).filter((id) => id !== undefined);
    } finally {
      ec2.destroy();
    }
  };

export const vpc = listed(
  async (ec2, { DescribeVpcsCommand }, Filters) =>
    (await ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs?.map(({ VpcId }) => VpcId) ?? [],
  { cidr: "cidrBlock" },
);

/** It is attached to its VPC by a second call. */
export const internetGateway = listed(
  async (ec2, { DescribeInternetGatewaysCommand }, Filters) =>
    (await ec2.send(new DescribeInternetGatewaysCommand({ Filters }))).InternetGateways?.map(
      ({ InternetGatewayId }) => InternetGatewayId,
    ) ?? [],
);

export const subnet = listed(
  async (ec2, { DescribeSubnetsCommand }, Filters) =>
    (await ec2.send(new DescribeSubnetsCommand({ Filters }))).Subnets?.map(
      ({ SubnetId }) => SubnetId,
    ) ?? [],
  { "vpc-id": "vpcId", "cidr-block": "cidrBlock" },
);

export const elasticIp = listed(
  async (ec2, { DescribeAddressesCommand }, Filters) =>
    (await ec2.send(new DescribeAddressesCommand({ Filters }))).Addresses?.map(
      ({ AllocationId }) => AllocationId,
    ) ?? [],
);

export const natGateway = listed(
  async (ec2, { DescribeNatGatewaysCommand, waitUntilNatGatewayAvailable }, Filter) => {
    const State = { Name: "state", Values: ["pending", "available"] };
    const { NatGateways = [] } = await ec2.send(
      new DescribeNatGatewaysCommand({ Filter: [...Filter, State] }),
    );
    const NatGatewayIds = NatGateways.flatMap(({ NatGatewayId }) => NatGatewayId ?? []);
    // Routes to one that is pending lead nowhere; it takes a minute or two.
    if (NatGatewayIds.length)
      await waitUntilNatGatewayAvailable({ client: ec2, maxWaitTime: 600 }, { NatGatewayIds });
    return NatGatewayIds;
  },
);

const routeTables = (place: Readonly<Record<string, string>>) =>
  listed(
    async (ec2, { DescribeRouteTablesCommand }, Filters) =>
      (await ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables?.map(
        ({ RouteTableId }) => RouteTableId,
      ) ?? [],
    place,
  );

export const routeTable = routeTables({ "vpc-id": "vpcId" });

/** Of a table that has such a route, or such an association, it is the one that was wanted. */
const inTable = (id: Candidates, place: Readonly<Record<string, string>>): Candidates => {
  const tables = routeTables({ "route-table-id": "routeTableId", ...place });
  return async (wanted) => ((await tables(wanted)).length > 0 ? id(wanted) : []);
};

export const route = inTable(
  ({ inputs }) => [`${textOf(inputs, "routeTableId")}_${textOf(inputs, "destinationCidrBlock")}`],
  { "route.destination-cidr-block": "destinationCidrBlock" },
);

export const routeTableAssociation = inTable(
  ({ inputs }) => [`${textOf(inputs, "subnetId")}/${textOf(inputs, "routeTableId")}`],
  { "association.subnet-id": "subnetId" },
);

export const securityGroup = listed(
  async (ec2, { DescribeSecurityGroupsCommand }, Filters) =>
    (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.map(
      ({ GroupId }) => GroupId,
    ) ?? [],
  { "vpc-id": "vpcId", "group-name": "name" },
);

export const vpcEndpoint = listed(
  async (ec2, { DescribeVpcEndpointsCommand }, Filters) =>
    (await ec2.send(new DescribeVpcEndpointsCommand({ Filters }))).VpcEndpoints?.filter(
      ({ State }) => !/^delet/i.test(State ?? ""),
    ).map(({ VpcEndpointId }) => VpcEndpointId) ?? [],
  { "vpc-id": "vpcId", "service-name": "serviceName" },
);

export const flowLog = listed(
  async (ec2, { DescribeFlowLogsCommand }, Filter) =>
    (await ec2.send(new DescribeFlowLogsCommand({ Filter }))).FlowLogs?.map(
      ({ FlowLogId }) => FlowLogId,
    ) ?? [],
  { "resource-id": "vpcId" },
);
