import assert from "node:assert/strict";
import type { DifferenceId } from "../../components/lib/differences";
import { testContext, testVpc } from "../support/context";
import { runProgram } from "../support/mocks";

const record = (keepReference: DifferenceId[] = []) =>
  runProgram(() => {
    testVpc(testContext(keepReference));
  });

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
});
