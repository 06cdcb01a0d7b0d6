import assert from "node:assert/strict";
import { unknownCheckingProxy } from "@pulumi/policy";
import { isGiven, known } from "../../../policy/lib/unknown.ts";

/** What the SDK takes for an unknown text. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const props = (unknownCheckingProxy as (given: object) => { given: string; later: string })({
  given: "vpc-1",
  later: unknown,
});
const mistake = () => {
  throw new TypeError("a rule's own mistake");
};

describe("what a preview does not know", () => {
  it("is no value, and is given all the same", () => {
    assert.deepEqual([known(() => props.given), isGiven(() => props.given)], ["vpc-1", true]);
    assert.deepEqual([known(() => props.later), isGiven(() => props.later)], [undefined, true]);
    assert.deepEqual(
      [known((): string | undefined => undefined), isGiven(() => "")],
      [undefined, false],
    );
  });

  it("is not what goes wrong otherwise", () => {
    assert.throws(() => known(mistake), TypeError);
    assert.throws(() => isGiven(mistake), TypeError);
  });
});
