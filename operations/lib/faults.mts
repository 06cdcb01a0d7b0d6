// Faults of credentials, network, state and keys in one line, whoever reports them: the AWS SDK or the Pulumi CLI.

interface Fault {
  readonly pattern: RegExp;
  readonly line: string;
}

/** What the CLI says of a bucket that has the state: `blob (…): operation error S3: GetObject, …`. */
const ofStateBucket = (codes: string) =>
  new RegExp(`blob \\([^]*?operation error S3: [^]*?(?:${codes})`);

/** What the CLI says of a key that has the secrets: `secrets (code=…): operation error KMS: Decrypt, …`. */
const ofSecretsKey = (codes: string) =>
  new RegExp(`secrets \\(code=\\w+\\): operation error KMS: [^]*?(?:${codes})`);

/** The first that matches speaks: what lies deeper stands above what follows from it. */
const faults: readonly Fault[] = [
  {
    pattern:
      /Could not load credentials|CredentialsProviderError|failed to (?:refresh cached|retrieve) credentials|no EC2 IMDS role found|NoCredentialProviders/i,
    line: "there are no AWS credentials: run `aws sso login`, or set AWS_PROFILE",
  },
  {
    pattern: /ExpiredToken|token (?:included in the request )?(?:is|has) expired/i,
    line: "the AWS credentials have expired: run `aws sso login`, or take new ones",
  },
  {
    pattern:
      /InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch/i,
    line: "AWS does not know these credentials: check AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  },
  {
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)\b|no such host|connection refused|network is unreachable|i\/o timeout/,
    line: "AWS cannot be reached: check the network, the proxy settings and AWS_ENDPOINT_URL",
  },
  {
    pattern: ofStateBucket("NoSuchBucket"),
    line: "the state bucket does not exist: check `pulumi whoami -v`, or make it with `platform bootstrap`",
  },
  {
    pattern: ofStateBucket("PermanentRedirect|MovedPermanently|AuthorizationHeaderMalformed"),
    line: "the state bucket is in another region: name it in the backend's URL, s3://BUCKET?region=REGION",
  },
  {
    pattern: /failed to load checkpoint.*EOF/i,
    line: "an update was killed while it wrote the state: run `platform recover STACK`",
  },
  {
    pattern: ofStateBucket("AccessDenied|Forbidden"),
    line: "the state bucket may not be read with these credentials: check AWS_PROFILE, and `pulumi whoami -v`",
  },
  {
    pattern: /incorrect passphrase/i,
    line: "the passphrase is wrong: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
  },
  {
    pattern: /passphrase must be set/i,
    line: "the stack's secrets have a passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
  },
  {
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
    pattern: ofSecretsKey("NotFoundException"),
    line: "the key of the stack's secrets does not exist: check secretsprovider in the stack's settings, its region included",
  },
  {
    pattern: ofSecretsKey("DisabledException|KMSInvalidStateException"),
    line: "the key of the stack's secrets is disabled or about to be deleted: `aws kms enable-key`, or `cancel-key-deletion` and then that",
  },
  {
    pattern: ofSecretsKey("InvalidCiphertextException|IncorrectKeyException"),
    line: "the stack's secrets are of another key: bring secretsprovider and encryptedkey back as they were in the stack's settings",
  },
  {
    pattern: ofSecretsKey("AccessDenied"),
    line: "the key of the stack's secrets may not be used with these credentials: check AWS_PROFILE, and the key's policy",
  },
  {
    pattern: /AccessDenied|not authorized to perform/i,
    line: "these credentials may not do that: check AWS_PROFILE, and the policies of the role",
  },
  {
    pattern: /PULUMI_ACCESS_TOKEN must be set|not (?:yet )?logged in/i,
    line: "Pulumi has no state backend: run `pulumi login s3://BUCKET?region=REGION`",
  },
];

/** A known fault's line, with the words of whoever reported it, or undefined. */
export function faultIn(report: string): string | undefined {
  return faults.find(({ pattern }) => pattern.test(report))?.line;
}
