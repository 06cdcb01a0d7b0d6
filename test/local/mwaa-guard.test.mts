import assert from "node:assert/strict";
import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { checkSubnets } from "../../local/gateway/mwaa-guard.mts";
import { region, start, type Instance } from "../../local/instance.mts";
import { cleanUp, sdk, temporaryFolder } from "./support.mts";

const services = "airflow.api airflow.env ecr.api ecr.dkr kms logs monitoring sqs".split(" ");

describe("the guard of MWAA, of subnets without a way to the internet,", () => {
  let instance: Instance;
  let ec2: EC2Client;
  let VpcId: string;
  const subnets: string[] = [];
  const tables: string[] = [];
  before(async () => {
    instance = await start({ folder: temporaryFolder() });
    ec2 = new EC2Client(sdk(instance));
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }));
    VpcId = Vpc?.VpcId ?? "";
    for (const [i, zone] of ["a", "b"].entries()) {
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({
          VpcId,
          CidrBlock: `10.8.${i}.0/24`,
          AvailabilityZone: region + zone,
        }),
      );
      const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
      const SubnetId = Subnet?.SubnetId ?? "";
      const RouteTableId = RouteTable?.RouteTableId ?? "";
      await ec2.send(new AssociateRouteTableCommand({ SubnetId, RouteTableId }));
      subnets.push(SubnetId);
      tables.push(RouteTableId);
    }
  });
  after(cleanUp);

  const check = () => checkSubnets(ec2, region, subnets);
  const isRefused = (missing: string) =>
    assert.rejects(check(), ({ message }: Error) => {
      assert.match(message, /^Subnet subnet-\w+ has no default route \(0\.0\.0\.0\/0\)/);
      assert.equal(message.split("private routing: ")[1], missing);
      return true;
    });

  const make = async (service: string, more: object) => {
    const ServiceName = `com.amazonaws.${region}.${service}`;
    const command = new CreateVpcEndpointCommand({ VpcId, ServiceName, ...more });
    return (await ec2.send(command)).VpcEndpoint?.VpcEndpointId ?? "";
  };
  const makeGateway = (...RouteTableIds: string[]) =>
    make("s3", { VpcEndpointType: "Gateway", RouteTableIds });
  const makeInterface = (service: string, PrivateDnsEnabled = true) =>
    make(service, { VpcEndpointType: "Interface", SubnetIds: subnets, PrivateDnsEnabled });
  const remove = (...VpcEndpointIds: string[]) =>
    ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds }));

  it("asks for S3's gateway and for the interfaces", async () => {
    await isRefused(`s3 (gateway, in route table ${tables[0]}), ${services.join(", ")}`);
  });

  it("takes an interface without private names, or of another kind, for none", async () => {
    const made = [
      await makeGateway(...tables),
      await makeInterface("s3"),
      await makeInterface("kms", false),
      ...(await Promise.all(services.filter((s) => s !== "kms").map((s) => makeInterface(s)))),
    ];
    await isRefused("kms");
    made.push(await makeInterface("kms"));
    await check();
    await remove(...made);
  });

  it("wants S3's gateway in the route table of each subnet", async () => {
    const made = await Promise.all(services.map((service) => makeInterface(service)));
    const first = await makeGateway(tables[0] ?? "");
    await isRefused(`s3 (gateway, in route table ${tables[1]})`);
    const second = await makeGateway(tables[1] ?? "");
    await check();
    await remove(...made, first, second);
  });

  it("is content with one missing where there is a route after all", async () => {
    for (const RouteTableId of tables)
      await ec2.send(
        new CreateRouteCommand({
          RouteTableId,
          DestinationCidrBlock: "0.0.0.0/0",
          TransitGatewayId: "tgw-0a",
        }),
      );
    await check();
  });
});
