// Faults of credentials, network, state and keys in one line, whoever reports them: the AWS SDK or the Pulumi CLI.

interface Fault {
  readonly pattern: RegExp;
  readonly line: string;
}

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
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|no such host|connection refused|network is unreachable|i\/o timeout/i,
    line: "AWS cannot be reached: check the network, the proxy settings and AWS_ENDPOINT_URL",
  },
  {
    pattern: /NoSuchBucket|bucket does not exist/i,
    line: "the state bucket does not exist: check `pulumi whoami -v`, or make it with `platform bootstrap`",
  },
  {
    pattern: /PermanentRedirect|MovedPermanently|AuthorizationHeaderMalformed/i,
    line: "the state bucket is in another region: name it in the backend's URL, s3://BUCKET?region=REGION",
  },
  {
    pattern: /failed to load checkpoint.*EOF/i,
    line: "an update was killed while it wrote the state: run `platform recover STACK`",
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
    pattern: /NotFoundException|Alias .* is not found|Key .* does not exist/i,
    line: "the key of the stack's secrets does not exist: check secretsprovider in the stack's settings, its region included",
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
