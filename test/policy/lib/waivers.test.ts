import assert from "node:assert/strict";
import { daysLeft, hasExpired, matches } from "../../../policy/lib/waivers.ts";

const urn = "urn:pulumi:dev::dse::dse:platform:Bucket$aws:s3/bucket:Bucket::scratch";
const waiver = (finding: string) => ({ finding, reason: "", owner: "", expires: "2026-06-30" });

describe("waivers", () => {
  it("match a URN, or a pattern of one", () => {
    assert.ok(matches(waiver(urn), urn, undefined));
    assert.ok(matches(waiver("*aws:s3/bucket:Bucket::scratch"), urn, undefined));
    assert.ok(matches(waiver("urn:pulumi:*::dse::*::scratch"), urn, undefined));
    assert.ok(!matches(waiver("*::scr"), urn, undefined));
    assert.ok(!matches(waiver("*::scratchy"), urn, undefined));
    // A dot is a dot, and a dollar a dollar.
    assert.ok(!matches(waiver(urn.replace("$", ".")), urn, undefined));
  });

  it("match all findings of a resource, or the one that they name", () => {
    assert.ok(matches(waiver("*::scratch"), urn, "Read"));
    assert.ok(matches(waiver("*::scratch#Read"), urn, "Read"));
    assert.ok(matches(waiver("*::scratch#R*"), urn, "Read"));
    assert.ok(!matches(waiver("*::scratch#Write"), urn, "Read"));
    assert.ok(!matches(waiver("*::scratch#Read"), urn, undefined));
    assert.ok(!matches(waiver("*::scratch#*"), urn, undefined));
  });

  it("hold to the end of their last day", () => {
    assert.ok(!hasExpired(waiver(urn), "2026-06-30"));
    assert.ok(hasExpired(waiver(urn), "2026-07-01"));
    assert.equal(daysLeft(waiver(urn), "2026-05-31"), 30);
  });
});
