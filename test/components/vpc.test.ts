import assert from "node:assert/strict";
import fc from "fast-check";
import type { DifferenceId } from "../../components/lib/differences.ts";
import { natStrategies, type NatStrategy } from "../../components/lib/nat.ts";
import { testContext, testVpc } from "../support/context.ts";
import type { VpcArgs } from "../../components/vpc.ts";
import { runs } from "../support/fuzz.ts";
import { runProgram } from "../support/mocks.ts";

const record = (keepReference: DifferenceId[] = [], args: Partial<VpcArgs> = {}) =>
  runProgram(() => {
    const { natPublicIps } = testVpc(testContext(keepReference), args);
    return { natPublicIps };
  });

const natType = "aws:ec2/natGateway:NatGateway";
const eipType = "aws:ec2/eip:Eip";
const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";

describe("vpc", () => {
  it("has a pair of subnets per zone, with the addresses given", async () => {
    const subnets = (await record()).findAll("aws:ec2/subnet:Subnet");
    assert.deepEqual(
      subnets
        .map(({ name, inputs }) => [name, inputs["cidrBlock"], inputs["availabilityZone"]])
        .sort(),
      [
        ["vpc-private-0", "10.0.2.0/24", "us-west-2a"],
        ["vpc-private-1", "10.0.3.0/24", "us-west-2b"],
        ["vpc-public-0", "10.0.0.0/24", "us-west-2a"],
        ["vpc-public-1", "10.0.1.0/24", "us-west-2b"],
      ],
    );
  });

  it("routes public subnets to the internet, private ones through the NAT gateway of their zone", async () => {
    const recording = await record();
    for (const i of ["0", "1"]) {
      const nat = recording.find("aws:ec2/natGateway:NatGateway", `vpc-nat-${i}`);
      assert.equal(nat.inputs["subnetId"], `subnet-vpc-public-${i}`);
      const route = recording.find("aws:ec2/route:Route", `vpc-private-${i}`);
      assert.equal(route.inputs["natGatewayId"], nat.id);
      const table = recording.find("aws:ec2/routeTable:RouteTable", `vpc-private-${i}`);
      assert.equal(route.inputs["routeTableId"], table.id);
      const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";
      assert.deepEqual(recording.find(association, `vpc-private-${i}`).inputs, {
        subnetId: `subnet-vpc-private-${i}`,
        routeTableId: table.id,
      });
      assert.deepEqual(recording.find(association, `vpc-public-${i}`).inputs, {
        subnetId: `subnet-vpc-public-${i}`,
        routeTableId: "routeTable-vpc-public",
      });
    }
    assert.deepEqual(recording.find("aws:ec2/route:Route", "vpc-public").inputs, {
      routeTableId: "routeTable-vpc-public",
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: "internetGateway-vpc",
    });
  });

  it("makes a NAT gateway only after the internet gateway, which AWS asks for", async () => {
    const recording = await record();
    const internet = recording.find("aws:ec2/internetGateway:InternetGateway");
    for (const nat of recording.findAll("aws:ec2/natGateway:NatGateway"))
      assert.ok(recording.standsBefore(internet, nat));
  });

  it("names zonal resources with six random digits, one suffix for what is private in a zone", async () => {
    const recording = await record();
    const tag = (type: string, name: string) =>
      (recording.find(type, name).inputs["tags"] as Record<string, string>)["Name"];
    const [, hex] =
      /-private-([0-9a-f]{6})$/.exec(tag("aws:ec2/subnet:Subnet", "vpc-private-0") ?? "") ?? [];
    assert.ok(hex);
    for (const type of ["aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"])
      assert.equal(tag(type, "vpc-nat-0"), `dse-infra-dev-us-west-2a-nat-${hex}`);
    assert.equal(
      tag("aws:ec2/routeTable:RouteTable", "vpc-private-0"),
      `dse-infra-dev-us-west-2a-nat-${hex}`,
    );
    assert.match(
      tag("aws:ec2/subnet:Subnet", "vpc-public-0") ?? "",
      /^dse-infra-dev-us-west-2a-public-[0-9a-f]{6}$/,
    );
    assert.ok(!tag("aws:ec2/subnet:Subnet", "vpc-public-0")?.includes(hex));
  });

  it("gives no public address by itself, and closes the default group", async () => {
    const recording = await record();
    for (const { inputs, name } of recording.findAll("aws:ec2/subnet:Subnet"))
      assert.ok(!inputs["mapPublicIpOnLaunch"], name);
    const closed = recording.find("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
    assert.deepEqual([closed.inputs["ingress"], closed.inputs["egress"]], [[], []]);
  });

  it("logs all traffic to a group with retention, by a role that may write there alone", async () => {
    const recording = await record();
    const { inputs } = recording.find("aws:ec2/flowLog:FlowLog");
    const group = recording.find("aws:cloudwatch/logGroup:LogGroup");
    assert.equal(inputs["trafficType"], "ALL");
    assert.equal(inputs["logDestination"], group.outputs["arn"]);
    assert.equal(group.inputs["retentionInDays"], 30);
    const { inputs: policy } = recording.find("aws:iam/policy:Policy");
    assert.deepEqual(policy["policy"], {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          Resource:
            "arn:aws:logs:us-west-2:123456789012:log-group:/aws/vpc-flow-logs/dse-infra-dev-main:*",
        },
      ],
    });
    const attachment = recording.find("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.ok(recording.standsBefore(attachment, recording.find("aws:ec2/flowLog:FlowLog")));
  });

  it("is the reference's where that is kept", async () => {
    const recording = await record(["subnet-public-ip", "default-security-group", "flow-logs"]);
    const open = recording
      .findAll("aws:ec2/subnet:Subnet")
      .filter(({ inputs }) => inputs["mapPublicIpOnLaunch"]);
    assert.deepEqual(
      open.map(({ name }) => name),
      ["vpc-public-0", "vpc-public-1"],
    );
    for (const type of [
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
      "aws:ec2/flowLog:FlowLog",
      "aws:cloudwatch/logGroup:LogGroup",
    ])
      assert.deepEqual(recording.findAll(type), []);
  });

  it("may have one NAT gateway for all zones", async () => {
    const recording = await record([], { natStrategy: "single" });
    const nat = recording.find(natType, "vpc-nat-0");
    assert.equal(recording.findAll(eipType).length, 1);
    for (const i of ["0", "1"])
      assert.equal(
        recording.find("aws:ec2/route:Route", `vpc-private-${i}`).inputs["natGatewayId"],
        nat.id,
      );
    assert.equal((recording.outputs["natPublicIps"] as unknown[]).length, 1);
  });

  it("may have one that AWS spreads over the zones", async () => {
    const recording = await record([], { natStrategy: "regional" });
    const nat = recording.find(natType, "vpc-nat");
    assert.deepEqual(nat.inputs, {
      availabilityMode: "regional",
      vpcId: "vpc-vpc",
      tags: { Name: "dse-infra-dev-main" },
    });
    assert.deepEqual(recording.findAll(eipType), []);
    for (const i of ["0", "1"])
      assert.equal(
        recording.find("aws:ec2/route:Route", `vpc-private-${i}`).inputs["natGatewayId"],
        nat.id,
      );
    const [address] = nat.outputs["regionalNatGatewayAddresses"] as { publicIp: string }[];
    assert.deepEqual(recording.outputs["natPublicIps"], [address?.publicIp]);
  });

  it("may have none: then private subnets have no way out", async () => {
    const recording = await record([], { natStrategy: "none" });
    assert.deepEqual(recording.findAll(natType), []);
    assert.deepEqual(
      recording.findAll("aws:ec2/route:Route").map(({ name }) => name),
      ["vpc-public"],
    );
    assert.deepEqual(recording.outputs["natPublicIps"], []);
  });

  it("takes elastic IPs that are there already", async () => {
    const natElasticIps = ["eipalloc-0a", "eipalloc-0b"];
    const zonal = await record([], { natElasticIps });
    assert.deepEqual(zonal.findAll(eipType), []);
    assert.deepEqual(
      ["0", "1"].map((i) => zonal.find(natType, `vpc-nat-${i}`).inputs["allocationId"]),
      natElasticIps,
    );
    const regional = await record([], { natStrategy: "regional", natElasticIps });
    assert.deepEqual(regional.find(natType).inputs["availabilityZoneAddresses"], [
      { availabilityZone: "us-west-2a", allocationIds: ["eipalloc-0a"] },
      { availabilityZone: "us-west-2b", allocationIds: ["eipalloc-0b"] },
    ]);
  });

  it("tells the addresses that its private subnets come from", async () => {
    const recording = await record();
    assert.deepEqual(
      recording.outputs["natPublicIps"],
      ["0", "1"].map((i) => recording.find(natType, `vpc-nat-${i}`).outputs["publicIp"]),
    );
  });

  it("reaches S3 by a gateway endpoint on every route table", async () => {
    const recording = await record();
    const { inputs } = recording.find(endpointType);
    assert.equal(inputs["serviceName"], "com.amazonaws.us-west-2.s3");
    assert.equal(inputs["vpcEndpointType"], "Gateway");
    assert.deepEqual(inputs["routeTableIds"], [
      "routeTable-vpc-public",
      "routeTable-vpc-private-0",
      "routeTable-vpc-private-1",
    ]);
    // Anybody's signature, but from this VPC alone.
    assert.deepEqual(JSON.parse(String(inputs["policy"])), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "*",
          Resource: "*",
          Principal: "*",
          Condition: { StringEquals: { "aws:SourceVpc": "vpc-vpc" } },
        },
      ],
    });
    assert.deepEqual((await record(["s3-endpoint"])).findAll(endpointType), []);
  });

  it("lets in no SSH and no RDP, and answers at any other port", async () => {
    const listType = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl";
    const { inputs } = (await record()).find(listType);
    assert.equal(inputs["defaultNetworkAclId"], "acl-default-vpc-vpc");
    assert.deepEqual(
      (inputs["ingress"] as Record<string, unknown>[]).map((rule) => [
        rule["ruleNo"],
        rule["action"],
        rule["protocol"],
        rule["fromPort"],
        rule["toPort"],
      ]),
      [
        [90, "deny", "tcp", 22, 22],
        [91, "deny", "tcp", 3389, 3389],
        [100, "allow", "tcp", 0, 65535],
        [101, "allow", "udp", 0, 65535],
        [102, "allow", "icmp", 0, 0],
      ],
    );
    assert.deepEqual(inputs["subnetIds"], [
      "subnet-vpc-public-0",
      "subnet-vpc-public-1",
      "subnet-vpc-private-0",
      "subnet-vpc-private-1",
    ]);
    assert.deepEqual((await record(["network-acl"])).findAll(listType), []);
  });

  it("encrypts its flow logs with the key that it is given", async () => {
    const kmsKeyArn = "arn:aws:kms:us-west-2:123456789012:key/k";
    const { inputs } = (await record([], { kmsKeyArn })).find("aws:cloudwatch/logGroup:LogGroup");
    assert.equal(inputs["kmsKeyId"], kmsKeyArn);
  });

  it("reaches other services by interface endpoints, which only the VPC reaches", async () => {
    const recording = await record([], { interfaceEndpoints: ["ecr.api", "logs"] });
    for (const service of ["ecr.api", "logs"])
      assert.deepEqual(recording.find(endpointType, `vpc-${service}`).inputs, {
        vpcId: "vpc-vpc",
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.us-west-2.${service}`,
        subnetIds: ["subnet-vpc-private-0", "subnet-vpc-private-1"],
        securityGroupIds: ["securityGroup-vpc-endpoints"],
        privateDnsEnabled: true,
        tags: { Name: `dse-infra-dev-main-${service}` },
      });
    assert.deepEqual(recording.find("aws:ec2/securityGroup:SecurityGroup").inputs, {
      name: "dse-infra-dev-endpoints-sg",
      // Another description would replace the group.
      description: "Interface endpoints: reached from inside the VPC alone",
      vpcId: "vpc-vpc",
      ingress: [
        {
          description: "TLS from inside the VPC",
          protocol: "tcp",
          fromPort: 443,
          toPort: 443,
          cidrBlocks: ["10.0.0.0/16"],
        },
      ],
      egress: [],
      tags: { Name: "dse-infra-dev-endpoints-sg" },
    });
    // Without both, the endpoints' names lead out to the internet.
    const { enableDnsHostnames, enableDnsSupport } = recording.find("aws:ec2/vpc:Vpc").inputs;
    assert.deepEqual([enableDnsHostnames, enableDnsSupport], [true, true]);
  });

  it("keeps all that it has when a zone comes, in whatever order the ranges are", async () => {
    // What lists all subnets, or their tables.
    const lists = ["aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", endpointType];
    const of = async (zones: number, blocks: readonly string[], natStrategy: NatStrategy) => {
      const { resources } = await record([], {
        zones: ["a", "b", "c", "d"].slice(0, zones).map((zone) => `us-west-2${zone}`),
        publicCidrBlocks: blocks.slice(0, zones),
        privateCidrBlocks: blocks.slice(4, 4 + zones),
        natStrategy,
      });
      return new Map(
        resources
          .filter(({ custom, type }) => custom && !lists.includes(type))
          .map(({ urn, inputs }) => [urn, inputs]),
      );
    };
    const blocks = Array.from({ length: 16 }, (_, i) => `10.0.${i * 16}.0/20`);
    const property = fc.asyncProperty(
      fc.integer({ min: 2, max: 3 }),
      fc.shuffledSubarray(blocks, { minLength: 8 }),
      fc.constantFrom(...natStrategies),
      async (zones, chosen, natStrategy) => {
        const [before, after] = [
          await of(zones, chosen, natStrategy),
          await of(zones + 1, chosen, natStrategy),
        ];
        for (const [urn, inputs] of before) assert.deepEqual(after.get(urn), inputs, urn);
        assert.ok(after.size > before.size);
      },
    );
    await fc.assert(property, runs(3));
  });
});
