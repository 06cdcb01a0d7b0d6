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
    "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
    /^the passphrase is wrong/,
  ],
];

describe("a fault", () => {
  for (const [report, line] of reports)
    it(`${report.slice(0, 60)} … is one line`, () => {
      assert.match(faultIn(report) ?? "", line);
    });

  it("that is not known has no line of ours", () => {
    assert.equal(faultIn("error: something new"), undefined);
  });
});
