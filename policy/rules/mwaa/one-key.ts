import type { Resource } from "../../lib/resource.ts";
import { stackRule } from "../../lib/rule.ts";
import { kms, mwaa, s3 } from "../../lib/types.ts";
import { known } from "../../lib/unknown.ts";

export const oneKey = stackRule({
  name: "mwaa-one-key",
  description: "Airflow and its bucket are encrypted by one key, of a kind that Airflow takes.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["SC-12", "SC-28(1)"] },
  remediationSteps:
    "Name one single-Region key, by id or ARN, as kmsKey of the environment and as kmsMasterKeyId of its bucket.",
  url: "https://docs.aws.amazon.com/mwaa/latest/userguide/custom-keys-certs.html",
  types: [mwaa.Environment],
  *check(environment, { stack }) {
    const own = stack.targets(environment, "kmsKey", kms.Key);
    const key = keyOf(own, () => environment.props.kmsKey);
    const isMultiRegion = own.some(({ props }) => known(() => props.multiRegion));
    if (key && (isMultiRegion || ["alias/", "mrk-"].some((kind) => key.id.startsWith(kind))))
      yield {
        wrong: `its key ${key.name} is an alias or a multi-Region key, and Airflow takes neither`,
        write: "the id or ARN of a single-Region key as kmsKey",
        detail: "kind",
      };
    for (const bucket of stack.targets(environment, "sourceBucketArn", s3.Bucket)) {
      const [encryption] = stack.companions(
        bucket,
        s3.BucketServerSideEncryptionConfiguration,
        "bucket",
      );
      const bucketKey =
        encryption &&
        keyOf(
          stack.targets(encryption, "rules", kms.Key),
          () => encryption.props.rules[0]?.applyServerSideEncryptionByDefault?.kmsMasterKeyId,
        );
      if (key?.id !== bucketKey?.id)
        yield {
          wrong: `it has ${nameOf(key)}, and its bucket ${bucket.name} has ${nameOf(bucketKey)}`,
          write: "the same key as kmsKey, and as kmsMasterKeyId of the bucket",
          detail: "bucket",
        };
    }
  },
});

interface Key {
  /** Its URN where it is one of the stack, whose id is unknown before it is made; else its id, without the rest of an ARN. */
  readonly id: string;
  readonly name: string;
}

function keyOf([own]: readonly Resource[], read: () => string | undefined): Key | undefined {
  if (own) return { id: own.urn, name: own.name };
  const given = read();
  return given ? { id: given.replace(/.*:/, "").replace("key/", ""), name: given } : undefined;
}

const nameOf = (key: Key | undefined) => (key ? `the key ${key.name}` : "no key of the account");
