import { iam } from "../../../policy/lib/types.ts";
import { noBroadOrInline } from "../../../policy/rules/identity/no-broad-or-inline.ts";
import { document } from "../fixtures.ts";
import { fixture, testRule, UNKNOWN } from "../support.ts";

const ofAws = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const attached = (policyArn: unknown) => [
  fixture(iam.RolePolicyAttachment, "attachment", { role: "job", policyArn }),
];
const role = (props: object) => [fixture(iam.Role, "role", props)];
const policy = document({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::data/*",
});
const found = (name: string) => ({ stack: attached(ofAws(name)), finds: ["attachment"] });

testRule(noBroadOrInline, {
  good: attached(ofAws("service-role/AWSBatchServiceRole")),
  bad: {
    "an administrator's policy": found("AdministratorAccess"),
    "an administrator's policy of one service": found("AdministratorAccess-Amplify"),
    "all of IAM": found("IAMFullAccess"),
    "all but IAM": found("PowerUserAccess"),
    "a system administrator's policy": found("job-function/SystemAdministrator"),
    "an administrator's policy in another partition": {
      stack: attached("arn:aws-cn:iam::aws:policy/AdministratorAccess"),
      finds: ["attachment"],
    },
    "an administrator's policy of a group": {
      stack: [
        fixture(iam.GroupPolicyAttachment, "attachment", { policyArn: ofAws("IAMFullAccess") }),
      ],
      finds: ["attachment"],
    },
    "an administrator's policy of a user": {
      stack: [
        fixture(iam.UserPolicyAttachment, "attachment", { policyArn: ofAws("IAMFullAccess") }),
      ],
      finds: ["attachment"],
    },
    "an administrator's policy of several": {
      stack: [fixture(iam.PolicyAttachment, "attachment", { policyArn: ofAws("IAMFullAccess") })],
      finds: ["attachment"],
    },
    "an administrator's policy in the role itself": {
      stack: role({ managedPolicyArns: [ofAws("AdministratorAccess")] }),
      finds: ["role"],
    },
    "an inline policy of a role": {
      stack: [fixture(iam.RolePolicy, "inline", { policy })],
      finds: ["inline"],
    },
    "an inline policy of a group": {
      stack: [fixture(iam.GroupPolicy, "inline", { policy })],
      finds: ["inline"],
    },
    "an inline policy in the role itself": {
      stack: role({ inlinePolicies: [{ name: "read", policy: JSON.stringify(policy) }] }),
      finds: ["role"],
    },
  },
  nearMiss: {
    "what Batch needs": attached(ofAws("service-role/AWSBatchServiceRole")),
    "what a task needs": attached(ofAws("service-role/AmazonECSTaskExecutionRolePolicy")),
    "a policy of the account's own, named alike": attached(
      "arn:aws:iam::123456789012:policy/AdministratorAccess",
    ),
    "a policy that the program makes": attached(UNKNOWN),
  },
  unknown: { "policies in the role itself": role({ managedPolicyArns: [UNKNOWN] }) },
  missing: {
    policies: { stack: role({}), finds: [] },
    "the name of an inline policy": {
      stack: role({ inlinePolicies: [{ policy: JSON.stringify(policy) }] }),
      finds: ["role"],
      says: /inline policy without a name;/,
    },
  },
});
