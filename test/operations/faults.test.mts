// What the AWS SDK and the Pulumi CLI report, and the line that it becomes.
import assert from "node:assert/strict";
import { faultIn } from "../../operations/lib/faults.mts";

const reports: [report: string, line: RegExp][] = [
  [
    "CredentialsProviderError: Could not load credentials from any providers",
    /^there are no AWS credentials/,
  ],
  [
    'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata',
    /^there are no AWS credentials/,
  ],
  [
    "ExpiredTokenException: The security token included in the request is expired",
    /^the AWS credentials have expired/,
  ],
  [
    "InvalidClientTokenId: The security token included in the request is invalid.",
    /^AWS does not know these credentials/,
  ],
  ["Error: getaddrinfo ENOTFOUND sts.us-west-2.amazonaws.com", /^AWS cannot be reached/],
  [
    'https response error StatusCode: 0, request send failed, Get "http://127.0.0.1:9/state": dial tcp 127.0.0.1:9: connect: connection refused',
    /^AWS cannot be reached/,
  ],
  [
    "error: error listing stacks: could not list bucket: blob (code=NotFound): operation error S3: ListObjectsV2, https response error StatusCode: 404, NoSuchBucket: The specified bucket does not exist",
    /^the state bucket does not exist/,
  ],
  [
    "secrets (code=NotFound): operation error KMS: Encrypt, https response error StatusCode: 400, NotFoundException: Alias arn:aws:kms:us-west-2:123456789012:alias/none is not found.",
    /^the key of the stack's secrets does not exist/,
  ],
  ["error: failed to load checkpoint: EOF", /^an update was killed while it wrote the state/],
  [
    'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=PermissionDenied): operation error S3: GetObject, https response error StatusCode: 403, RequestID: , HostID: , api error AccessDenied: Access Denied',
    /^the state bucket may not be read with these credentials/,
  ],
  [
    "error: error listing stacks: could not list bucket: blob (code=Unknown): operation error S3: ListObjectsV2, https response error StatusCode: 301, api error PermanentRedirect: The bucket you are attempting to access must be addressed using the specified endpoint.",
    /^the state bucket is in another region/,
  ],
  [
    "error: getting stack configuration: get stack secrets manager: secrets (code=InvalidArgument): operation error KMS: Decrypt, https response error StatusCode: 400, RequestID: B, InvalidCiphertextException: ",
    /^the stack's secrets are of another key/,
  ],
  [
    "secrets (code=FailedPrecondition): operation error KMS: Decrypt, https response error StatusCode: 400, DisabledException: arn:aws:kms:us-west-2:123456789012:key/1 is disabled.",
    /^the key of the stack's secrets is disabled/,
  ],
  [
    "secrets (code=FailedPrecondition): operation error KMS: Decrypt, https response error StatusCode: 400, KMSInvalidStateException: arn:aws:kms:us-west-2:123456789012:key/1 is pending deletion.",
    /^the key of the stack's secrets is disabled or about to be deleted/,
  ],
  [
    "secrets (code=PermissionDenied): operation error KMS: Decrypt, https response error StatusCode: 400, api error AccessDeniedException: User is not authorized to perform: kms:Decrypt",
    /^the key of the stack's secrets may not be used with these credentials/,
  ],
  [
    "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
    /^the passphrase is wrong/,
  ],
];

describe("a fault", () => {
  for (const [report, line] of reports)
    it(`${report.slice(0, 60)} … is one line`, () => {
      assert.match(faultIn(report) ?? "", line);
    });

  const others = [
    "error: something new",
    // Of what a stack has, reported by the provider or the SDK: no fault of the state.
    "operation error S3: HeadBucket, https response error StatusCode: 404, NoSuchBucket: The specified bucket does not exist",
    "ResourceNotFoundException: The specified log group does not exist.",
    "operation error KMS: DescribeKey, https response error StatusCode: 400, NotFoundException: Key 'k' does not exist",
  ];
  for (const report of others)
    it(`that is not known has no line of ours: ${report.slice(0, 60)}`, () => {
      assert.equal(faultIn(report), undefined);
    });
});
