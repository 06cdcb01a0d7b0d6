/** What a secret itself looks like, whatever it is called. */
const shapes: readonly [what: string, shape: RegExp][] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a GitHub token", /\b(gh[opsur]_[A-Za-z0-9]{36,}|github_pat_\w{36,})/],
  ["a Slack token", /\bxox[abeprs]-[A-Za-z0-9-]{10,}/],
  ["a signed token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/],
  ["an address with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:[^\s@/]+@/i],
];

/** Names of what holds a secret: PRIVATE_KEY does, PRIMARY_KEY, SECRET_NAME and TOKEN_URL do not. */
const names =
  /(^|_)(passphrase|passwd|password|pwd|secret|token|credentials?|(access|account|api|auth|encryption|fernet|private|secret|signing|ssh)_?key)$/;

/** Values that no secret has: nothing, a switch, a number, or where the secret is to be found. */
const harmless = /^(|true|false|yes|no|on|off|\d{1,5}|arn:.*)$/is;

/** What secret a named value is; undefined where it looks like none. Never tells the value. */
export function secretIn(name: string, value: string): string | undefined {
  const shape = shapes.find(([, pattern]) => pattern.test(value));
  if (shape) return shape[0];
  return names.test(snakeCase(name)) && !harmless.test(value) ? "a secret, by its name" : undefined;
}

const snakeCase = (name: string) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
