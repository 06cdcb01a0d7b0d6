import assert from "node:assert/strict";
import { type Price, pricedRegions, pricesOf } from "../../cost/prices.ts";

for (const region of pricedRegions)
  describe(`prices of ${region}`, () => {
    const table = Object.entries(pricesOf(region) ?? {}) as [string, Price][];

    it("are there", () => {
      assert.ok(table.length >= 30);
    });

    for (const [key, price] of table)
      it(`${key} says where it comes from, and from when`, () => {
        assert.ok(price.usd > 0 && price.what && price.unit);
        const { protocol, hostname } = new URL(price.source);
        assert.equal(protocol, "https:");
        assert.match(hostname, /(^|\.)amazon(aws)?\.com$/);
        assert.ok(price.readIn.startsWith("https://") || price.readIn.length > 10);
        assert.match(price.read, /^\d{4}-\d{2}-\d{2}$/);
        assert.ok(new Date(price.read) <= new Date());
        if (price.asOf !== undefined) {
          assert.match(price.asOf, /^\d{4}(-\d{2}){0,2}$/);
          assert.ok(price.asOf <= price.read, "is not from after its reading");
        }
      });

    for (const [key, { verified, regionRead, note }] of table)
      it(`${key} is verified only if it was read for ${region}`, () => {
        if (verified) assert.ok([region, "all"].includes(regionRead), regionRead);
        else assert.ok(note, "says why it is not");
      });
  });

describe("prices", () => {
  it("are known for the platform's region", () => {
    assert.ok(pricedRegions.includes("us-west-2"));
  });

  it("are unknown elsewhere, whatever the region is called", () => {
    for (const region of ["eu-west-1", "", "constructor", "__proto__"])
      assert.equal(pricesOf(region), undefined, region);
  });
});
