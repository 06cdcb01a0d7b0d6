import { iam } from "../../../policy/lib/types.ts";
import { groupRequiresMfa } from "../../../policy/rules/identity/group-requires-mfa.ts";
import { document, policyStack } from "../fixtures.ts";
import { type Fixture, fixture, testRule, UNKNOWN } from "../support.ts";

const denial = {
  Effect: "Deny",
  NotAction: ["iam:EnableMFADevice", "iam:ListMFADevices"],
  Resource: "*",
  Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
};
const people = fixture(iam.Group, "people", { name: "people" });
const members = (...users: unknown[]) =>
  fixture(iam.GroupMembership, "people", { users }, { refs: { group: people } });
/** A group of people with the policy of these statements. */
const having = (...statements: object[]): Fixture[] => {
  const policy = policyStack(...statements);
  const attachment = fixture(
    iam.GroupPolicyAttachment,
    "people",
    {},
    { refs: { group: people, policyArn: policy } },
  );
  return [people, members("ann", "bob"), ...policy, attachment];
};
const found = (change: object) => ({ stack: having({ ...denial, ...change }), finds: ["people"] });

testRule(groupRequiresMfa, {
  good: having(denial),
  bad: {
    "no policy": { stack: [people, members("ann")], finds: ["people"] },
    "a policy that is not attached": {
      stack: [people, members("ann"), ...policyStack(denial)],
      finds: ["people"],
    },
    "a policy that allows": found({ Effect: "Allow" }),
    "a plain Bool": found({ Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } }),
    "with MFA alone": found({
      Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } },
    }),
    "another condition besides": found({
      Condition: { ...denial.Condition, StringEquals: { "aws:RequestedRegion": "us-west-2" } },
    }),
    "another condition": found({ Condition: { BoolIfExists: { "aws:SecureTransport": "false" } } }),
    "no condition": found({ Condition: undefined }),
    "some actions": found({ NotAction: undefined, Action: ["s3:*"] }),
    "all but a service": found({ NotAction: ["s3:*"] }),
    "all but a service and an action": found({ NotAction: ["iam:EnableMFADevice", "s3:*"] }),
    "some resources": found({ Resource: "arn:aws:s3:::data" }),
    "people among machines": {
      stack: [people, members("cd-bot", "ann")],
      finds: ["people"],
    },
  },
  nearMiss: {
    "all actions": having({ ...denial, NotAction: undefined, Action: "*" }),
    "the condition in other letters": having({
      ...denial,
      Condition: { boolifexists: { "AWS:multifactorauthpresent": false } },
    }),
    "a group of machines": [people, members("dse-infra-dev-cd-bot")],
    "a machine that is a member by itself": [
      people,
      fixture(iam.UserGroupMembership, "bot", { user: "cd-bot" }, { refs: { groups: [people] } }),
    ],
    "an inline policy": [
      people,
      members("ann"),
      fixture(iam.GroupPolicy, "mfa", { policy: document(denial) }, { refs: { group: people } }),
    ],
    "an attachment to several": [
      people,
      members("ann"),
      ...policyStack(denial),
      fixture(
        iam.PolicyAttachment,
        "mfa",
        {},
        { refs: { groups: [people], policyArn: policyStack(denial) } },
      ),
    ],
  },
  unknown: { "the members": [people, members(UNKNOWN)] },
  missing: { members: { stack: [people], finds: ["people"] } },
  config: {
    "who is a machine": {
      stack: [people, members("robot-1")],
      settings: { machines: ["robot-*"] },
      finds: [],
    },
    "that none is a machine": {
      stack: [people, members("cd-bot")],
      settings: { machines: [] },
      finds: ["people"],
    },
  },
});
