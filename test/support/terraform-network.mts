// The network of a Terraform state, made by plain API calls.
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  type IpPermission,
  ModifySubnetAttributeCommand,
  type ResourceType,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import { type Builder, tagList } from "./terraform-builder.mts";
import type { Attributes, Rule } from "./terraform-state.mts";

const tagged = (ResourceType: ResourceType, { tags_all }: Attributes) => ({
  TagSpecifications: [{ ResourceType, Tags: tagList(tags_all) }],
});

export async function makeNetwork(builder: Builder): Promise<void> {
  const ec2 = new EC2Client(builder.account);
  await builder.each("aws_vpc", async (it) => {
    const { Vpc } = await ec2.send(
      new CreateVpcCommand({ CidrBlock: it.cidr_block, ...tagged("vpc", it) }),
    );
    builder.record(it.id, Vpc?.VpcId);
  });
  await builder.each("aws_internet_gateway", async (it) => {
    const { InternetGateway: made } = await ec2.send(
      new CreateInternetGatewayCommand(tagged("internet-gateway", it)),
    );
    builder.record(it.id, made?.InternetGatewayId);
    await ec2.send(
      new AttachInternetGatewayCommand({
        InternetGatewayId: made?.InternetGatewayId,
        VpcId: it.vpc_id,
      }),
    );
  });
  await builder.each("aws_subnet", async (it) => {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: it.vpc_id,
        CidrBlock: it.cidr_block,
        AvailabilityZone: it.availability_zone,
        ...tagged("subnet", it),
      }),
    );
    builder.record(it.id, Subnet?.SubnetId);
    const MapPublicIpOnLaunch = { Value: it.map_public_ip_on_launch };
    await ec2.send(
      new ModifySubnetAttributeCommand({ SubnetId: Subnet?.SubnetId, MapPublicIpOnLaunch }),
    );
  });
  await builder.each("aws_eip", async (it) => {
    const address = await ec2.send(
      new AllocateAddressCommand({ Domain: "vpc", ...tagged("elastic-ip", it) }),
    );
    builder.record(it.id, address.AllocationId);
    builder.record(it.public_ip, address.PublicIp);
  });
  await builder.each("aws_nat_gateway", async (it) => {
    const { NatGateway } = await ec2.send(
      new CreateNatGatewayCommand({
        SubnetId: it.subnet_id,
        AllocationId: it.allocation_id,
        ConnectivityType: "public",
        ...tagged("natgateway", it),
      }),
    );
    builder.record(it.id, NatGateway?.NatGatewayId);
  });
  await builder.each("aws_route_table", async (it) => {
    const { RouteTable } = await ec2.send(
      new CreateRouteTableCommand({ VpcId: it.vpc_id, ...tagged("route-table", it) }),
    );
    builder.record(it.id, RouteTable?.RouteTableId);
    for (const { cidr_block, gateway_id, nat_gateway_id } of it.route)
      await ec2.send(
        new CreateRouteCommand({
          RouteTableId: RouteTable?.RouteTableId,
          DestinationCidrBlock: cidr_block,
          ...(gateway_id ? { GatewayId: gateway_id } : { NatGatewayId: nat_gateway_id }),
        }),
      );
  });
  await builder.each("aws_route_table_association", async (it) => {
    const { AssociationId } = await ec2.send(
      new AssociateRouteTableCommand({ RouteTableId: it.route_table_id, SubnetId: it.subnet_id }),
    );
    builder.record(it.id, AssociationId);
  });
  await builder.each("aws_security_group", (it) => makeSecurityGroup(builder, it));
}

async function makeSecurityGroup(builder: Builder, it: Attributes): Promise<void> {
  const ec2 = new EC2Client(builder.account);
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: it.name,
      Description: it.description,
      VpcId: it.vpc_id,
      ...tagged("security-group", it),
    }),
  );
  builder.record(it.id, GroupId);
  const permission = (rule: Rule): IpPermission => ({
    IpProtocol: rule.protocol,
    ...(rule.protocol !== "-1" && { FromPort: rule.from_port, ToPort: rule.to_port }),
    IpRanges: rule.cidr_blocks.map((CidrIp) => ({
      CidrIp,
      ...(rule.description && { Description: rule.description }),
    })),
    ...(rule.self && { UserIdGroupPairs: [{ GroupId }] }),
  });
  // AWS makes a group open outwards; Terraform closes it.
  const open = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: open }));
  for (const rule of it.egress)
    await ec2.send(
      new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [permission(rule)] }),
    );
  for (const rule of it.ingress)
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission(rule)] }),
    );
}
