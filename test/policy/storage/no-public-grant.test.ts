import { s3 } from "../../../policy/lib/types.ts";
import { noPublicGrant } from "../../../policy/rules/storage/no-public-grant.ts";
import { bucketStack, document } from "../fixtures.ts";
import { change, fixture, testRule, UNKNOWN } from "../support.ts";

const good = bucketStack();
const read = {
  Sid: "Read",
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::data/*",
};
const policies = (...statements: object[]) =>
  change(
    good,
    s3.BucketPolicy,
    { policy: document(...statements.map((statement) => ({ ...read, ...statement }))) },
    "data",
  );
const policy = (statement: object) => policies(statement);
const global = "http://acs.amazonaws.com/groups/global";
const acl = (props: object) => [
  ...good,
  fixture(s3.BucketAcl, "acl", { bucket: "data", ...props }),
];
const grants = (...given: object[]) =>
  acl({ accessControlPolicy: { owner: { id: "owner" }, grants: given } });
const granted = (uri: string, ...permissions: string[]) =>
  grants(...permissions.map((permission) => ({ permission, grantee: { type: "Group", uri } })));

testRule(noPublicGrant, {
  good,
  bad: {
    "Principal *": { stack: policy({ Principal: "*" }), finds: ["data"] },
    "two statements, told apart by their Sid": {
      stack: policies({ Principal: "*" }, { Sid: "List", Principal: "*" }),
      finds: ["data", "data"],
    },
    "two actions": {
      stack: policy({ Principal: "*", Action: ["s3:GetObject", "s3:PutObject"] }),
      finds: ["data"],
      says: /its policy allows anyone s3:GetObject, s3:PutObject;/,
    },
    'Principal {"AWS": ["*"]}': { stack: policy({ Principal: { AWS: ["*"] } }), finds: ["data"] },
    "* among others": {
      stack: policy({ Principal: { AWS: ["arn:aws:iam::123456789012:root", "*"] } }),
      finds: ["data"],
    },
    "anyone but one": {
      stack: policy({ NotPrincipal: { AWS: "arn:aws:iam::123456789012:root" } }),
      finds: ["data"],
    },
    "a condition that binds no identity": {
      stack: policy({
        Principal: "*",
        Condition: { Bool: { "aws:SecureTransport": "true" } },
      }),
      finds: ["data"],
    },
    "a condition that a request without the key passes": {
      stack: policy({
        Principal: "*",
        Condition: { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } },
      }),
      finds: ["data"],
    },
    "the organisation *": {
      stack: policy({
        Principal: "*",
        Condition: { StringLike: { "aws:PrincipalOrgID": "*" } },
      }),
      finds: ["data"],
    },
    ...Object.fromEntries(
      ["public-read", "public-read-write", "authenticated-read"].map((name) => [
        `ACL ${name}`,
        { stack: acl({ acl: name }), finds: ["acl"], says: new RegExp(`bucket by ${name};`) },
      ]),
    ),
    "a grant to all users": { stack: granted(`${global}/AllUsers`, "READ"), finds: ["acl"] },
    "grants to all users, who are one": {
      stack: granted(`${global}/AllUsers`, "READ", "READ_ACP"),
      finds: ["acl"],
    },
    "a grant to the users of all accounts": {
      stack: granted(`${global}/AuthenticatedUsers`, "WRITE"),
      finds: ["acl"],
    },
  },
  nearMiss: {
    "Deny to everyone": policy({ Effect: "Deny", Principal: "*" }),
    "everyone of the organisation": policy({
      Principal: "*",
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
    }),
    "a named account": policy({ Principal: { AWS: "123456789012" } }),
    "a service of this account": policy({ Principal: { Service: "logging.s3.amazonaws.com" } }),
    "a grant to the log delivery group": granted(
      "http://acs.amazonaws.com/groups/s3/LogDelivery",
      "WRITE",
    ),
    "an ACL of its owner alone": acl({ acl: "private" }),
  },
  unknown: {
    "a policy": change(good, s3.BucketPolicy, { policy: UNKNOWN }, "data"),
    "an ACL": acl({ acl: UNKNOWN }),
  },
  missing: {
    "an ACL's name": { stack: acl({}), finds: [] },
    "an ACL's grants": {
      stack: acl({ accessControlPolicy: { owner: { id: "owner" } } }),
      finds: [],
    },
    "a grant's grantee": { stack: grants({ permission: "READ" }), finds: [] },
    "a statement's Sid": {
      stack: policy({ Sid: undefined, Principal: "*" }),
      finds: ["data"],
    },
  },
});
