// The network of qa, which has a NAT gateway in each zone, by its routes.
import type { Recorded, Recording } from "../../test/support/mocks.ts";
import { type Edge, node, quoted, render } from "./graph.ts";
import type { Runs } from "./runs.ts";

const type = {
  subnet: "aws:ec2/subnet:Subnet",
  nat: "aws:ec2/natGateway:NatGateway",
  internetGateway: "aws:ec2/internetGateway:InternetGateway",
  route: "aws:ec2/route:Route",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  jobs: "aws:batch/computeEnvironment:ComputeEnvironment",
  airflow: "aws:mwaa/environment:Environment",
};

export function networkPicture({ qa }: Runs): Promise<string> {
  const subnets = qa.findAll(type.subnet);
  const nats = qa.findAll(type.nat);
  const zones = Map.groupBy(subnets, ({ inputs }) => String(inputs["availabilityZone"]));
  const clusters = [...zones].map(([zone, inZone], i) => {
    const gateways = nats.filter((nat) => inZone.some(({ urn }) => uses(nat, "subnetId", urn)));
    const nodes = [
      ...inZone.map((subnet) => node(subnet.urn, subnetKind(subnet), cidrOf(subnet))),
      ...gateways.map((nat) => node(nat.urn, "NAT gateway", "elastic IP")),
    ];
    const look = 'style="rounded,dashed", color="#5b7db1", margin=14';
    return `subgraph cluster_${i} { graph [label=${quoted(zone)}, ${look}]\n${nodes.join("\n")} }`;
  });
  const nodes = [
    ...clusters,
    ...qa.findAll(type.internetGateway).map(({ urn }) => node(urn, "Internet gateway")),
    ...qa.findAll(type.endpoint).map(({ urn }) => node(urn, "Endpoint", "S3")),
    ...qa.findAll(type.jobs).map(({ urn }) => node(urn, "Jobs", "AWS Batch on Fargate")),
    ...qa.findAll(type.airflow).map(({ urn }) => node(urn, "Airflow", "MWAA")),
  ];
  return render("network", nodes, edgesOf(qa, subnets, nats), "rankdir=LR");
}

function edgesOf(run: Recording, subnets: readonly Recorded[], nats: readonly Recorded[]): Edge[] {
  const edges: Edge[] = [];
  const connect = (from: string, to: readonly string[] = []) => {
    edges.push(...to.map((target) => ({ from, to: target, style: "" })));
  };
  for (const { urn, dependencies } of [...run.findAll(type.jobs), ...run.findAll(type.airflow)])
    connect(
      urn,
      dependencies.filter((dependency) => subnets.some((subnet) => subnet.urn === dependency)),
    );
  for (const association of run.findAll(type.association)) {
    const [subnet = ""] = association.propertyDependencies["subnetId"] ?? [];
    const [table = ""] = association.propertyDependencies["routeTableId"] ?? [];
    for (const route of run.findAll(type.route).filter((one) => uses(one, "routeTableId", table))) {
      connect(subnet, route.propertyDependencies["natGatewayId"]);
      connect(subnet, route.propertyDependencies["gatewayId"]);
    }
    for (const endpoint of run.findAll(type.endpoint))
      if (uses(endpoint, "routeTableIds", table)) connect(subnet, [endpoint.urn]);
  }
  for (const { urn } of nats)
    connect(
      urn,
      run.findAll(type.internetGateway).map((one) => one.urn),
    );
  return edges;
}

const uses = ({ propertyDependencies }: Recorded, property: string, urn: string): boolean =>
  propertyDependencies[property]?.includes(urn) ?? false;

const cidrOf = ({ inputs }: Recorded): string => String(inputs["cidrBlock"]);

/** What a subnet is called in the program: `vpc-public-0`. */
const subnetKind = ({ name }: Recorded): string =>
  name.includes("public") ? "Public subnet" : "Private subnet";
