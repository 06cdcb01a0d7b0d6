import { ec2 } from "../../../policy/lib/types.ts";
import { noAutoPublicIp } from "../../../policy/rules/network/subnet-no-auto-public-ip.ts";
import { networkStack } from "../fixtures.ts";
import { change, testRule, UNKNOWN } from "../support.ts";

const good = networkStack();
const subnet = (mapPublicIpOnLaunch: unknown, name: string) =>
  change(good, ec2.Subnet, { mapPublicIpOnLaunch }, name);

testRule(noAutoPublicIp, {
  good,
  bad: {
    "a public subnet": { stack: subnet(true, "public-a"), finds: ["public-a"] },
    "a private subnet": { stack: subnet(true, "private-a"), finds: ["private-a"] },
  },
  nearMiss: { "a public subnet with the flag off": subnet(false, "public-a") },
  unknown: { "the flag": subnet(UNKNOWN, "public-a") },
  missing: { "the flag": { stack: subnet(undefined, "public-a"), finds: [] } },
});
