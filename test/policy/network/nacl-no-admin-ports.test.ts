import { ec2 } from "../../../policy/lib/types.ts";
import { noAdminPorts } from "../../../policy/rules/network/nacl-no-admin-ports.ts";
import { entry, networkStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN, without } from "../support.ts";

const good = networkStack();
const Default = ec2.DefaultNetworkAcl;
const ingress = (...entries: object[]) => change(good, Default, { ingress: entries });
const ssh = entry(90, "deny", "tcp", 22);
const rdp = entry(91, "deny", "tcp", 3389);
const everything = entry(100, "allow", "-1", 0);
const own = fixture(ec2.NetworkAcl, "own", { ingress: UNKNOWN });
const rule = (name: string, props: object) =>
  fixture(
    ec2.NetworkAclRule,
    name,
    { protocol: "tcp", cidrBlock: "0.0.0.0/0", ...props },
    { refs: { networkAclId: own } },
  );

testRule(noAdminPorts, {
  good,
  bad: {
    "a default list that is not adopted": { stack: without(good, Default), finds: ["main"] },
    everything: { stack: ingress(everything), finds: ["main", "main"] },
    "everything before the denials": {
      stack: ingress({ ...everything, ruleNo: 80 }, ssh, rdp),
      finds: ["main", "main"],
    },
    "SSH alone": {
      stack: ingress(rdp, everything),
      finds: ["main"],
      says: /its rule 100 lets 0\.0\.0\.0\/0 in to SSH; write a rule below 100 that denies 22 from 0\.0\.0\.0\/0\.$/,
    },
    "SSH, by the number of TCP": { stack: ingress(entry(1, "allow", "6", 22)), finds: ["main"] },
    "SSH, in a range of ports": {
      stack: ingress({ ...entry(1, "allow", "tcp", 20), toPort: 30 }),
      finds: ["main"],
    },
    "everyone by IPv6": {
      stack: ingress(ssh, rdp, everything, {
        ...everything,
        ruleNo: 101,
        cidrBlock: "",
        ipv6CidrBlock: "::/0",
      }),
      finds: ["main", "main"],
    },
    "SSH, denied to some alone": {
      stack: ingress({ ...ssh, cidrBlock: "192.0.2.0/24" }, rdp, everything),
      finds: ["main"],
    },
    "SSH, denied to half of the internet": {
      stack: ingress({ ...ssh, cidrBlock: "0.0.0.0/1" }, rdp, everything),
      finds: ["main"],
    },
    "SSH, allowed to half of the internet": {
      stack: ingress({ ...entry(80, "allow", "tcp", 22), cidrBlock: "0.0.0.0/1" }, ssh, rdp),
      finds: ["main"],
    },
    "everything, by its name": {
      stack: ingress({ ...everything, protocol: "all" }),
      finds: ["main", "main"],
    },
    "SSH, by a rule of its own": {
      stack: [
        ...good,
        own,
        rule("ssh", { ruleNumber: 1, ruleAction: "allow", fromPort: 22, toPort: 22 }),
      ],
      finds: ["own"],
    },
  },
  nearMiss: {
    "denials after everything, by lower numbers": ingress(everything, rdp, ssh),
    "SSH from a private network": ingress({
      ...entry(1, "allow", "tcp", 22),
      cidrBlock: "10.0.0.0/8",
    }),
    "SSH by UDP": ingress(entry(1, "allow", "udp", 22)),
    "another port": ingress(entry(1, "allow", "tcp", 443)),
    "another port, by a rule of its own": [
      ...good,
      own,
      rule("https", { ruleNumber: 1, ruleAction: "allow", fromPort: 443, toPort: 443 }),
    ],
    "everything out": change(good, Default, { egress: [everything] }),
    "everything out, by a rule of its own": [
      ...good,
      own,
      rule("out", { ruleNumber: 1, ruleAction: "allow", protocol: "-1", egress: true }),
    ],
    "rules of its own that deny first": [
      ...good,
      own,
      rule("all", { ruleNumber: 2, ruleAction: "allow", protocol: "-1" }),
      rule("none", { ruleNumber: 1, ruleAction: "deny", protocol: "-1" }),
    ],
  },
  unknown: { "a range": ingress({ ...everything, cidrBlock: UNKNOWN }) },
  missing: {
    "rules, which leaves none": { stack: change(good, Default, { ingress: undefined }), finds: [] },
  },
});
