import { ec2 } from "../../../policy/lib/types.ts";
import { defaultGroupClosed } from "../../../policy/rules/network/default-sg-closed.ts";
import { networkStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN, without } from "../support.ts";

const good = networkStack();
const Group = ec2.DefaultSecurityGroup;
const rule = { protocol: "-1", fromPort: 0, toPort: 0, self: true };
const other = fixture(ec2.Vpc, "other", { cidrBlock: "10.1.0.0/16" });

testRule(defaultGroupClosed, {
  good,
  bad: {
    "a group that is not adopted": { stack: without(good, Group), finds: ["main"] },
    "only another VPC's group": { stack: [...good, other], finds: ["other"] },
    "a rule of ingress": { stack: change(good, Group, { ingress: [rule] }), finds: ["main"] },
    "rules of both directions": {
      stack: change(good, Group, { ingress: [rule], egress: [rule] }),
      finds: ["main", "main"],
    },
  },
  nearMiss: {
    "lists that the program left out": change(good, Group, { ingress: UNKNOWN, egress: UNKNOWN }),
    "rules of a group of one's own": [
      ...good,
      fixture(ec2.SecurityGroup, "jobs", { ingress: [rule] }),
    ],
  },
  unknown: {},
  missing: {
    lists: { stack: change(good, Group, { ingress: undefined, egress: undefined }), finds: [] },
  },
});
