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
const policy = (statement: object) =>
  change(good, s3.BucketPolicy, { policy: document({ ...read, ...statement }) }, "data");
const acl = (props: object) => [
  ...good,
  fixture(s3.BucketAcl, "acl", { bucket: "data", ...props }),
];
const granted = (uri: string) =>
  acl({
    accessControlPolicy: {
      owner: { id: "owner" },
      grants: [{ permission: "READ", grantee: { type: "Group", uri } }],
    },
  });

testRule(noPublicGrant, {
  good,
  bad: {
    "Principal *": { stack: policy({ Principal: "*" }), finds: ["data"] },
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
    "ACL public-read": { stack: acl({ acl: "public-read" }), finds: ["acl"] },
    "ACL authenticated-read": { stack: acl({ acl: "authenticated-read" }), finds: ["acl"] },
    "a grant to AllUsers": {
      stack: granted("http://acs.amazonaws.com/groups/global/AllUsers"),
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
    "a grant to the log delivery group": granted("http://acs.amazonaws.com/groups/s3/LogDelivery"),
  },
  unknown: {
    "a policy": change(good, s3.BucketPolicy, { policy: UNKNOWN }, "data"),
    "an ACL": acl({ acl: UNKNOWN }),
  },
  missing: {
    "an ACL's name": { stack: acl({}), finds: [] },
    "a statement's Sid": {
      stack: policy({ Sid: undefined, Principal: "*" }),
      finds: ["data"],
    },
  },
});
