import { ecr } from "../../../policy/lib/types.ts";
import { ecrNoPublicPolicy } from "../../../policy/rules/storage/ecr-no-public-policy.ts";
import { document } from "../fixtures.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const pull = { Sid: "Pull", Effect: "Allow", Action: "ecr:BatchGetImage" };
const policy = (...statements: object[]) => [
  fixture(ecr.RepositoryPolicy, "policy", {
    repository: "images",
    policy: document(...statements.map((statement) => ({ ...pull, ...statement }))),
  }),
];

testRule(ecrNoPublicPolicy, {
  good: policy({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
  bad: {
    "Principal *": { stack: policy({ Principal: "*" }), finds: ["policy"] },
    "two statements, told apart by their Sid": {
      stack: policy({ Principal: "*" }, { Sid: "Push", Principal: "*" }),
      finds: ["policy", "policy"],
    },
    "two actions": {
      stack: policy({ Principal: "*", Action: ["ecr:BatchGetImage", "ecr:PutImage"] }),
      finds: ["policy"],
      says: /it allows anyone ecr:BatchGetImage, ecr:PutImage;/,
    },
    'Principal {"AWS": "*"}': { stack: policy({ Principal: { AWS: "*" } }), finds: ["policy"] },
  },
  nearMiss: {
    "everyone of the organisation": policy({
      Principal: "*",
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
    }),
    "Deny to everyone": policy({ Effect: "Deny", Principal: "*" }),
  },
  unknown: {
    "the policy": [fixture(ecr.RepositoryPolicy, "policy", { policy: UNKNOWN })],
  },
  missing: { "a Sid": { stack: policy({ Sid: undefined, Principal: "*" }), finds: ["policy"] } },
});
