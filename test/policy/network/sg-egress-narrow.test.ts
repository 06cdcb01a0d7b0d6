import { ec2, vpc } from "../../../policy/lib/types.ts";
import { egressNarrow } from "../../../policy/rules/network/sg-egress-narrow.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const group = (egress: object) => [fixture(ec2.SecurityGroup, "group", { egress: [egress] })];
const rule = (props: object) => [fixture(ec2.SecurityGroupRule, "rule", props)];
const egressRule = (props: object) => [fixture(vpc.SecurityGroupEgressRule, "rule", props)];
const everyone = { cidrBlocks: ["0.0.0.0/0"] };
const all = { protocol: "-1", fromPort: 0, toPort: 0 };
const https = { protocol: "tcp", fromPort: 443, toPort: 443 };

testRule(egressNarrow, {
  good: group({ ...https, ...everyone }),
  bad: {
    "everything to everyone": { stack: group({ ...all, ...everyone }), finds: ["group"] },
    "everything to everyone, as a word": {
      stack: group({ ...all, protocol: "all", ...everyone }),
      finds: ["group"],
    },
    "everything to everyone by IPv6": {
      stack: group({ ...all, ipv6CidrBlocks: ["::/0"] }),
      finds: ["group"],
    },
    "everything to everyone in halves": {
      stack: group({ ...all, cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }),
      finds: ["group", "group"],
    },
    "every port of TCP": {
      stack: group({ protocol: "tcp", fromPort: 0, toPort: 65535, ...everyone }),
      finds: ["group"],
    },
    "everything, by a rule": {
      stack: rule({ type: "egress", ...all, ...everyone }),
      finds: ["rule"],
    },
    "everything, by an egress rule": {
      stack: egressRule({ ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }),
      finds: ["rule"],
    },
  },
  nearMiss: {
    "one port to everyone": group({ ...https, ...everyone }),
    "everything to a private network": group({ ...all, cidrBlocks: ["10.0.0.0/8"] }),
    "everything in": [fixture(ec2.SecurityGroup, "group", { ingress: [{ ...all, ...everyone }] })],
    "everything in, by a rule": rule({ type: "ingress", ...all, ...everyone }),
    "one port, by an egress rule": egressRule({
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "0.0.0.0/0",
    }),
  },
  unknown: {
    "a range": group({ ...all, cidrBlocks: [UNKNOWN] }),
    "the ports to everyone": group({ ...https, toPort: UNKNOWN, ...everyone }),
  },
  missing: {
    egress: { stack: [fixture(ec2.SecurityGroup, "group", {})], finds: [] },
    "a range": { stack: group({ ...all, self: true }), finds: [] },
  },
});
