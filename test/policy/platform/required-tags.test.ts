import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { toPolicies } from "../../../policy/lib/pack.ts";
import { taggable, taggedServices } from "../../../policy/lib/taggable.ts";
import { ec2, s3, type Type } from "../../../policy/lib/types.ts";
import { requiredTags } from "../../../policy/rules/platform/required-tags.ts";
import { bucketStack, tags } from "../fixtures.ts";
import { analyze, change, fixture, testRule, UNKNOWN } from "../support.ts";

const good = bucketStack();
const tagged = (change_: object) =>
  change(good, s3.Bucket, { tags: { ...tags, ...change_ } }, "data");
/** No rule is about it alone. */
const objectType: Type<aws.s3.BucketObjectv2Args> = {
  token: "aws:s3/bucketObjectv2:BucketObjectv2",
};
const values = { Owner: "dse", Project: "infra" };
const untagged = (defaultTags: unknown) => [
  fixture(s3.Bucket, "data", { bucket: "data" }, { provider: { defaultTags } }),
];

testRule(requiredTags, {
  good,
  bad: {
    "no owner": { stack: tagged({ Owner: undefined }), settings: { values }, finds: ["data"] },
    "an empty project": { stack: tagged({ Project: "" }), settings: { values }, finds: ["data"] },
    "another environment": {
      stack: tagged({ Environment: "prod" }),
      finds: ["data"],
      says: /its tag Environment says prod; write tags: \{ Environment: "dev" \}, or environment: "prod" for required-tags/,
      beyondRepair: true,
    },
    "no tags": {
      stack: change(good, s3.Bucket, { tags: undefined }, "data"),
      settings: { values },
      finds: ["data", "data", "data"],
    },
    "no owner, and none to repair it with": {
      stack: tagged({ Owner: undefined }),
      finds: ["data"],
      beyondRepair: true,
    },
  },
  nearMiss: {
    "the provider's default tags": untagged({ tags }),
    "the provider's default tags, as the engine keeps them": untagged(JSON.stringify({ tags })),
    "a project's bucket": tagged({ Owner: "aae", Project: "water" }),
    "a type without tags": [fixture(ec2.SecurityGroupRule, "rule", { type: "ingress" }), ...good],
    "another tag that is not known": tagged({ Name: UNKNOWN }),
  },
  unknown: { "a required tag": tagged({ Owner: UNKNOWN }) },
  missing: {
    tags: {
      stack: change(good, s3.Bucket, { tags: undefined }, "data"),
      finds: ["data", "data", "data"],
      says: /^data: it has no tag Owner; write tags: \{ Owner: … \}\.$/,
    },
    "default tags of the provider": {
      stack: untagged(undefined),
      finds: ["data", "data", "data"],
    },
  },
  config: {
    "other keys": {
      stack: tagged({ Owner: undefined }),
      settings: { keys: ["Team"] },
      finds: ["data", "logs"],
    },
    "an environment that is not named like its stack": {
      stack: good,
      settings: { environment: "development" },
      finds: ["data", "logs"],
    },
    "values that are not asked for": { stack: good, settings: { values }, finds: [] },
  },
});

describe(`${requiredTags.name}, as a repair`, () => {
  it("leaves an object alone that is made of an archive, and reports it", async () => {
    const source = new pulumi.asset.AssetArchive({ "a.py": new pulumi.asset.StringAsset("") });
    const stack = [fixture(objectType, "plugins", { bucket: "data", key: "plugins.zip", source })];
    const { resources, reports } = await analyze(
      toPolicies({ platform: [requiredTags] }, "2026-01-15"),
      stack,
      { [requiredTags.name]: { enforcementLevel: "remediate", values } },
    );
    assert.deepEqual(resources, stack);
    assert.deepEqual(
      reports.map(({ resource, level }) => `${resource} ${level}`),
      ["plugins mandatory", "plugins mandatory", "plugins mandatory"],
    );
  });

  it("adds no tag of which it has no value", async () => {
    const stack = change(good, s3.Bucket, { tags: undefined }, "data");
    const { resources } = await analyze(
      toPolicies({ platform: [requiredTags] }, "2026-01-15"),
      stack,
      { [requiredTags.name]: { enforcementLevel: "remediate", keys: ["Team"], values } },
    );
    assert.deepEqual(resources, stack);
  });

  it("leaves the tags that are there", async () => {
    const stack = tagged({ Owner: "aae", Project: undefined, Environment: "prod" });
    const { resources } = await analyze(
      toPolicies({ platform: [requiredTags] }, "2026-01-15"),
      stack,
      {
        [requiredTags.name]: { enforcementLevel: "remediate", values },
      },
    );
    const repaired = resources.find(
      ({ type, name }) => type === s3.Bucket.token && name === "data",
    );
    assert.deepEqual(repaired?.props["tags"], {
      Owner: "aae",
      Project: "infra",
      Environment: "prod",
    });
  });
});

describe("taggable types", () => {
  it("are those of the SDK", () => {
    const services = aws as unknown as Record<string, Record<string, unknown>>;
    const expected = taggedServices.flatMap((service) =>
      Object.values(services[service] ?? {}).flatMap((type) => {
        const { __pulumiType: token } = type as { __pulumiType?: string };
        return typeof type === "function" && token && takesTags(type) ? [token] : [];
      }),
    );
    assert.deepEqual([...taggable].sort(), [...new Set(expected)].sort());
  });
});

/** A type with tags has those that the provider adds among its outputs. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- it is read, not called
const takesTags = (type: Function) => type.toString().includes('["tagsAll"] = ');
