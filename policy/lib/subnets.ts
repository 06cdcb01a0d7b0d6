import type { Resource } from "./rule";
import type { StackResources } from "./stack";
import { ec2 } from "./types";
import { known } from "./unknown";

/**
 * Whether the subnet is public: its route table leads to an internet gateway.
 * https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
 */
export function isPublicSubnet(stack: StackResources, subnet: Resource): boolean {
  return stack
    .companions(subnet, ec2.RouteTableAssociation, "subnetId")
    .flatMap((association) => stack.targets(association, "routeTableId", ec2.RouteTable))
    .some(
      (table) =>
        stack.targets(table, "routes", ec2.InternetGateway).length > 0 ||
        known(() => table.props.routes)?.some(({ gatewayId }) => isGateway(gatewayId)) ||
        stack
          .companions(table, ec2.Route, "routeTableId")
          .some(
            (route) =>
              stack.targets(route, "gatewayId", ec2.InternetGateway).length > 0 ||
              isGateway(known(() => route.props.gatewayId)),
          ),
    );
}

/** Of another stack, which its id alone tells; a gateway endpoint of S3 is a `gatewayId` too, and `local`. */
const isGateway = (id: string | undefined) => id?.startsWith("igw-") ?? false;
