import { ec2 } from "../../../policy/lib/types.ts";
import { tierRoutes } from "../../../policy/rules/network/tier-routes.ts";
import { networkStack } from "../fixtures.ts";
import { type Fixture, fixture, testRule, UNKNOWN } from "../support.ts";

const good = networkStack();
const { InternetGateway, Route, RouteTable, RouteTableAssociation } = ec2;
const find = ({ token }: { token: string }, name: string): Fixture => {
  const found = good.find((one) => one.type === token && one.name === name);
  if (!found) throw new Error(`no ${token} ${name}`);
  return found;
};
const leaveOut = ({ token }: { token: string }, name: string) =>
  good.filter((one) => one.type !== token || one.name !== name);
const internet = find(InternetGateway, "main");
const routeTo = (table: string, props: object, refs: Record<string, Fixture> = {}) =>
  fixture(Route, "more", props, { refs: { routeTableId: find(RouteTable, table), ...refs } });
/** The public table with other routes, none of them a resource. */
const publicRoutes = (props: object, refs: Record<string, Fixture> = {}) =>
  leaveOut(Route, "public").map((one) =>
    one.type === RouteTable.token && one.name === "public"
      ? fixture(RouteTable, "public", props, { refs: { vpcId: find(ec2.Vpc, "main"), ...refs } })
      : one,
  );
const publicSubnets = ["public-a", "public-b"];

testRule(tierRoutes, {
  good,
  bad: {
    "a private subnet on the public table": {
      stack: [
        ...leaveOut(RouteTableAssociation, "private-a"),
        fixture(
          RouteTableAssociation,
          "private-a",
          {},
          {
            refs: {
              subnetId: find(ec2.Subnet, "private-a"),
              routeTableId: find(RouteTable, "public"),
            },
          },
        ),
      ],
      finds: ["private-a"],
    },
    "a route to the internet gateway in a private table": {
      stack: [...good, routeTo("private-b", {}, { gatewayId: internet })],
      finds: ["private-b"],
    },
    "a route to somebody else's internet gateway in a private table": {
      stack: [...good, routeTo("private-b", { gatewayId: "igw-0123456789abcdef0" })],
      finds: ["private-b"],
    },
    "a subnet with no association": {
      stack: leaveOut(RouteTableAssociation, "private-a"),
      finds: ["private-a"],
    },
    "public subnets without a route to an internet gateway": {
      stack: leaveOut(Route, "public"),
      finds: publicSubnets,
    },
    "public subnets with a route to a VPN gateway": {
      stack: publicRoutes({ routes: [{ gatewayId: "vgw-0123456789abcdef0" }] }),
      finds: publicSubnets,
    },
  },
  nearMiss: {
    "the default route in the table": publicRoutes(
      { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: UNKNOWN }] },
      { routes: internet },
    ),
    "the default route in the table, by an id": publicRoutes({
      routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-0123456789abcdef0" }],
    }),
    "the default route in the table, beside one to an endpoint": publicRoutes({
      routes: [
        { destinationPrefixListId: "pl-12345678", gatewayId: "vpce-0123456789abcdef0" },
        { cidrBlock: "0.0.0.0/0", gatewayId: "igw-0123456789abcdef0" },
      ],
    }),
    "a private subnet without any way out": leaveOut(Route, "private-a"),
  },
  unknown: {},
  missing: { routes: { stack: publicRoutes({}), finds: publicSubnets } },
  config: {
    "what public subnets are called": {
      stack: leaveOut(Route, "public"),
      settings: { publicNames: "*-a" },
      finds: ["private-a", "public-a"],
    },
    "what private subnets are called": {
      stack: good,
      settings: { privateNames: "*-b" },
      finds: ["public-b"],
    },
  },
});
