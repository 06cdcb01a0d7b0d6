import { ec2 } from "../../../policy/lib/types.ts";
import { cidrDisjoint } from "../../../policy/rules/network/cidr-disjoint.ts";
import { networkStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN } from "../support.ts";

const good = networkStack();
const subnet = (cidrBlock: unknown, name = "private-a") =>
  change(good, ec2.Subnet, { cidrBlock }, name);
const main = good.find(({ type }) => type === ec2.Vpc.token);
if (!main) throw new Error("no VPC");
const second = (cidrBlock: string) =>
  fixture(ec2.VpcIpv4CidrBlockAssociation, "more", { cidrBlock }, { refs: { vpcId: main } });
const other = fixture(ec2.Vpc, "other", { cidrBlock: "10.0.0.0/16" });

testRule(cidrDisjoint, {
  good,
  bad: {
    "a range around another's": { stack: subnet("10.0.2.0/23"), finds: ["private-a"] },
    "a range that begins before the VPC": {
      stack: change(good, ec2.Vpc, { cidrBlock: "10.0.1.0/24" }).filter(
        ({ type, name }) => type !== ec2.Subnet.token || name === "private-a",
      ),
      finds: ["private-a"],
    },
    "a range before the VPC": {
      stack: change(good, ec2.Vpc, { cidrBlock: "10.1.0.0/16" }).filter(
        ({ type, name }) => type !== ec2.Subnet.token || name === "private-a",
      ),
      finds: ["private-a"],
    },
    "one address of another's range": {
      stack: change(subnet("10.0.1.255/32"), ec2.Subnet, { cidrBlock: "10.0.1.0/24" }, "public-b"),
      finds: ["private-a"],
    },
    "an address that is another's range": {
      stack: change(subnet("10.0.2.0/24"), ec2.Subnet, { cidrBlock: "10.0.2.255/32" }, "public-b"),
      finds: ["private-a"],
      says: /its range 10\.0\.2\.0\/24 overlaps 10\.0\.2\.255\/32 of public-b;/,
    },
    "another's range": { stack: subnet("10.0.1.0/24"), finds: ["private-a"] },
    "a range outside the VPC": { stack: subnet("10.1.0.0/24"), finds: ["private-a"] },
    "a range larger than the VPC": {
      stack: subnet("10.0.0.0/15"),
      finds: Array(4).fill("private-a"),
    },
    "a range outside the VPC's second one": {
      stack: [...subnet("10.2.0.0/24"), second("10.1.0.0/16")],
      finds: ["private-a"],
      says: /outside the VPC's 10\.0\.0\.0\/16, 10\.1\.0\.0\/16;/,
    },
  },
  nearMiss: {
    "the ranges next to it": subnet("10.0.4.0/22"),
    "the last range of the VPC": subnet("10.0.255.0/24"),
    "a range in the VPC's second one": [...subnet("10.1.0.0/24"), second("10.1.0.0/16")],
    "the same range in another VPC": [
      ...good,
      other,
      fixture(ec2.Subnet, "same", { cidrBlock: "10.0.2.0/24" }, { refs: { vpcId: other } }),
    ],
    "a subnet of a VPC that stands elsewhere": [
      ...good,
      fixture(ec2.Subnet, "elsewhere", {
        cidrBlock: "10.0.2.0/24",
        vpcId: "vpc-0123456789abcdef0",
      }),
    ],
    "bits beyond the prefix, which AWS takes away": subnet("10.0.2.77/24"),
  },
  unknown: { "a range": subnet(UNKNOWN) },
  missing: {
    "a range, with IPv6 alone": { stack: subnet(undefined), finds: [] },
    "another's range, with IPv6 alone": { stack: subnet(undefined, "public-b"), finds: [] },
  },
});
