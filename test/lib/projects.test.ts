import assert from "node:assert/strict";
import fc from "fast-check";
import { Arns } from "../../components/lib/arn.ts";
import { differenceIds, postureOf } from "../../components/lib/differences.ts";
import { documentLength, readWrite } from "../../components/lib/policies.ts";
import { runs } from "../support/fuzz.ts";
import { placesOf } from "../../components/lib/places.ts";
import {
  mostProjects,
  projectBucketActions,
  togetherDocument,
  wildcardDocument,
} from "../../components/lib/projects.ts";

const cloud = { partition: "aws", region: "us-west-2", accountId: "1", dnsSuffix: "amazonaws.com" };
const place = (keep: boolean, partition = "aws") => ({
  arns: new Arns({ ...cloud, partition }),
  posture: postureOf(keep ? differenceIds : []),
});

/** Names as buckets have them, 3 to 63 characters. */
const bucket = fc.stringMatching(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
const buckets = fc.uniqueArray(bucket, { maxLength: 160, size: "max" });
const any = (check: (names: string[], keep: boolean) => void) => {
  fc.assert(fc.property(buckets, fc.boolean(), check), runs(100));
};

describe("places of projects", () => {
  it("grant every project once, in its order, with ten policies of a group and two for other things", () => {
    any((names) => {
      const { alone, together } = placesOf(names);
      assert.deepEqual([...alone, ...together], names);
      assert.ok(alone.length + Math.min(together.length, 1) <= 8);
      assert.notEqual(together.length, 1);
    });
  });

  it("stay as they are when a project comes at the end, but for the eighth", () => {
    any((names) => {
      const before = placesOf(names.slice(0, -1)).alone.slice(0, 7);
      assert.deepEqual(placesOf(names).alone.slice(0, before.length), before);
    });
  });

  it("are as many as one policy of IAM has room for, and no fewer", () => {
    any((names, keep) => {
      const at = place(keep);
      const length = (count: number) =>
        documentLength(togetherDocument(at, placesOf(names.slice(0, count)).together));
      const most = mostProjects(at, names);
      assert.ok(most <= names.length);
      assert.ok(length(most) <= 6144);
      if (most < names.length) assert.ok(length(most + 1) > 6144);
    });
  });

  it("grant the first eight where they are to share none", () => {
    any((names) => {
      assert.deepEqual(placesOf(names, "first"), { alone: names.slice(0, 8), together: [] });
    });
  });

  it("grant with the shared policy what a project's own does", () => {
    const own = readWrite(place(false), projectBucketActions, "one");
    const shared = togetherDocument(place(false), ["one"]);
    const [bucket, objects] = shared.Statement as { Resource: string[] }[];
    assert.deepEqual(bucket?.Resource, ["arn:aws:s3:::one"]);
    assert.deepEqual(objects?.Resource, ["arn:aws:s3:::one/*"]);
    assert.equal(
      JSON.stringify(shared).replaceAll(/[[\]]/g, ""),
      JSON.stringify(own).replaceAll(/[[\]]/g, ""),
    );
  });

  it("with a wildcard reach buckets of this account alone", () => {
    const { Statement } = wildcardDocument(place(false), "aae-*-dev");
    for (const { Resource, Condition } of Statement as { Resource: string; Condition: unknown }[]) {
      assert.match(Resource, /^arn:aws:s3:::aae-\*-dev(\/\*)?$/);
      assert.deepEqual(Condition, { StringEquals: { "aws:ResourceAccount": "1" } });
    }
  });

  it("are fewer where a partition's ARNs are longer", () => {
    const names = Array.from({ length: 100 }, (_, i) => `aae-project-${String(i)}-dev-us-west-2`);
    const most = (partition: string) => mostProjects(place(false, partition), names);
    assert.ok(most("aws-us-gov") < most("aws"));
  });
});
