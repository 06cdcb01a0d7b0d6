import { ec2, vpc } from "../../../policy/lib/types.ts";
import { described } from "../../../policy/rules/network/sg-described.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const description = "Jobs reach the internet";
const group = (props: object) => [
  fixture(ec2.SecurityGroup, "group", { description, ingress: [], egress: [], ...props }),
];
const rule = (props: object) => [
  fixture(ec2.SecurityGroupRule, "rule", { type: "ingress", ...props }),
];

testRule(described, {
  good: group({ egress: [{ description }] }),
  bad: {
    "an empty description": { stack: group({ description: "" }), finds: ["group"] },
    "the provider's description": {
      stack: group({ description: "Managed by Pulumi" }),
      finds: ["group"],
    },
    "another tool's description": {
      stack: group({ description: "Managed by Terraform" }),
      finds: ["group"],
    },
    "rules of both directions without one": {
      stack: group({ ingress: [{ self: true }], egress: [{ description }, { self: true }] }),
      finds: ["group", "group"],
    },
    "a description of blanks": { stack: group({ description: "  " }), finds: ["group"] },
    "a rule with an empty one": { stack: rule({ description: "" }), finds: ["rule"] },
    "an egress rule without one": {
      stack: [fixture(vpc.SecurityGroupEgressRule, "rule", {})],
      finds: ["rule"],
    },
  },
  nearMiss: {
    "a description of the separate rule": rule({ description }),
    "a description that begins alike": group({ description: "Manages jobs" }),
    "a description of one word": group({ description: "Jobs" }),
    "a description of who manages what": group({ description: "Jobs managed by the data team" }),
  },
  unknown: { "the description": group({ description: UNKNOWN }) },
  missing: {
    "a description": { stack: group({ description: undefined }), finds: ["group"] },
    rules: { stack: [fixture(ec2.SecurityGroup, "group", { description })], finds: [] },
  },
});
