import { iam } from "../../../policy/lib/types.ts";
import { noUserAttachment } from "../../../policy/rules/identity/no-user-attachment.ts";
import { document } from "../fixtures.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const policyArn = "arn:aws:iam::123456789012:policy/push";
const policy = document({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::data/*",
});
const shared = (props: object) => [
  fixture(iam.PolicyAttachment, "shared", { policyArn, ...props }),
];
const group = [fixture(iam.GroupPolicyAttachment, "attachment", { group: "bots", policyArn })];
const membership = [fixture(iam.GroupMembership, "bots", { group: "bots", users: ["bot"] })];

testRule(noUserAttachment, {
  good: [...group, ...membership, ...shared({ groups: ["bots"] })],
  bad: {
    "an attachment": {
      stack: [fixture(iam.UserPolicyAttachment, "attachment", { user: "bot", policyArn })],
      finds: ["attachment"],
    },
    "an inline policy": {
      stack: [fixture(iam.UserPolicy, "inline", { user: "bot", policy })],
      finds: ["inline"],
    },
    "users of an attachment": {
      stack: shared({ groups: ["bots"], users: ["bot", "ann"] }),
      finds: ["shared", "shared"],
    },
  },
  nearMiss: {
    "a group with the user in it": [...group, ...membership],
    "an attachment to no user": shared({ groups: ["bots"], users: [] }),
  },
  unknown: { "the users": shared({ users: [UNKNOWN] }) },
  missing: { users: { stack: shared({ roles: ["job"] }), finds: [] } },
});
