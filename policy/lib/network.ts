import { isOf, type Resource } from "./resource.ts";
import type { StackResources } from "./stack.ts";
import { type ArgsOf, ec2, vpc } from "./types.ts";
import { known } from "./unknown.ts";

/**
 * Whether the range reaches beyond private networks, of which 10.0.0.0/8 and fc00::/7 are the largest: so does the
 * whole internet, and so does each of the halves that it can be written in.
 * https://www.rfc-editor.org/rfc/rfc1918#section-3, https://www.rfc-editor.org/rfc/rfc4193#section-3.1
 */
export function isInternet(range: string): boolean {
  // A prefix list has none, which is no number and so not less.
  return Number(range.split("/")[1]) < (range.includes(":") ? 7 : 8);
}

/** The first and the last address of an IPv4 range. Bits beyond the prefix count as zero, as for AWS. */
export function addressesOf(range: string): { readonly first: number; readonly last: number } {
  const size = 2 ** (32 - Number(range.split("/")[1]));
  const octets = range.replace(/\/.*/, "").split(".");
  const number = octets.reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

type NatGateway = ArgsOf<typeof ec2.NatGateway>;
type RouteTable = ArgsOf<typeof ec2.RouteTable>;
type Subnet = ArgsOf<typeof ec2.Subnet>;

export type Direction = "ingress" | "egress";

/** The forms in which the provider has a rule of a security group: inline, and as a resource, older and newer. */
interface RuleProps {
  readonly protocol?: string;
  readonly ipProtocol?: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly cidrBlocks?: readonly string[];
  readonly ipv6CidrBlocks?: readonly string[];
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly description?: string;
}

/** A rule of a security group. Read when asked for: what is unknown of it stops only those who need it. */
export class GroupRule {
  readonly #props: RuleProps;

  constructor(props: RuleProps) {
    this.#props = props;
  }

  get ranges(): string[] {
    const { cidrBlocks = [], ipv6CidrBlocks = [], cidrIpv4, cidrIpv6 } = this.#props;
    return [...cidrBlocks, ...ipv6CidrBlocks, cidrIpv4 ?? [], cidrIpv6 ?? []].flat();
  }

  /** `tcp/443-443`, or `all`. */
  get ports(): string {
    const { protocol, ipProtocol = protocol, fromPort = 0, toPort = 0 } = this.#props;
    const isAll = ipProtocol === "-1" || ipProtocol === "all";
    return isAll ? "all" : `${String(ipProtocol)}/${fromPort}-${toPort}`;
  }

  /** Whether it is about every protocol, or every port of one. */
  get isAllPorts(): boolean {
    return ["all", "/0-65535", "/1-65535"].some((end) => this.ports.endsWith(end));
  }

  get description(): string | undefined {
    return this.#props.description;
  }
}

/** The types in which rules of a security group stand. */
export const groupRuleTypes = [
  ec2.SecurityGroup,
  ec2.SecurityGroupRule,
  vpc.SecurityGroupEgressRule,
  vpc.SecurityGroupIngressRule,
] as const;

/** The rules of one direction in a resource of one of {@link groupRuleTypes}. */
export function groupRulesOf(resource: Resource, direction: Direction): GroupRule[] {
  if (isOf(resource, ec2.SecurityGroup))
    return (resource.props[direction] ?? []).map((rule) => new GroupRule(rule));
  if (isOf(resource, ec2.SecurityGroupRule))
    return resource.props.type === direction ? [new GroupRule(resource.props)] : [];
  const separate = { egress: vpc.SecurityGroupEgressRule, ingress: vpc.SecurityGroupIngressRule };
  return isOf(resource, separate[direction]) ? [new GroupRule(resource.props)] : [];
}

/** How the subnets of a stack reach the internet. */
export class Routing {
  readonly #stack: StackResources;

  constructor(stack: StackResources) {
    this.#stack = stack;
  }

  /** The route tables that a subnet is associated with: none where it falls to the VPC's main one. */
  tablesOf(subnet: Resource<Subnet>): Resource<RouteTable>[] {
    return this.#stack
      .companions(subnet, ec2.RouteTableAssociation, "subnetId")
      .flatMap((association) => this.#stack.targets(association, "routeTableId", ec2.RouteTable));
  }

  /**
   * Whether the subnet is public: a route table of it leads to an internet gateway.
   * https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
   */
  isPublic(subnet: Resource<Subnet>): boolean {
    return this.tablesOf(subnet).some((table) => this.reachesInternet(table));
  }

  /** Whether the table has a route to an internet gateway, in it or as a resource of its own. */
  reachesInternet(table: Resource<RouteTable>): boolean {
    const { InternetGateway, Route } = ec2;
    const inline = known(() => table.props.routes);
    return (
      this.#stack.targets(table, "routes", InternetGateway).length > 0 ||
      (inline?.some((route) => isInternetGateway(known(() => route.gatewayId))) ?? false) ||
      this.#stack
        .companions(table, Route, "routeTableId")
        .some(
          (route) =>
            this.#stack.targets(route, "gatewayId", InternetGateway).length > 0 ||
            isInternetGateway(known(() => route.props.gatewayId)),
        )
    );
  }

  /** The subnets whose traffic goes through the NAT gateway. */
  subnetsThrough(nat: Resource<NatGateway>): Resource<Subnet>[] {
    const tables = [
      ...this.#stack.companions(nat, ec2.RouteTable, "routes"),
      ...this.#stack
        .companions(nat, ec2.Route, "natGatewayId")
        .flatMap((route) => this.#stack.targets(route, "routeTableId", ec2.RouteTable)),
    ];
    return tables
      .flatMap((table) => this.#stack.companions(table, ec2.RouteTableAssociation, "routeTableId"))
      .flatMap((association) => this.#stack.targets(association, "subnetId", ec2.Subnet));
  }
}

/** One that the stack does not make is known by its id alone; S3's gateway endpoint is a `gatewayId` too, and `local`. */
const isInternetGateway = (id: string | undefined): boolean => id?.startsWith("igw-") ?? false;
