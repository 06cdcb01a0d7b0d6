import { s3 } from "../../../policy/lib/types.ts";
import { bucketPublicAccessBlock } from "../../../policy/rules/storage/bucket-public-access-block.ts";
import { bucketStack } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN, without } from "../support.ts";

const good = bucketStack();
const { BucketPublicAccessBlock: Block } = s3;
const blocks = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};

testRule(bucketPublicAccessBlock, {
  good,
  bad: {
    "no block": {
      stack: without(good, Block),
      finds: ["data", "logs"],
      says: /it has no public access block;/,
    },
    "three of the four flags": {
      stack: change(good, Block, { restrictPublicBuckets: false }, "data"),
      finds: ["data"],
      says: /lacks restrictPublicBuckets;/,
    },
    "two of the four flags": {
      stack: change(good, Block, { blockPublicAcls: false, ignorePublicAcls: false }, "data"),
      finds: ["data"],
      says: /^data: its public access block lacks blockPublicAcls, ignorePublicAcls; write an aws\.s3\.BucketPublicAccessBlock of it with blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets: true\.$/,
    },
    "the block of another bucket": {
      stack: [
        fixture(s3.Bucket, "other", { bucket: "other" }),
        ...good.filter(({ type, name }) => type !== s3.Bucket.token || name !== "data"),
      ],
      finds: ["other"],
    },
  },
  nearMiss: {
    "a block linked by name": [
      fixture(s3.Bucket, "data", { bucket: "data-1", id: UNKNOWN }),
      fixture(Block, "block", { bucket: "data-1", ...blocks }),
    ],
  },
  unknown: {
    "a flag": change(good, Block, { blockPublicAcls: UNKNOWN }, "data"),
  },
  missing: {
    "one flag": {
      stack: change(good, Block, { ignorePublicAcls: undefined }, "data"),
      finds: ["data"],
    },
  },
});
