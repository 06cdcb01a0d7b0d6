import { noActionWildcard } from "../../../policy/rules/identity/no-action-wildcard.ts";
import { policyStack } from "../fixtures.ts";
import { testRule, UNKNOWN } from "../support.ts";

const Resource = "arn:aws:s3:::data/*";
const allows = (...Action: string[]) => policyStack({ Action, Resource });

testRule(noActionWildcard, {
  good: allows("s3:GetObject"),
  bad: {
    "whatever is named like it": { stack: allows("s3:GetObject", "s3:*Object"), finds: ["policy"] },
    "whatever is named like them": {
      stack: allows("s3:Put*", "s3:Delete*"),
      finds: ["policy", "policy"],
    },
    "a single character": { stack: allows("s3:?etObject"), finds: ["policy"] },
  },
  nearMiss: {
    "reads that are known to be all": allows("s3:GetObject*", "s3:GetBucket*"),
    "the same, in other letters": allows("S3:getobject*"),
    "both ways to make a data key": allows("kms:GenerateDataKey*"),
    "both ends of a change of key": allows("kms:ReEncrypt*"),
    "lists of what a bucket has": allows("s3:List*"),
    "all of a service, which another rule finds": allows("s3:*"),
    "whatever is named like it, denied": policyStack({
      Effect: "Deny",
      Action: "s3:Put*",
      Resource,
    }),
  },
  unknown: { "an action": policyStack({ Action: [UNKNOWN], Resource }) },
  missing: { "an action": { stack: policyStack({ NotAction: "s3:Put*", Resource }), finds: [] } },
});
