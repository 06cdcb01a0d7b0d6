import { batch, ec2 } from "../../../policy/lib/types.ts";
import { networkPrivate } from "../../../policy/rules/batch/network-private.ts";
import { change, type Fixture, testRule, UNKNOWN, without } from "../support.ts";
import { batchStack, running, runningTwo, subnetsOf } from "../workloads.ts";

const good = batchStack();
const inPublic = (stack: readonly Fixture[]) =>
  stack.map((one) =>
    one.type === batch.ComputeEnvironment.token
      ? {
          ...one,
          dependencies: { computeResources: subnetsOf(stack, "public").map(({ urn }) => urn) },
        }
      : one,
  );
const withAddress = (stack: readonly Fixture[]) =>
  running(stack, { networkConfiguration: { assignPublicIp: "ENABLED" } });
const reference = withAddress(inPublic(good));
/** The public route inline, in the table. */
const inline = (gatewayId: string) =>
  change(without(inPublic(good), ec2.Route), ec2.RouteTable, { routes: [{ gatewayId }] }, "public");

testRule(networkPrivate, {
  good,
  bad: {
    "public subnets": { stack: inPublic(good), finds: ["environment", "environment"] },
    "a public address": { stack: withAddress(good), finds: ["job"] },
    "the reference's layout": { stack: reference, finds: ["environment", "environment", "job"] },
    "a route in the table": { stack: inline("igw-1"), finds: ["environment", "environment"] },
    "a route to a gateway of another stack": {
      stack: without(inPublic(good), ec2.InternetGateway).map((one) =>
        one.type === ec2.Route.token && one.name === "public"
          ? { ...one, props: { ...one.props, gatewayId: "igw-1" } }
          : one,
      ),
      finds: ["environment", "environment"],
    },
    "a public address of two containers": {
      stack: runningTwo(good, { networkConfiguration: { assignPublicIp: "ENABLED" } }),
      finds: ["job"],
    },
  },
  nearMiss: {
    "a table of which only the name is public": without(inPublic(good), ec2.Route),
    "a gateway endpoint, which is a route too": inline("vpce-1"),
    "two containers": runningTwo(good, {}),
  },
  unknown: {
    "the container": change(good, batch.JobDefinition, { containerProperties: UNKNOWN }),
  },
  missing: {
    "assignPublicIp, which is then off": {
      stack: running(good, { networkConfiguration: undefined }),
      finds: [],
    },
    "subnets of the stack": { stack: without(inPublic(good), ec2.Subnet), finds: [] },
  },
  config: {
    "the reference's layout, allowed": {
      stack: reference,
      settings: { allowPublic: true },
      finds: [],
    },
    "private subnets without an address": {
      stack: good,
      settings: { allowPublic: true },
      finds: [],
    },
    "public subnets without an address, from where no image is reached": {
      stack: inPublic(good),
      settings: { allowPublic: true },
      finds: ["job"],
    },
  },
});
