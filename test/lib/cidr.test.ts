import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, overlap, parseCidr } from "../../components/lib/cidr.ts";
import { relationProblems } from "../../config/relations.ts";
import { runs } from "../support/fuzz.ts";

const address = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join(".");
const anyCidr = fc
  .record({ prefix: fc.integer({ min: 0, max: 32 }), bits: fc.nat(0xffffffff) })
  .map(({ prefix, bits }) => {
    const size = 2 ** (32 - prefix);
    return `${address(bits - (bits % size))}/${String(prefix)}`;
  });
const parsed = anyCidr.map((text) => {
  const cidr = parseCidr(text);
  assert.ok(cidr, text);
  return cidr;
});

describe("cidr", () => {
  for (const bad of [
    "",
    "10.0.0.0",
    "10.0.0/8",
    "10.0.0.0/33",
    "256.0.0.0/8",
    "10.0.0.1/24",
    "a/8",
    "010.0.0.0/8",
    "10.0.0.0/08",
    "10.0.0.0/8 ",
    " 10.0.0.0/8",
  ])
    it(`does not parse "${bad}"`, () => {
      assert.equal(parseCidr(bad), undefined);
    });

  it("parses the first and the last address", () => {
    assert.deepEqual(parseCidr("10.0.1.0/24"), { first: 0x0a000100, last: 0x0a0001ff, prefix: 24 });
    assert.deepEqual(parseCidr("255.255.255.255/32")?.last, 0xffffffff);
  });

  it("covers as many addresses as its prefix leaves", () => {
    fc.assert(
      fc.property(parsed, (c) => c.last - c.first + 1 === 2 ** (32 - c.prefix)),
      runs(100),
    );
  });

  it("overlaps exactly where one contains the other", () => {
    fc.assert(
      fc.property(parsed, parsed, (a, b) => overlap(a, b) === (contains(a, b) || contains(b, a))),
      runs(100),
    );
  });

  it("overlaps a range that shares one address with it", () => {
    const [one, more] = [parseCidr("10.0.2.0/32"), parseCidr("10.0.2.0/31")];
    assert.ok(one && more && overlap(one, one) && overlap(one, more) && overlap(more, one));
  });

  it("does not overlap its neighbour", () => {
    const [a, b] = [parseCidr("10.0.2.0/24"), parseCidr("10.0.3.0/24")];
    assert.ok(a && b && !overlap(a, b));
  });

  // By the digits of the prefix: another way than the one that is tested.
  const bits = (cidr: string) => {
    const [address_ = "", prefix] = cidr.split("/");
    const octets = address_.split(".").map((octet) => Number(octet).toString(2).padStart(8, "0"));
    return octets.join("").slice(0, Number(prefix));
  };
  const plan = fc.array(
    fc
      .record({ prefix: fc.integer({ min: 16, max: 28 }), low: fc.nat(0x3ffff) })
      .map(({ prefix, low }) => {
        const size = 2 ** (32 - prefix);
        return `${address(0x0a000000 + low - (low % size))}/${prefix}`;
      }),
    { minLength: 4, maxLength: 4 },
  );

  it("of subnets are refused exactly where two share an address, or one leaves the VPC", () => {
    const property = fc.property(plan, ([a = "", b = "", c = "", d = ""]) => {
      const given = {
        vpcCidr: "10.0.0.0/16",
        publicSubnetCidrs: [a, b],
        privateSubnetCidrs: [c, d],
      };
      const all = [a, b, c, d].map(bits);
      const wrong = all.flatMap((one, i) => [
        ...(one.startsWith(bits(given.vpcCidr)) ? [] : ["outside"]),
        ...all.slice(0, i).filter((other) => one.startsWith(other) || other.startsWith(one)),
      ]);
      assert.equal(relationProblems(given).length, wrong.length);
    });
    fc.assert(property, runs(200));
  });
});
