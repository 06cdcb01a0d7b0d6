import { iam, Provider, s3 } from "../../../policy/lib/types.ts";
import { allowedRegions } from "../../../policy/rules/platform/allowed-regions.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const provider = (region: unknown) => [fixture(Provider, "aws", { region })];
const bucket = (props: object) => [fixture(s3.Bucket, "data", props)];

testRule(allowedRegions, {
  good: [...provider("us-west-2"), ...bucket({ region: "us-west-2" })],
  bad: {
    "a provider elsewhere": { stack: provider("us-east-1"), finds: ["aws"] },
    "a resource elsewhere": {
      stack: bucket({ region: "eu-west-1" }),
      finds: ["data"],
      says: /its region is eu-west-1; write region: "us-west-2"\.$/,
    },
  },
  nearMiss: {
    "what has no region": [
      fixture(iam.AccessKey, "key", { user: "arn:aws:iam::123456789012:user/bot" }),
    ],
    "a resource of the provider's region": bucket({}),
  },
  unknown: { "a provider's region": provider(UNKNOWN) },
  missing: {
    "a resource's region": { stack: bucket({ bucket: "data" }), finds: [] },
    "a provider's region": {
      stack: [fixture(Provider, "aws", {})],
      finds: ["aws"],
      says: /its region is the shell's;/,
    },
  },
  config: {
    "another region": {
      stack: provider("us-west-2"),
      settings: { regions: ["us-east-2"] },
      finds: ["aws"],
    },
    "two regions": {
      stack: [...provider("us-east-2"), ...bucket({ region: "eu-west-1" })],
      settings: { regions: ["us-west-2", "us-east-2"] },
      finds: ["data"],
      says: /write region: "us-west-2" or "us-east-2"\.$/,
    },
  },
});
