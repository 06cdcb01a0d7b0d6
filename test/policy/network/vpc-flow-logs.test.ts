import { ec2 } from "../../../policy/lib/types.ts";
import { flowLogs } from "../../../policy/rules/network/vpc-flow-logs.ts";
import { networkStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN, without } from "../support.ts";

const good = networkStack();
const traffic = (trafficType: unknown) => change(good, ec2.FlowLog, { trafficType });

testRule(flowLogs, {
  good,
  bad: {
    "no flow log": {
      stack: without(good, ec2.FlowLog),
      finds: ["main"],
      says: /it has no flow log;/,
    },
    "a flow log of what is accepted alone": {
      stack: traffic("ACCEPT"),
      finds: ["main"],
      says: /leaves out what is refused;/,
    },
    "only another VPC's flow log": {
      stack: [...good, fixture(ec2.Vpc, "other", {})],
      finds: ["other"],
    },
  },
  nearMiss: {
    "a flow log of what is refused": traffic("REJECT"),
    "a flow log to S3": change(good, ec2.FlowLog, { logDestinationType: "s3" }),
    "two that are everything together": [
      ...traffic("ACCEPT"),
      ...traffic("REJECT").filter(({ type }) => type === ec2.FlowLog.token),
    ],
  },
  unknown: { "the traffic": traffic(UNKNOWN) },
  missing: { "the traffic": { stack: traffic(undefined), finds: ["main"] } },
});
