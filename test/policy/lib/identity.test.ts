import assert from "node:assert/strict";
import { allowedBy, identityStatements, isServiceWildcard } from "../../../policy/lib/identity.ts";
import type { Resource } from "../../../policy/lib/resource.ts";
import { iam, type Type } from "../../../policy/lib/types.ts";
import { document } from "../fixtures.ts";
import { fixture } from "../support.ts";

const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" };
const policy = document(read, { ...read, Effect: "Deny" });
// A fixture lacks what the engine alone adds, and nothing reads here.
const resource = (type: Type<unknown>, props: object) =>
  fixture(type, "one", props) as unknown as Resource;
const effects = (type: Type<unknown>, props: object) =>
  identityStatements(resource(type, props)).map(({ effect }) => effect);

describe("policies of identities", () => {
  for (const [name, type] of Object.entries({
    GroupPolicy: iam.GroupPolicy,
    Policy: iam.Policy,
    RolePolicy: iam.RolePolicy,
    UserPolicy: iam.UserPolicy,
  }))
    it(`are in a ${name}`, () => {
      assert.deepEqual(effects(type, { policy }), ["Allow", "Deny"]);
      assert.equal(allowedBy(resource(type, { policy })).length, 1);
    });

  it("are in a role itself, one or several of them, and some without a document", () => {
    const inlinePolicies = [{ name: "none" }, { policy }, { policy: JSON.stringify(policy) }];
    assert.deepEqual(effects(iam.Role, { inlinePolicies }), ["Allow", "Deny", "Allow", "Deny"]);
    assert.deepEqual(effects(iam.Role, {}), []);
  });

  it("are not who may assume a role, and not in what only names one", () => {
    assert.deepEqual(effects(iam.Role, { assumeRolePolicy: policy }), []);
    assert.deepEqual(effects(iam.RolePolicyAttachment, { policy }), []);
  });

  it("allow all of a service where nothing but wildcards follows it", () => {
    for (const action of ["*", "s3:*", "s3:?*", "s3:**", "*:*"])
      assert.ok(isServiceWildcard(action), action);
    for (const action of ["s3:Get*", "s3:*Object", "s3:G?", "s3:GetObject", "s3:"])
      assert.ok(!isServiceWildcard(action), action);
  });
});
