import { ec2, vpc } from "../../../policy/lib/types.ts";
import { noPublicIngress } from "../../../policy/rules/network/sg-no-public-ingress.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const group = (...ingress: object[]) => [fixture(ec2.SecurityGroup, "group", { ingress })];
const rule = (props: object) => [fixture(ec2.SecurityGroupRule, "rule", props)];
const ingressRule = (props: object) => [fixture(vpc.SecurityGroupIngressRule, "rule", props)];
const everyone = { cidrBlocks: ["0.0.0.0/0"] };

testRule(noPublicIngress, {
  good: group({ cidrBlocks: ["10.0.0.0/8"] }),
  bad: {
    "everyone, inline": { stack: group(everyone), finds: ["group"] },
    "everyone by IPv6, inline": { stack: group({ ipv6CidrBlocks: ["::/0"] }), finds: ["group"] },
    "everyone in two halves": {
      stack: group({ cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }),
      finds: ["group", "group"],
    },
    "everyone in ranges larger than any private network": {
      stack: group({ cidrBlocks: ["0.0.0.0/2", "64.0.0.0/7"], ipv6CidrBlocks: ["2000::/3"] }),
      finds: ["group", "group", "group"],
    },
    "everyone, by a rule": { stack: rule({ type: "ingress", ...everyone }), finds: ["rule"] },
    "everyone, by an ingress rule": {
      stack: ingressRule({ cidrIpv4: "0.0.0.0/0" }),
      finds: ["rule"],
    },
    "everyone by IPv6, by an ingress rule": {
      stack: ingressRule({ cidrIpv6: "::/0" }),
      finds: ["rule"],
    },
  },
  nearMiss: {
    "the group itself": group({ self: true }),
    "everyone, in egress": [fixture(ec2.SecurityGroup, "group", { egress: [everyone] })],
    "everyone, by a rule of egress": rule({ type: "egress", ...everyone }),
    "a private network": group({ cidrBlocks: ["10.0.0.0/8"], ipv6CidrBlocks: ["fc00::/7"] }),
    "a range of egress that is not known": [
      fixture(ec2.SecurityGroup, "group", { ingress: [], egress: [{ cidrBlocks: [UNKNOWN] }] }),
    ],
  },
  unknown: {
    "a range": group({ cidrBlocks: [UNKNOWN] }),
    "the range of an ingress rule": ingressRule({ cidrIpv4: UNKNOWN }),
  },
  missing: {
    ingress: { stack: [fixture(ec2.SecurityGroup, "group", {})], finds: [] },
    "a range in an ingress rule": { stack: ingressRule({ prefixListId: "pl-1" }), finds: [] },
  },
});
