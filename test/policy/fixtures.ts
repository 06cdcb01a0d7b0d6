// Stacks that comply with every rule; a test changes one thing of them.
import { ecr, s3 } from "../../policy/lib/types";
import { type Fixture, fixture } from "./support";

export const ACCOUNT_ID = "123456789012";

const tlsOnly = (name: string) => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** A document of these statements. */
export const document = (...Statement: unknown[]) => ({ Version: "2012-10-17", Statement });

export const tags = { Owner: "dse", Project: "infra", Environment: "dev" };

/** A bucket called `data`, its companions, and the bucket `logs` that it logs to. */
export function bucketStack(): Fixture[] {
  const logs = bucket("logs");
  const data = bucket("data");
  return [
    logs,
    data,
    ...companions(logs, "AES256"),
    ...companions(data, "aws:kms"),
    fixture(
      s3.BucketLogging,
      "data",
      { targetPrefix: "data/" },
      { refs: { bucket: data, targetBucket: logs } },
    ),
  ];
}

/** A repository called `images`, and its lifecycle policy. */
export function repositoryStack(): Fixture[] {
  const images = fixture(
    ecr.Repository,
    "images",
    {
      name: "images",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key }],
      tags,
    },
    { opts: { protect: true } },
  );
  const selection = { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days" };
  const rule = { rulePriority: 1, action: { type: "expire" } };
  return [
    images,
    fixture(
      ecr.LifecyclePolicy,
      "images",
      { policy: { rules: [{ ...rule, selection: { ...selection, countNumber: 14 } }] } },
      { refs: { repository: images } },
    ),
  ];
}

export const key = `arn:aws:kms:us-west-2:${ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

const bucket = (name: string) =>
  fixture(s3.Bucket, name, { bucket: name, tags }, { opts: { protect: true } });

function companions(of: Fixture, sseAlgorithm: "AES256" | "aws:kms"): Fixture[] {
  const { name } = of;
  const refs = { refs: { bucket: of } };
  const rule = { status: "Enabled", filter: { prefix: "" } };
  return [
    fixture(s3.BucketVersioning, name, { versioningConfiguration: { status: "Enabled" } }, refs),
    fixture(
      s3.BucketPublicAccessBlock,
      name,
      {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      refs,
    ),
    fixture(
      s3.BucketOwnershipControls,
      name,
      { rule: { objectOwnership: "BucketOwnerEnforced" } },
      refs,
    ),
    fixture(
      s3.BucketServerSideEncryptionConfiguration,
      name,
      {
        rules: [
          {
            applyServerSideEncryptionByDefault: {
              sseAlgorithm,
              ...(sseAlgorithm === "aws:kms" && { kmsMasterKeyId: key }),
            },
          },
        ],
      },
      refs,
    ),
    fixture(s3.BucketPolicy, name, { policy: document(tlsOnly(name)) }, refs),
    fixture(
      s3.BucketLifecycleConfiguration,
      name,
      {
        rules: [
          { ...rule, id: "uploads", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
          { ...rule, id: "versions", noncurrentVersionExpiration: { noncurrentDays: 90 } },
        ],
      },
      refs,
    ),
  ];
}

/** All of them. */
export const stacks = { bucketStack, repositoryStack };
