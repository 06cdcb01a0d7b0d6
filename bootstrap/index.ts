import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// One stack per account, named after it. `platform bootstrap` deploys it, with the region, the account and the tags as
// settings of the default provider: what was made and not recorded can then be imported.
const config = new pulumi.Config();
const bucketName = config.require("bucket");
const keyAlias = config.require("keyAlias");
const region = new pulumi.Config("aws").require("region");

// Without it no stack of the account can be changed any more.
const opts = { protect: true };

// Its policy is KMS's own: whom IAM policies of the account allow.
const key = new aws.kms.Key(
  "secrets",
  { description: "Pulumi's state and secrets", enableKeyRotation: true },
  opts,
);
new aws.kms.Alias("secrets", { name: keyAlias, targetKeyId: key.keyId }, opts);

const state = new aws.s3.Bucket("state", { bucket: bucketName }, opts);
const bucket = state.id;
const versioning = new aws.s3.BucketVersioning(
  "state",
  { bucket, versioningConfiguration: { status: "Enabled" } },
  opts,
);
const block = new aws.s3.BucketPublicAccessBlock(
  "state",
  {
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  opts,
);
new aws.s3.BucketOwnershipControls(
  "state",
  { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
  opts,
);
new aws.s3.BucketServerSideEncryptionConfiguration(
  "state",
  {
    bucket,
    rules: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
        bucketKeyEnabled: true,
      },
    ],
  },
  opts,
);
// S3 takes one change of a bucket's access settings at a time and answers 409 to the second.
const afterAccess = { ...opts, dependsOn: [versioning, block] };
new aws.s3.BucketPolicy(
  "state",
  {
    bucket,
    policy: state.arn.apply((arn) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [arn, `${arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    ),
  },
  afterAccess,
);
const everything = { status: "Enabled", filter: { prefix: "" } };
new aws.s3.BucketLifecycleConfiguration(
  "state",
  {
    bucket,
    rules: [
      {
        ...everything,
        id: "unfinished-uploads",
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
      {
        ...everything,
        id: "noncurrent-versions",
        // Each update writes a state, and each lock that is given back leaves a delete marker.
        noncurrentVersionExpiration: { noncurrentDays: 90 },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ],
  },
  afterAccess,
);

export default {
  /** For `pulumi login`. */
  backend: `s3://${bucketName}?region=${region}`,
  /** For `pulumi stack init --secrets-provider`. */
  secretsProvider: `awskms://${keyAlias}?region=${region}`,
  /** For dse:stateKeyArn. */
  keyArn: key.arn,
};
