import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { attachPolicy } from "./attachment";
import type { Context } from "./lib/context";
import { allow, document, serviceTrust } from "./lib/policies";

export interface VpcArgs {
  readonly context: Context;
  readonly cidrBlock: string;
  /** Names of the zones; each gets one public and one private subnet. */
  readonly zones: readonly string[];
  /** Address ranges of the public subnets, in the order of `zones`. */
  readonly publicCidrBlocks: readonly string[];
  /** Address ranges of the private subnets, in the order of `zones`. */
  readonly privateCidrBlocks: readonly string[];
  /** Days for which flow logs are kept. */
  readonly logRetentionDays: number;
}

/**
 * A VPC with a public and a private subnet in each zone. Private subnets reach the internet through
 * the NAT gateway of their own zone. Each NAT gateway and its address cost by the hour and by traffic.
 */
export class Vpc extends pulumi.ComponentResource {
  readonly vpc: aws.ec2.Vpc;
  readonly publicSubnets: aws.ec2.Subnet[] = [];
  readonly privateSubnets: aws.ec2.Subnet[] = [];
  readonly elasticIps: aws.ec2.Eip[] = [];
  /** What must stand before anything in a private subnet can reach the internet. */
  readonly privateRoutes: pulumi.Resource[] = [];
  /** The same for public subnets. */
  readonly publicRoutes: pulumi.Resource[] = [];
  readonly #name: string;
  readonly #context: Context;

  constructor(name: string, args: VpcArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Vpc", name, {}, opts);
    this.#name = name;
    this.#context = args.context;
    const { names, posture } = args.context;

    this.vpc = new aws.ec2.Vpc(
      name,
      { cidrBlock: args.cidrBlock, tags: { Name: names.vpc } },
      { parent: this },
    );
    const internetGateway = new aws.ec2.InternetGateway(
      name,
      { vpcId: this.vpc.id, tags: { Name: names.vpc } },
      { parent: this },
    );
    const publicTable = this.#createPublicRouteTable(internetGateway);
    args.zones.forEach((zone, i) => {
      const publicSubnet = this.#createPublicSubnet(zone, i, args.publicCidrBlocks[i]);
      this.#associate(this.publicRoutes, `${name}-public-${i}`, publicSubnet, publicTable);

      const suffix = this.#createSuffix(`${name}-private-${i}`);
      const natName = this.#tag(zone, "nat", suffix);
      const nat = this.#createNatGateway(i, natName, publicSubnet, internetGateway);
      const privateSubnet = new aws.ec2.Subnet(
        `${name}-private-${i}`,
        {
          vpcId: this.vpc.id,
          availabilityZone: zone,
          cidrBlock: args.privateCidrBlocks[i],
          tags: { Name: this.#tag(zone, "private", suffix) },
        },
        { parent: this },
      );
      this.privateSubnets.push(privateSubnet);
      const privateTable = this.#createPrivateRouteTable(i, natName, nat);
      this.#associate(this.privateRoutes, `${name}-private-${i}`, privateSubnet, privateTable);
    });
    if (posture["default-security-group"])
      new aws.ec2.DefaultSecurityGroup(
        `${name}-default`,
        { vpcId: this.vpc.id, ingress: [], egress: [] },
        { parent: this },
      );
    if (posture["flow-logs"]) this.#createFlowLogs(args.logRetentionDays);
    this.registerOutputs();
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

  #createNatGateway(
    i: number,
    tag: pulumi.Output<string>,
    subnet: aws.ec2.Subnet,
    internetGateway: aws.ec2.InternetGateway,
  ) {
    const name = `${this.#name}-nat-${i}`;
    const tags = { Name: tag };
    const address = new aws.ec2.Eip(name, { domain: "vpc", tags }, { parent: this });
    this.elasticIps.push(address);
    return new aws.ec2.NatGateway(
      name,
      { allocationId: address.id, subnetId: subnet.id, tags },
      // AWS makes a public NAT gateway only in a VPC that has an internet gateway.
      { parent: this, dependsOn: [internetGateway] },
    );
  }

  #createPrivateRouteTable(i: number, tag: pulumi.Output<string>, nat: aws.ec2.NatGateway) {
    const name = `${this.#name}-private-${i}`;
    const table = new aws.ec2.RouteTable(
      name,
      { vpcId: this.vpc.id, tags: { Name: tag } },
      { parent: this },
    );
    this.privateRoutes.push(
      new aws.ec2.Route(
        name,
        { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id },
        { parent: this },
      ),
    );
    return table;
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

  #tag(zone: string, what: "public" | "private" | "nat", suffix: pulumi.Output<string>) {
    return pulumi.interpolate`${this.#context.names.zonal(zone, what)}-${suffix}`;
  }

  #createFlowLogs(retentionInDays: number) {
    const name = `${this.#name}-flow-logs`;
    const { names, arns } = this.#context;
    const group = new aws.cloudwatch.LogGroup(
      name,
      { name: names.flowLogs, retentionInDays },
      { parent: this },
    );
    // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    const role = new aws.iam.Role(
      name,
      {
        name: names.flowLogsRole,
        description: "Role for VPC flow logs",
        assumeRolePolicy: serviceTrust(
          this.#context,
          "vpc-flow-logs.amazonaws.com",
          arns.vpcFlowLogs(),
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.Policy(
      name,
      {
        name: names.flowLogsPolicy,
        description: `Policy allowing VPC flow logs to be written for ${names.prefix}`,
        policy: document(
          allow(
            ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            `${arns.logGroup(names.flowLogs)}:*`,
          ),
        ),
      },
      { parent: this },
    );
    const attached = attachPolicy(name, policy, role, { parent: this });
    new aws.ec2.FlowLog(
      name,
      {
        vpcId: this.vpc.id,
        trafficType: "ALL",
        logDestination: group.arn,
        iamRoleArn: role.arn,
        tags: { Name: names.vpc },
      },
      { parent: this, dependsOn: [attached] },
    );
  }
}
