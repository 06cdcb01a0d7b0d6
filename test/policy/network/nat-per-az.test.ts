import { ec2 } from "../../../policy/lib/types.ts";
import { natPerZone } from "../../../policy/rules/network/nat-per-az.ts";
import { networkStack } from "../fixtures.ts";
import { change, type Fixture, fixture, testRule, UNKNOWN } from "../support.ts";

const good = networkStack();
const find = ({ token }: { token: string }, name: string): Fixture => {
  const found = good.find((one) => one.type === token && one.name === name);
  if (!found) throw new Error(`no ${token} ${name}`);
  return found;
};
/** The stack with another resource in the place of one. */
const replace = (by: Fixture) =>
  good.map((one) => (one.type === by.type && one.name === by.name ? by : one));
const nat = (props: object, home = find(ec2.Subnet, "public-a")) =>
  replace(fixture(ec2.NatGateway, "a", props, { refs: { subnetId: home } }));
/** Both zones through the first one's NAT gateway. */
const single = (props: object = {}) => {
  const route = fixture(
    ec2.Route,
    "private-b",
    {},
    {
      refs: {
        routeTableId: find(ec2.RouteTable, "private-b"),
        natGatewayId: find(ec2.NatGateway, "a"),
      },
    },
  );
  return change(replace(route), ec2.NatGateway, props, "a");
};
const alone = fixture(ec2.Subnet, "alone", { availabilityZone: "us-west-2a" });
const inline = replace(
  fixture(
    ec2.RouteTable,
    "private-b",
    { routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: UNKNOWN }] },
    { refs: { routes: find(ec2.NatGateway, "a") } },
  ),
);

testRule(natPerZone, {
  good,
  bad: {
    "two zones through one gateway": {
      stack: single(),
      finds: ["a"],
      says: /it serves us-west-2a, us-west-2b, which/,
    },
    "two zones through one gateway, by a route in the table": { stack: inline, finds: ["a"] },
    "a gateway in a private subnet": {
      stack: nat({}, find(ec2.Subnet, "private-a")),
      finds: ["a"],
    },
    "a gateway in a subnet in no route table": {
      stack: [...nat({}, alone), alone],
      finds: ["a"],
    },
    "a gateway in another zone than those it serves": {
      stack: nat({}, find(ec2.Subnet, "public-b")),
      finds: ["a"],
    },
  },
  nearMiss: {
    "a regional gateway": single({ availabilityMode: "regional" }),
    "a private gateway in a private subnet": nat(
      { connectivityType: "private" },
      find(ec2.Subnet, "private-a"),
    ),
    "a mode that the program left out": nat({ availabilityMode: UNKNOWN }),
  },
  unknown: {
    "the zone of a subnet": change(
      single(),
      ec2.Subnet,
      { availabilityZone: UNKNOWN },
      "private-b",
    ),
  },
  missing: {
    routes: { stack: good.filter(({ type }) => type !== ec2.Route.token), finds: ["a", "b"] },
  },
  config: {
    "one gateway for several zones": { stack: single(), settings: { shared: true }, finds: [] },
    "one gateway, in a private subnet": {
      stack: nat({}, find(ec2.Subnet, "private-b")),
      settings: { shared: true },
      finds: ["a"],
    },
  },
});
