import assert from "node:assert/strict";
import { statementsOf } from "../../../policy/lib/document.ts";
import { allows, resourcesOf } from "../../../policy/lib/grants.ts";

const statement = (given: object) => {
  const [one] = statementsOf({ Statement: { Effect: "Allow", ...given } });
  return one ?? assert.fail("there is none");
};
const read = "s3:GetObject";

describe("what a statement grants", () => {
  it("is the actions that it names, by wildcards too", () => {
    for (const Action of [read, "s3:Get*", "*", ["s3:PutObject", "S3:getobject"]])
      assert.ok(allows(statement({ Action }), read), String(Action));
    for (const Action of ["s3:PutObject", "s3:Get", []])
      assert.ok(!allows(statement({ Action }), read), String(Action));
    assert.ok(!allows(statement({ Effect: "Deny", Action: "*" }), read));
  });

  it("is all others than those that it excepts", () => {
    assert.ok(allows(statement({ NotAction: "iam:*" }), read));
    assert.ok(allows(statement({ NotAction: ["iam:*", "kms:*"] }), read));
    for (const NotAction of ["s3:*", ["iam:*", "s3:Get*"]])
      assert.ok(!allows(statement({ NotAction }), read), String(NotAction));
    assert.ok(!allows(statement({ Effect: "Deny", NotAction: "iam:*" }), read));
  });

  it("is about the resources that it names, or about any but some", () => {
    assert.deepEqual(resourcesOf(statement({ Resource: "arn:aws:s3:::data/*" })), [
      "arn:aws:s3:::data/*",
    ]);
    assert.deepEqual(resourcesOf(statement({ NotResource: "arn:aws:s3:::data/*" })), ["*"]);
  });
});
