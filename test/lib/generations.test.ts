import assert from "node:assert/strict";
import { generationName, type Immutables } from "../../components/lib/generations.ts";

describe("generations", () => {
  const first = { role: "custom", subnets: "a,b" };

  it("have the plain name while they are as the first, whatever the order", () => {
    assert.equal(generationName("queue", first, { ...first }), "queue");
    assert.equal(generationName("queue", first, { subnets: "a,b", role: "custom" }), "queue");
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

  it("have the same name again when they are as they were before", () => {
    const now = { role: "custom", subnets: "c" };
    assert.equal(generationName("queue", first, now), generationName("queue", { role: "x" }, now));
  });
});
