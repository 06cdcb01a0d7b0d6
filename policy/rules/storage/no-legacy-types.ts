import { isOf } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { s3, s3Legacy } from "../../lib/types.ts";

/** What stands inline in a bucket is there twice, and the two fight, once a resource of its own says the same. */
const inline = [
  "accelerationStatus",
  "acl",
  "corsRules",
  "grants",
  "lifecycleRules",
  "logging",
  "objectLockConfiguration",
  "policy",
  "replicationConfiguration",
  "requestPayer",
  "serverSideEncryptionConfiguration",
  "versioning",
  "website",
];

export const noLegacyTypes = resourceRule({
  name: "s3-no-legacy-types",
  description:
    "Buckets and what belongs to them are of the current types, one resource for each concern.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: {},
  remediationSteps:
    "Use the type without V2, which takes the resource over by its alias, and a resource of its own for each concern.",
  url: "https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/",
  types: [s3.Bucket, ...Object.values(s3Legacy)],
  *check(resource) {
    if (!isOf(resource, s3.Bucket)) {
      const type = resource.type.replace(/.*:/, "");
      const current = type === "BucketObject" ? "BucketObjectv2" : type.replace("V2", "");
      yield { wrong: `${type} is a type that other rules do not see`, write: `aws.s3.${current}` };
      return;
    }
    for (const property of inline)
      if (property in resource.props)
        yield {
          wrong: `it sets ${property} inline, which other rules do not see`,
          write: `a resource of its own for ${property}`,
          detail: property,
        };
  },
});
