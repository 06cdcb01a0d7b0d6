import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { createFlowLogs } from "./flow-logs.ts";
import type { Context } from "./lib/context.ts";
import { elasticIpCount, type NatStrategy } from "./lib/nat.ts";
import { allow, document } from "./lib/policies.ts";
import type { Network } from "./network.ts";

export interface VpcArgs {
  readonly context: Context;
  /** Address range of the VPC, /16 to /28. */
  readonly cidrBlock: string;
  /** Names of the zones; each gets one public and one private subnet. */
  readonly zones: readonly string[];
  /** Address ranges of the public subnets, in the order of `zones`. */
  readonly publicCidrBlocks: readonly string[];
  /** Address ranges of the private subnets, in the order of `zones`. */
  readonly privateCidrBlocks: readonly string[];
  /** How private subnets reach the internet. @default perZone */
  readonly natStrategy?: NatStrategy;
  /** Allocation ids of the elastic IPs of the NAT gateways, in the order of `zones`. @default new ones */
  readonly natElasticIps?: readonly string[];
  /** AWS services that get an interface endpoint: `ecr.api`, or by their whole name. @default none */
  readonly interfaceEndpoints?: readonly string[];
  /** Days for which flow logs are kept. */
  readonly logRetentionDays: number;
  /** ARN of the KMS key that flow logs are encrypted with. @default a key of CloudWatch Logs */
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
}

/** A zone, once its public subnet stands. */
interface Zone {
  readonly name: string;
  readonly publicSubnet: aws.ec2.Subnet;
  /** Of the Name tags of what is private there. */
  readonly suffix: pulumi.Output<string>;
}

/**
 * A VPC with a public and a private subnet in each zone. Each NAT gateway, its address and each interface
 * endpoint cost by the hour and by traffic; the endpoint of S3 is free.
 */
export class Vpc extends pulumi.ComponentResource implements Network {
  readonly vpc: aws.ec2.Vpc;
  readonly publicSubnets: aws.ec2.Subnet[] = [];
  readonly privateSubnets: aws.ec2.Subnet[] = [];
  readonly publicRoutes: pulumi.Resource[] = [];
  readonly privateRoutes: pulumi.Resource[] = [];
  readonly natPublicIps: Network["natPublicIps"];
  readonly #name: string;
  readonly #context: Context;

  constructor(name: string, args: VpcArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Vpc", name, {}, opts);
    this.#name = name;
    this.#context = args.context;
    const { names, posture } = args.context;

    this.vpc = new aws.ec2.Vpc(
      name,
      {
        cidrBlock: args.cidrBlock,
        // The private names of interface endpoints resolve only with both.
        ...(args.interfaceEndpoints?.length && {
          enableDnsHostnames: true,
          enableDnsSupport: true,
        }),
        tags: { Name: names.vpc },
      },
      { parent: this },
    );
    const internetGateway = new aws.ec2.InternetGateway(
      name,
      { vpcId: this.vpc.id, tags: { Name: names.vpc } },
      { parent: this },
    );
    const publicTable = this.#createPublicRouteTable(internetGateway);
    const zones = args.zones.map((zone, i): Zone => {
      const publicSubnet = this.#createPublicSubnet(zone, i, args.publicCidrBlocks[i]);
      this.#associate(this.publicRoutes, `${name}-public-${i}`, publicSubnet, publicTable);
      return { name: zone, publicSubnet, suffix: this.#createSuffix(`${name}-private-${i}`) };
    });
    const nats = this.#createNatGateways(args, zones, internetGateway);
    this.natPublicIps = nats.publicIps;
    const privateTables = zones.map((zone, i) => {
      const subnet = this.#createPrivateSubnet(zone, i, args.privateCidrBlocks[i]);
      const table = this.#createPrivateRouteTable(zone, i, nats.of[i]);
      this.#associate(this.privateRoutes, `${name}-private-${i}`, subnet, table);
      return table;
    });
    if (posture["s3-endpoint"]) this.#createS3Endpoint([publicTable, ...privateTables]);
    this.#createInterfaceEndpoints(args);
    if (posture["default-security-group"])
      new aws.ec2.DefaultSecurityGroup(
        `${name}-default`,
        { vpcId: this.vpc.id, ingress: [], egress: [] },
        { parent: this },
      );
    if (posture["network-acl"]) this.#createNetworkAcl();
    if (posture["flow-logs"])
      createFlowLogs(`${name}-flow-logs`, { ...args, vpc: this.vpc }, { parent: this });
    this.registerOutputs();
  }

  get vpcId() {
    return this.vpc.id;
  }
  get publicSubnetIds() {
    return this.publicSubnets.map((subnet) => subnet.id);
  }
  get privateSubnetIds() {
    return this.privateSubnets.map((subnet) => subnet.id);
  }

  #createPublicRouteTable(internetGateway: aws.ec2.InternetGateway) {
    const name = `${this.#name}-public`;
    const table = new aws.ec2.RouteTable(
      name,
      { vpcId: this.vpc.id, tags: { Name: this.#context.names.publicRoutes } },
      { parent: this },
    );
    this.publicRoutes.push(
      new aws.ec2.Route(
        name,
        {
          routeTableId: table.id,
          destinationCidrBlock: "0.0.0.0/0",
          gatewayId: internetGateway.id,
        },
        { parent: this },
      ),
    );
    return table;
  }

  #createPublicSubnet(zone: string, i: number, cidrBlock: string | undefined) {
    const name = `${this.#name}-public-${i}`;
    const subnet = new aws.ec2.Subnet(
      name,
      {
        vpcId: this.vpc.id,
        availabilityZone: zone,
        cidrBlock,
        mapPublicIpOnLaunch: !this.#context.posture["subnet-public-ip"],
        tags: { Name: this.#tag(zone, "public", this.#createSuffix(name)) },
      },
      { parent: this },
    );
    this.publicSubnets.push(subnet);
    return subnet;
  }

  #createPrivateSubnet({ name: zone, suffix }: Zone, i: number, cidrBlock: string | undefined) {
    const subnet = new aws.ec2.Subnet(
      `${this.#name}-private-${i}`,
      {
        vpcId: this.vpc.id,
        availabilityZone: zone,
        cidrBlock,
        tags: { Name: this.#tag(zone, "private", suffix) },
      },
      { parent: this },
    );
    this.privateSubnets.push(subnet);
    return subnet;
  }

  /** The NAT gateway of each zone, undefined where there is none, and their addresses. */
  #createNatGateways(
    args: VpcArgs,
    zones: readonly Zone[],
    internetGateway: aws.ec2.InternetGateway,
  ): { of: (aws.ec2.NatGateway | undefined)[]; publicIps: Network["natPublicIps"] } {
    const { natStrategy = "perZone", natElasticIps = [] } = args;
    // AWS makes a public NAT gateway only in a VPC that has an internet gateway.
    const opts = { parent: this, dependsOn: [internetGateway] };
    const zonal = ({ name: zone, publicSubnet, suffix }: Zone, i: number) => {
      const name = `${this.#name}-nat-${i}`;
      const tags = { Name: this.#tag(zone, "nat", suffix) };
      const allocationId =
        natElasticIps[i] ?? new aws.ec2.Eip(name, { domain: "vpc", tags }, { parent: this }).id;
      // An elastic IP is of one gateway at a time, and partners know the address: a replacement waits for it.
      return new aws.ec2.NatGateway(
        name,
        { allocationId, subnetId: publicSubnet.id, tags },
        { ...opts, deleteBeforeReplace: true },
      );
    };
    switch (natStrategy) {
      case "perZone":
      case "single": {
        const nats = zones.slice(0, elasticIpCount(natStrategy, zones.length)).map(zonal);
        const of = zones.map((_, i) => nats[i] ?? nats[0]);
        return { of, publicIps: nats.map((nat) => nat.publicIp) };
      }
      case "regional": {
        const availabilityZoneAddresses = natElasticIps.map((allocationId, i) => ({
          availabilityZone: args.zones[i],
          allocationIds: [allocationId],
        }));
        const nat = new aws.ec2.NatGateway(
          `${this.#name}-nat`,
          {
            availabilityMode: "regional",
            vpcId: this.vpc.id,
            // Without addresses AWS takes its own, in each zone where something needs one.
            ...(natElasticIps.length && { availabilityZoneAddresses }),
            tags: { Name: this.#context.names.vpc },
          },
          opts,
        );
        const publicIps = nat.regionalNatGatewayAddresses.apply((addresses) =>
          addresses.map(({ publicIp }) => publicIp),
        );
        return { of: zones.map(() => nat), publicIps };
      }
      case "none":
        return { of: zones.map(() => undefined), publicIps: [] };
    }
  }

  #createPrivateRouteTable(zone: Zone, i: number, nat: aws.ec2.NatGateway | undefined) {
    const name = `${this.#name}-private-${i}`;
    const table = new aws.ec2.RouteTable(
      name,
      { vpcId: this.vpc.id, tags: { Name: this.#tag(zone.name, "nat", zone.suffix) } },
      { parent: this },
    );
    if (nat)
      this.privateRoutes.push(
        new aws.ec2.Route(
          name,
          { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id },
          { parent: this },
        ),
      );
    return table;
  }

  /** S3 by a route of its own: free, and past the NAT gateways, which cost by the gigabyte. */
  #createS3Endpoint(tables: aws.ec2.RouteTable[]) {
    const { names, arns } = this.#context;
    this.privateRoutes.push(
      new aws.ec2.VpcEndpoint(
        `${this.#name}-s3`,
        {
          vpcId: this.vpc.id,
          vpcEndpointType: "Gateway",
          serviceName: arns.endpointService("s3"),
          routeTableIds: tables.map((table) => table.id),
          // For whoever is in the VPC, not for principals of this account: ECR's layers, Snowflake's stages and public
          // data are read with other accounts' signatures, or with none.
          policy: pulumi.jsonStringify(
            document({
              ...allow("*", "*"),
              Principal: "*",
              Condition: { StringEquals: { "aws:SourceVpc": this.vpc.id } },
            }),
          ),
          tags: { Name: `${names.vpc}-s3` },
        },
        { parent: this },
      ),
    );
  }

  #createInterfaceEndpoints({ cidrBlock, interfaceEndpoints = [] }: VpcArgs) {
    if (!interfaceEndpoints.length) return;
    const { names, arns } = this.#context;
    const group = new aws.ec2.SecurityGroup(
      `${this.#name}-endpoints`,
      {
        name: names.endpointsSecurityGroup,
        description: "Interface endpoints: reached from inside the VPC alone",
        vpcId: this.vpc.id,
        ingress: [
          {
            description: "TLS from inside the VPC",
            protocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrBlocks: [cidrBlock],
          },
        ],
        egress: [],
        tags: { Name: names.endpointsSecurityGroup },
      },
      { parent: this },
    );
    for (const service of interfaceEndpoints)
      this.privateRoutes.push(
        new aws.ec2.VpcEndpoint(
          `${this.#name}-${service}`,
          {
            vpcId: this.vpc.id,
            vpcEndpointType: "Interface",
            serviceName: arns.endpointService(service),
            subnetIds: this.privateSubnetIds,
            securityGroupIds: [group.id],
            privateDnsEnabled: true,
            tags: { Name: `${names.vpc}-${service}` },
          },
          { parent: this },
        ),
      );
  }

  #associate(
    routes: pulumi.Resource[],
    name: string,
    subnet: aws.ec2.Subnet,
    table: aws.ec2.RouteTable,
  ) {
    routes.push(
      new aws.ec2.RouteTableAssociation(
        name,
        { subnetId: subnet.id, routeTableId: table.id },
        { parent: this },
      ),
    );
  }

  /** Six hexadecimal digits that tell the Name tag of a replacement from its predecessor's. */
  #createSuffix(name: string): pulumi.Output<string> {
    return new random.RandomId(name, { byteLength: 3 }, { parent: this }).hex;
  }

  #tag(zone: string, what: "public" | "private" | "nat", suffix: pulumi.Input<string>) {
    return pulumi.interpolate`${this.#context.names.zonal(zone, what)}-${suffix}`;
  }

  /** The VPC's default list: whatever subnet comes to the VPC later starts with it. */
  #createNetworkAcl() {
    const everywhere = { cidrBlock: "0.0.0.0/0", fromPort: 0, toPort: 0 };
    const port = (number: number) => ({ ...everywhere, fromPort: number, toPort: number });
    const anyPort = { ...everywhere, toPort: 65535 };
    const anyIcmp = { ...everywhere, icmpType: -1, icmpCode: -1 };
    new aws.ec2.DefaultNetworkAcl(
      this.#name,
      {
        defaultNetworkAclId: this.vpc.defaultNetworkAclId,
        // Lists keep no state: answers come in at any of the ports that connections go out from.
        // https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html
        ingress: [
          { ruleNo: 90, action: "deny", protocol: "tcp", ...port(22) },
          { ruleNo: 91, action: "deny", protocol: "tcp", ...port(3389) },
          { ruleNo: 100, action: "allow", protocol: "tcp", ...anyPort },
          { ruleNo: 101, action: "allow", protocol: "udp", ...anyPort },
          { ruleNo: 102, action: "allow", protocol: "icmp", ...anyIcmp },
        ],
        egress: [{ ruleNo: 100, action: "allow", protocol: "-1", ...everywhere }],
        subnetIds: [...this.publicSubnetIds, ...this.privateSubnetIds],
        tags: { Name: this.#context.names.vpc },
      },
      { parent: this },
    );
  }
}
