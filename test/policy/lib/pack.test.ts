import type { ResourceValidationPolicy } from "@pulumi/policy";
import assert from "node:assert/strict";
import { toPolicies } from "../../../policy/lib/pack.ts";
import { type Finding, resourceRule, type Rule, stackRule } from "../../../policy/lib/rule.ts";
import { s3, type Type } from "../../../policy/lib/types.ts";
import { analyze, type Fixture, fixture, UNKNOWN } from "../support.ts";

const metadata = {
  name: "s3-named",
  description: "Buckets have a name.",
  severity: "low",
  enforcementLevel: "mandatory",
  controls: {},
  remediationSteps: "Give it one.",
  url: "https://example.com",
} as const;
const types = [s3.Bucket, s3.BucketAcl] as const;
const unnamed = { wrong: "it has no name", write: "bucket" };
function* check({ props }: { readonly props: { readonly bucket?: string } }): Iterable<Finding> {
  if (!props.bucket) yield unnamed;
}
const ofResource = resourceRule({
  ...metadata,
  types,
  check,
  remediate({ props }) {
    props.bucket = "named";
  },
});
const ofStack = stackRule({ ...metadata, types, check });
const mistaken = () => {
  throw new TypeError("a rule's own mistake");
};

const judge = (rule: Rule, stack: readonly Fixture[], config: object = {}) =>
  analyze(toPolicies({ test: [rule] }, "2026-01-15"), stack, { [rule.name]: { ...config } });
const said = async (rule: Rule, ...stack: Fixture[]) =>
  (await judge(rule, stack)).reports.map(({ message }) => message);

describe("rules as the SDK runs them", () => {
  it("say what is wrong with one resource though another is not known yet", async () => {
    const lines = await said(
      ofStack,
      fixture(s3.Bucket, "later", { bucket: UNKNOWN }),
      fixture(s3.Bucket, "none", {}),
    );
    assert.equal(lines.length, 2);
    assert.match(lines.join("\n"), /^none: it has no name; write bucket\.$/m);
    assert.match(lines.join("\n"), /can't be known during preview$/m);
  });

  it("end the run by a mistake of their own, which is no violation and nothing unknown", async () => {
    for (const rule of [
      resourceRule({ ...metadata, types, check: mistaken }),
      stackRule({ ...metadata, types, check: mistaken }),
    ])
      await assert.rejects(judge(rule, [fixture(s3.Bucket, "data", {})]), TypeError);
  });

  it("say which types they are about, where there is none of them, by one error each", () => {
    const reason = "It is about aws:s3/bucket:Bucket, aws:s3/bucketAcl:BucketAcl.";
    const none = fixture(s3.BucketLogging, "logging", {});
    const reasons: unknown[] = [];
    const notApplicable = (given?: string): never => {
      reasons.push(given);
      throw new RangeError();
    };
    // Of what the SDK hands over, all that is read.
    const given = { ...none, getConfig: () => ({}), resources: [none], notApplicable } as never;
    let asked = 0;
    for (const policy of toPolicies({ test: [ofResource, ofStack] }, "2026-01-15")) {
      for (const run of [
        "validateResource" in policy && policy.validateResource,
        "remediateResource" in policy && policy.remediateResource,
        "validateStack" in policy && policy.validateStack,
      ])
        if (typeof run === "function") {
          assert.throws(() => run(given, () => assert.fail()), RangeError);
          asked++;
        }
    }
    assert.equal(asked, 3);
    assert.deepEqual(reasons, [reason, reason]);
  });

  it("say three of the types that they are about, and how many more there are", () => {
    const { Bucket, BucketAcl, BucketLogging, BucketPolicy, BucketVersioning } = s3;
    const reasonOf = (...types: readonly Type<object>[]) => {
      const rule = resourceRule({ ...metadata, types, check: () => [] });
      const reasons: string[] = [];
      const args = {
        ...fixture(BucketPolicy, "policy", {}),
        getConfig: () => ({}),
        notApplicable(reason: string): never {
          reasons.push(reason);
          throw new RangeError();
        },
      };
      const [policy] = toPolicies({ test: [rule] }, "2026-01-15") as ResourceValidationPolicy[];
      const run = policy?.validateResource as ((given: object) => void) | undefined;
      assert.throws(() => run?.(args), RangeError);
      return reasons.join();
    };
    const three = [Bucket, BucketAcl, BucketLogging];
    const list = three.map(({ token }) => token).join(", ");
    assert.equal(reasonOf(...three), `It is about ${list}.`);
    assert.equal(reasonOf(...three, BucketVersioning), `It is about ${list} and 1 more.`);
  });

  it("repair what is wrong, and only what they are about", async () => {
    const [named, none, other] = [
      fixture(s3.Bucket, "data", { bucket: "data" }),
      fixture(s3.BucketAcl, "none", { acl: "private" }),
      fixture(s3.BucketLogging, "logging", {}),
    ];
    const stack = [named, none, other];
    const { resources, reports } = await judge(ofResource, stack, {
      enforcementLevel: "remediate",
    });
    assert.deepEqual(
      resources.map(({ props }) => props),
      [{ bucket: "data" }, { acl: "private", bucket: "named" }, {}],
    );
    assert.deepEqual(reports, []);
  });

  it("read their settings again only where these are others", () => {
    const waiver = {
      finding: "urn::a",
      reason: "Until the old one ends.",
      owner: "a",
      expires: "2027-01-01",
    };
    const given = () => ({ waivers: [waiver] });
    const read = ofResource.readConfig(given());
    assert.equal(ofResource.readConfig(given()), read);
    assert.deepEqual(ofResource.readConfig({}).waivers, []);
    assert.deepEqual(ofResource.readConfig(given()), read);
  });

  it("refuse settings that they do not have, and name all of them", async () => {
    await assert.rejects(
      judge(ofStack, [], { nmae: 1, waivers: [{ finding: "*::data" }] }),
      /^Error: s3-named\.waivers\.0\.reason: .*\ns3-named\.waivers\.0\.owner: .*\n.*\ns3-named: Unrecognized key: "nmae"$/s,
    );
  });
});
