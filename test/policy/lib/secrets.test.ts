import assert from "node:assert/strict";
import { secretIn } from "../../../policy/lib/secrets.ts";

const pem = (what: string) => `-----BEGIN ${what}-----`;
/** What has the shape of a secret, put together so that it stands in no file. */
const shaped = {
  "a private key": [pem("PRIVATE KEY"), `x${pem("OPENSSH PRIVATE KEY")}y`, pem("RSA PRIVATE KEY")],
  "an AWS access key": [`AKIA${"A1".repeat(8)}`, `key=ASIA${"B2".repeat(8)} `],
  "a GitHub token": ["o", "p", "s", "u", "r"]
    .map((kind) => `gh${kind}_${"aZ9".repeat(12)}`)
    .concat(`github_pat_${"a_9".repeat(12)}`),
  "a Slack token": [`xoxb-${"a-1".repeat(4)}`, `xoxp-${"Z".repeat(10)}`],
  "a signed token": [`eyJ${"a".repeat(8)}.eyJ${"b-_".repeat(3)}.c`],
  "an address with a password": [
    "postgresql://dse:hunter2@db/dse",
    "redis://:hunter2@cache",
    "git+ssh2.x://a:b@c",
    "HTTPS://a:b@c",
  ],
};
const harmless = [
  "-----BEGIN PUBLIC KEY-----",
  "-----BEGIN CERTIFICATE-----",
  `AKIA${"A1".repeat(7)}`,
  `XAKIA${"A1".repeat(8)}`,
  `ABIA${"A1".repeat(8)}`,
  `ghx_${"a".repeat(36)}`,
  `ghp_${"a".repeat(35)}`,
  `xghp_${"a".repeat(36)}`,
  `github_pat_${"a_9".repeat(11)}`,
  `xoxb-${"a".repeat(9)}`,
  `eyJ${"a".repeat(7)}.eyJ${"b".repeat(8)}.c`,
  "https://example.com/a@b",
  "https://example.com:443/a",
  "https://dse@example.com",
  "https://dse:@example.com",
  "see https://example.com and a:b@c",
];
const secretNames = [
  ...["PASSWORD", "db_password", "passphrase", "passwd", "PWD", "TOKEN", "secret", "CLIENT_SECRET"],
  ...["credential", "CREDENTIALS", "PRIVATE_KEY", "privateKey", "privatekey", "smtp.password"],
  ...["access", "account", "api", "auth", "encryption", "fernet", "secret", "signing", "ssh"].map(
    (of) => `${of}_key`,
  ),
  ...["s3SecretKey", "my--token", "api--key"],
];
const otherNames = [
  ...["PRIMARY_KEY", "SECRET_NAME", "TOKEN_URL", "monkey", "KEY", "tokens", "broken", "xpassword"],
  ...["access_keys", "my_keyboard"],
];

describe("what is taken for a secret", () => {
  for (const [what, values] of Object.entries(shaped))
    it(`is ${what}, whatever it is called`, () => {
      for (const value of values) assert.equal(secretIn("NOTE", value), what, value);
    });

  it("is not what only looks alike", () => {
    for (const value of harmless) assert.equal(secretIn("NOTE", value), undefined, value);
  });

  it("is the value of a name that says so", () => {
    for (const name of secretNames)
      assert.equal(secretIn(name, "hunter2"), "a secret, by its name", name);
    for (const name of otherNames) assert.equal(secretIn(name, "hunter2"), undefined, name);
  });

  it("is no switch, no number and no ARN, whatever its name", () => {
    const values = ["", "true", "False", "YES", "no", "on", "off", "1", "65535"];
    for (const value of [...values, "arn:aws:secretsmanager:us-west-2:123456789012:secret:dse"])
      assert.equal(secretIn("PASSWORD", value), undefined, value);
    for (const value of ["trueish", "untrue", "123456", "a1", "1a", "barn:1", " "])
      assert.notEqual(secretIn("PASSWORD", value), undefined, value);
  });
});
