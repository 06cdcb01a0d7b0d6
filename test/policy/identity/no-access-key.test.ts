import { iam } from "../../../policy/lib/types.ts";
import { noAccessKey } from "../../../policy/rules/identity/no-access-key.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const login = (props: object) => [
  fixture(iam.UserLoginProfile, "login", { user: "ann", ...props }),
];

testRule(noAccessKey, {
  good: login({ pgpKey: "keybase:ann" }),
  bad: {
    "an access key": {
      stack: [fixture(iam.AccessKey, "key", { user: "bot" })],
      finds: ["key"],
      says: /it is an access key of bot;/,
    },
    "an empty PGP key": {
      stack: login({ pgpKey: "" }),
      finds: ["login"],
      says: /it is a password of ann /,
    },
  },
  nearMiss: { "a password that only its owner can read": login({ pgpKey: "keybase:ann" }) },
  unknown: { "the PGP key": login({ pgpKey: UNKNOWN }) },
  missing: { "a PGP key": { stack: login({}), finds: ["login"] } },
});
