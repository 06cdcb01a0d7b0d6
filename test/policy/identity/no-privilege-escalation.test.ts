import { noPrivilegeEscalation } from "../../../policy/rules/identity/no-privilege-escalation.ts";
import { policyStack } from "../fixtures.ts";
import { testRule, UNKNOWN } from "../support.ts";

const iam = (resource: string) => `arn:aws:iam::123456789012:${resource}`;
const self = "arn:aws:iam::*:user/${aws:username}";
const toEcs = { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } };
const allows = (Action: string | string[], Resource: string | string[], Condition?: object) =>
  policyStack({ Action, Resource, ...(Condition && { Condition }) });
const found = (...stack: Parameters<typeof allows>) => ({
  stack: allows(...stack),
  finds: ["policy"],
});

/** What AWS counts as permissions management, and what lets its holder work as somebody else. */
const dangerous = `
  AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey CreateLoginProfile
  CreatePolicyVersion CreateServiceSpecificCredential DeleteRolePermissionsBoundary DeleteRolePolicy
  DeleteUserPermissionsBoundary DeleteUserPolicy DetachRolePolicy DetachUserPolicy PutGroupPolicy
  PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy ResetServiceSpecificCredential
  SetDefaultPolicyVersion UpdateAssumeRolePolicy UpdateLoginProfile`;

testRule(noPrivilegeEscalation, {
  good: allows("iam:PassRole", iam("role/dse-job"), toEcs),
  bad: {
    ...Object.fromEntries(
      dangerous
        .trim()
        .split(/\s+/)
        .map((action) => [`${action} of anybody`, found(`iam:${action}`, "*")]),
    ),
    "any role, to a service": found("iam:PassRole", "*", toEcs),
    "any role": found("iam:PassRole", iam("role/*")),
    "a new version of any policy": found("iam:CreatePolicyVersion", "*"),
    "a new version of any policy, among others": found(
      ["iam:GetPolicy", "iam:CreatePolicyVersion"],
      "*",
    ),
    "any role, beside one": found("iam:PassRole", [iam("role/dse-job"), iam("role/*")]),
    "an access key of anybody": found("iam:CreateAccessKey", iam("user/*")),
    "the place of any role": found("sts:AssumeRole", "arn:aws:iam::*:role/*"),
    "any group": found("iam:AddUserToGroup", iam("group/*")),
    "by a wildcard": found("iam:Attach*Policy", iam("role/*")),
    "a policy of one's own": found("iam:PutUserPolicy", self),
    "one's own boundary": found("iam:DeleteUserPermissionsBoundary", self),
    "a role to any service": found("iam:PassRole", iam("role/dse-job")),
    "a role to any service in a region": found("iam:PassRole", iam("role/dse-job"), {
      StringEquals: { "aws:RequestedRegion": "us-west-2" },
    }),
    "a role to services that end alike": found("iam:PassRole", iam("role/dse-job"), {
      StringLike: { "iam:PassedToService": "*.amazonaws.com" },
    }),
    "a role to what a request may lack": found("iam:PassRole", iam("role/dse-job"), {
      StringEqualsIfExists: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    }),
  },
  nearMiss: {
    "one's own access keys and password": allows(
      ["iam:CreateAccessKey", "iam:UpdateLoginProfile"],
      self,
    ),
    "roles of the platform": allows("iam:AttachRolePolicy", iam("role/dse-*")),
    "the place of one role": allows("sts:AssumeRole", iam("role/dse-job")),
    "reads of anybody": allows(["iam:GetUser", "iam:ListAccessKeys"], "*"),
    "any role, denied": policyStack({ Effect: "Deny", Action: "iam:*", Resource: "*" }),
  },
  unknown: { "a resource": allows("iam:CreatePolicyVersion", [UNKNOWN]) },
  missing: {
    "a resource": {
      stack: policyStack({ Action: "iam:PutRolePolicy", NotResource: self }),
      finds: [],
    },
  },
});
