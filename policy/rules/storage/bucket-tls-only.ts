import { type Statement, statementsOf } from "../../lib/document.ts";
import { stackRule } from "../../lib/rule.ts";
import { s3 } from "../../lib/types.ts";

export const bucketTlsOnly = stackRule({
  name: "s3-bucket-tls-only",
  description: "Every bucket denies all requests without TLS, to itself and to its objects.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["S3.5"],
    cis5: ["2.1.1"],
    cis3: ["2.1.1"],
    nist: ["SC-8(1)"],
    nag: ["AwsSolutions-S10"],
  },
  remediationSteps:
    "Add a statement to the bucket's policy that denies everyone s3:* on the bucket and its objects where " +
    "aws:SecureTransport is false.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-5",
  types: [s3.Bucket],
  *check(bucket, { stack }) {
    const resources = stack
      .companions(bucket, s3.BucketPolicy, "bucket")
      .flatMap(({ props }) => statementsOf(props.policy))
      .filter(deniesPlainHttp)
      .flatMap((statement) => statement.resources);
    const write =
      'a statement in its policy with Effect "Deny", Principal "*", Action "s3:*", the bucket and its objects as ' +
      'Resource, and Condition { Bool: { "aws:SecureTransport": "false" } }';
    if (!resources.some(isBucket))
      yield { wrong: "it answers requests without TLS", write, detail: "bucket" };
    if (!resources.some(isAllObjects))
      yield { wrong: "its objects are given to requests without TLS", write, detail: "objects" };
  },
});

const deniesPlainHttp = ({ effect, principals, actions, conditions }: Statement): boolean =>
  effect === "Deny" &&
  principals.includes("*") &&
  actions.some((action) => /^(s3:)?\*$/i.test(action)) &&
  conditions.length > 0 &&
  conditions.every(
    ({ operator, key, values }) =>
      ["bool", "boolifexists"].includes(operator) &&
      key === "aws:securetransport" &&
      values.join().toLowerCase() === "false",
  );

// A bucket's policy can be of that bucket alone: S3 refuses others. So its name need not be known.
const isBucket = (resource: string): boolean => !resource.includes("/");
const isAllObjects = (resource: string): boolean => /^[^/]*(\/\*|\*)$/.test(resource);
