import { s3 } from "../../../policy/lib/types.ts";
import { bucketVersioning } from "../../../policy/rules/storage/bucket-versioning.ts";
import { bucketStack } from "../fixtures.ts";
import { change, testRule, UNKNOWN, without } from "../support.ts";

const good = bucketStack();
const { BucketVersioning: Versioning, BucketLifecycleConfiguration: Lifecycle } = s3;
const versioning = (status: unknown) =>
  change(good, Versioning, { versioningConfiguration: { status } }, "data");
const rule = { id: "objects", status: "Enabled", expiration: { days: 30 } };
const expiring = (...rules: object[]) =>
  change(
    versioning("Suspended"),
    Lifecycle,
    { rules: rules.map((one) => ({ ...rule, ...one })) },
    "data",
  );
const settings = { scratchExpiryDays: 30 };

testRule(bucketVersioning, {
  good,
  bad: {
    "versioning suspended": { stack: versioning("Suspended"), finds: ["data"] },
    "no versioning": { stack: without(good, Versioning), finds: ["data", "logs"] },
    "no versioning and no lifecycle": {
      stack: without(without(good, Versioning), Lifecycle),
      finds: ["data", "logs"],
    },
    "objects that expire, where that is not set to be enough": {
      stack: expiring({}),
      finds: ["data"],
    },
  },
  nearMiss: {
    "another bucket's versioning, also on": good,
  },
  unknown: { "the status": versioning(UNKNOWN) },
  missing: {
    "a filter in the rule that expires objects": { stack: expiring({}), settings, finds: [] },
  },
  config: {
    "objects that expire soon enough": { stack: expiring({ filter: {} }), settings, finds: [] },
    "objects that expire soon enough, and some of them sooner": {
      stack: expiring({}, { filter: { prefix: "tmp/" }, expiration: { days: 1 } }),
      settings,
      finds: [],
    },
    "objects that expire later": {
      stack: expiring({ expiration: { days: 31 } }),
      settings,
      finds: ["data"],
    },
    "only some objects that expire": {
      stack: expiring({ filter: { prefix: "tmp/" } }),
      settings,
      finds: ["data"],
    },
    "a rule that is off": { stack: expiring({ status: "Disabled" }), settings, finds: ["data"] },
  },
});
