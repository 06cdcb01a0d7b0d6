import assert from "node:assert/strict";
import fc from "fast-check";
import { generationName, type Immutables } from "../../components/lib/generations.ts";

import { runs } from "../support/fuzz.ts";

describe("generations", () => {
  const first = { role: "custom", subnets: "a,b" };

  it("have the plain name while they are as the first, whatever the order", () => {
    assert.equal(generationName("queue", first, { ...first }), "queue");
    assert.equal(generationName("queue", first, { subnets: "a,b", role: "custom" }), "queue");
  });

  it("have one name in any order, and another with any other value", () => {
    const immutables = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string(), {
      minKeys: 1,
    });
    const property = fc.property(immutables, fc.nat(), (now, i) => {
      const name = generationName("queue", first, now);
      const reversed = Object.fromEntries(Object.entries(now).reverse());
      assert.equal(generationName("queue", first, reversed), name);
      const keys = Object.keys(now);
      const key = keys[i % keys.length] ?? "";
      const other = generationName("queue", first, { ...now, [key]: `${now[key] ?? ""}x` });
      assert.notEqual(other, name);
    });
    fc.assert(property, runs(100));
  });

  it("have a name that tells what they are from what others are", () => {
    const others: Immutables[] = [
      { role: "custom", subnets: "a,c" },
      { role: "custom" },
      { role: "linked", subnets: "a,b" },
      { subnets: "custom", role: "a,b" },
    ];
    const later = others.map((now) => generationName("queue", first, now));
    for (const name of later) assert.match(name, /^queue-[0-9a-f]{8}$/);
    assert.equal(new Set(later).size, later.length);
  });

  it("have names that stay: another would replace what has it", () => {
    const now = { vpc: "vpc-b", role: "custom", subnets: "c" };
    assert.equal(generationName("queue", first, now), "queue-8f93b1d3");
  });

  it("have the same name again when they are as they were before", () => {
    const now = { role: "custom", subnets: "c" };
    assert.equal(generationName("queue", first, now), generationName("queue", { role: "x" }, now));
  });
});
