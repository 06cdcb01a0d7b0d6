import assert from "node:assert/strict";
import {
  allow,
  document,
  documentLength,
  fitsManagedPolicy,
  where,
} from "../../components/lib/policies.ts";

describe("policies", () => {
  it("count no white space, as IAM", () => {
    const of = (owner: string) =>
      documentLength(document(where({ StringEquals: { owner } }, allow("s3:*", "*"))));
    assert.equal(of("data and analytics"), of("dataandanalytics"));
  });

  it("may have the 6144 characters that IAM takes, and no more", () => {
    const rest = 6144 - documentLength(document(allow("s3:*", "")));
    const fits = (length: number) => fitsManagedPolicy(document(allow("s3:*", "x".repeat(length))));
    assert.deepEqual([fits(rest), fits(rest + 1)], [true, false]);
  });
});
