import { s3 } from "../../../policy/lib/types.ts";
import { bucketAclsDisabled } from "../../../policy/rules/storage/bucket-acls-disabled.ts";
import { bucketStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN, without } from "../support.ts";

const good = bucketStack();
const { BucketOwnershipControls: Ownership } = s3;
const ownership = (objectOwnership: unknown) =>
  change(good, Ownership, { rule: { objectOwnership } }, "data");

testRule(bucketAclsDisabled, {
  good,
  bad: {
    ObjectWriter: { stack: ownership("ObjectWriter"), finds: ["data"] },
    BucketOwnerPreferred: { stack: ownership("BucketOwnerPreferred"), finds: ["data"] },
    "no ownership controls": { stack: without(good, Ownership), finds: ["data", "logs"] },
    "an ACL": {
      stack: [...good, fixture(s3.BucketAcl, "acl", { bucket: "data", acl: "private" })],
      finds: ["data"],
    },
  },
  nearMiss: {
    "an ACL of a bucket of another program": [
      ...good,
      fixture(s3.BucketAcl, "acl", { bucket: "elsewhere", acl: "private" }),
    ],
  },
  unknown: { "the ownership": ownership(UNKNOWN) },
  missing: {
    "the name of a bucket": {
      stack: change(good, s3.Bucket, { bucket: undefined }, "data"),
      finds: [],
    },
  },
});
