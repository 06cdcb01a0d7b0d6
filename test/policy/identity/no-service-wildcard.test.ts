import { iam } from "../../../policy/lib/types.ts";
import { noServiceWildcard } from "../../../policy/rules/identity/no-service-wildcard.ts";
import { document, policyStack } from "../fixtures.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const Resource = "arn:aws:s3:::data/*";
const allows = (...Action: string[]) => policyStack({ Action, Resource });
const everything = document({ Effect: "Allow", Action: "*", Resource: "*" });

testRule(noServiceWildcard, {
  good: allows("s3:GetObject"),
  bad: {
    everything: { stack: allows("*"), finds: ["policy"] },
    "all of a service": { stack: allows("s3:GetObject", "s3:*"), finds: ["policy"] },
    "all of a service, in capitals": { stack: allows("S3:*"), finds: ["policy"] },
    "all of a service, in disguise": {
      stack: allows("s3:?*", "s3:**"),
      finds: ["policy", "policy"],
    },
    "all of every service": { stack: allows("*:*"), finds: ["policy"] },
    "everything, inline in a role": {
      stack: [fixture(iam.RolePolicy, "inline", { policy: everything })],
      finds: ["inline"],
    },
    "everything, inline in a group": {
      stack: [fixture(iam.GroupPolicy, "inline", { policy: everything })],
      finds: ["inline"],
    },
    "everything, inline in a user": {
      stack: [fixture(iam.UserPolicy, "inline", { policy: everything })],
      finds: ["inline"],
    },
    "everything, in the role itself": {
      stack: [
        fixture(iam.Role, "role", {
          inlinePolicies: [{ name: "all", policy: JSON.stringify(everything) }],
        }),
      ],
      finds: ["role"],
    },
  },
  nearMiss: {
    "all of a service, denied": policyStack({ Effect: "Deny", Action: "s3:*", Resource }),
    "a part of a service": allows("s3:Get*"),
    "a role that trusts": [
      fixture(iam.Role, "role", {
        assumeRolePolicy: everything,
        inlinePolicies: [{ name: "none" }],
      }),
    ],
  },
  unknown: { "an action": policyStack({ Action: [UNKNOWN], Resource }) },
  missing: {
    "an action": { stack: policyStack({ NotAction: "s3:*", Resource }), finds: [] },
    "inline policies": { stack: [fixture(iam.Role, "role", {})], finds: [] },
  },
});
