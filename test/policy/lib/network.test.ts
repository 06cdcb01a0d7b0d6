import assert from "node:assert/strict";
import { addressesOf, GroupRule, isInternet } from "../../../policy/lib/network.ts";

describe("networks", () => {
  it("are the internet where they are larger than any private one", () => {
    for (const range of ["0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/7", "::/0", "2000::/3", "fc00::/6"])
      assert.ok(isInternet(range), range);
    for (const range of ["10.0.0.0/8", "10.0.0.0/16", "fc00::/7", "fd00::/8", "pl-12345678"])
      assert.ok(!isInternet(range), range);
  });

  it("have a first and a last address, whatever stands beyond the prefix", () => {
    const range = { first: 0x0a010200, last: 0x0a0102ff };
    assert.deepEqual(addressesOf("10.1.2.0/24"), range);
    assert.deepEqual(addressesOf("10.1.2.77/24"), range);
    assert.deepEqual(addressesOf("255.255.255.255/32"), { first: 0xffffffff, last: 0xffffffff });
    assert.deepEqual(addressesOf("0.0.0.0/0"), { first: 0, last: 0xffffffff });
  });
});

describe("rules of security groups", () => {
  it("name their ranges in every form", () => {
    const rule = new GroupRule({
      cidrBlocks: ["10.0.0.0/8"],
      ipv6CidrBlocks: ["fd00::/8"],
      cidrIpv4: "10.1.0.0/16",
      cidrIpv6: "fd01::/16",
    });
    assert.deepEqual(rule.ranges, ["10.0.0.0/8", "fd00::/8", "10.1.0.0/16", "fd01::/16"]);
    assert.deepEqual(new GroupRule({}).ranges, []);
  });

  it("name their ports, and tell where they are all", () => {
    for (const [props, ports, all] of [
      [{ protocol: "-1", fromPort: 0, toPort: 0 }, "all", true],
      [{ ipProtocol: "all" }, "all", true],
      [{ protocol: "tcp", fromPort: 443, toPort: 443 }, "tcp/443-443", false],
      [{ ipProtocol: "udp", fromPort: 0, toPort: 65535 }, "udp/0-65535", true],
      [{ protocol: "tcp", fromPort: 1, toPort: 65535 }, "tcp/1-65535", true],
      [{ protocol: "tcp", fromPort: 1024, toPort: 65535 }, "tcp/1024-65535", false],
      [{ protocol: "tcp", fromPort: 10, toPort: 65535 }, "tcp/10-65535", false],
      [{ protocol: "tcp", fromPort: 0, toPort: 6553 }, "tcp/0-6553", false],
      [{ ipProtocol: "icmp" }, "icmp/0-0", false],
    ] as const) {
      const rule = new GroupRule(props);
      assert.deepEqual([rule.ports, rule.isAllPorts], [ports, all]);
    }
  });
});
