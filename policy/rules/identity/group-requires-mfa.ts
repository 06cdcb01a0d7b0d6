import { z } from "zod";
import { covers, type Statement, statementsOf } from "../../lib/document.ts";
import { isServiceWildcard } from "../../lib/identity.ts";
import type { Resource } from "../../lib/resource.ts";
import { stackRule } from "../../lib/rule.ts";
import type { StackResources } from "../../lib/stack.ts";
import { type ArgsOf, iam } from "../../lib/types.ts";

export const groupRequiresMfa = stackRule({
  name: "iam-group-requires-mfa",
  description: "Without MFA, people in a group may do nothing but set it up.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["IAM.5", "IAM.19"], nist: ["IA-2(1)", "IA-2(2)"] },
  remediationSteps:
    "Attach a policy to the group that denies, by NotAction, all but setting MFA up, where BoolIfExists aws:MultiFactorAuthPresent is false.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html",
  settings: {
    machines: z
      .array(z.string())
      .default(["*-bot"])
      .describe("User names of machines, which have no MFA device; `*` for any characters."),
  },
  types: [iam.Group],
  *check(group, { stack, settings }) {
    const members = membersOf(group, stack);
    const isMachine = (user: string) => settings.machines.some((name) => covers(name, user));
    // People may be put by hand into one that has no members here.
    if (members.length > 0 && members.every(isMachine)) return;
    if (!policiesOf(group, stack).flatMap(statementsOf).some(deniesWithoutMfa))
      yield {
        wrong: "its members may do without MFA what they may do",
        write: "a policy of it that denies all but setting MFA up without MFA, by BoolIfExists",
      };
  },
});

type Group = Resource<ArgsOf<typeof iam.Group>>;

function membersOf(group: Group, stack: StackResources): string[] {
  return [
    ...stack.companions(group, iam.GroupMembership, "group").flatMap(({ props }) => props.users),
    ...stack.companions(group, iam.UserGroupMembership, "groups").map(({ props }) => props.user),
  ];
}

function policiesOf(group: Group, stack: StackResources): unknown[] {
  return [
    ...stack
      .companions(group, iam.GroupPolicyAttachment, "group")
      .flatMap((attachment) => stack.targets(attachment, "policyArn", iam.Policy)),
    ...stack
      .companions(group, iam.PolicyAttachment, "groups")
      .flatMap((attachment) => stack.targets(attachment, "policyArn", iam.Policy)),
    ...stack.companions(group, iam.GroupPolicy, "group"),
  ].map(({ props }) => props.policy);
}

/** A plain Bool misses requests that are signed with an access key: they do not have the key of the condition. */
function deniesWithoutMfa(statement: Statement): boolean {
  const { effect, actions, notActions, resources, conditions } = statement;
  const [condition] = conditions;
  return (
    effect === "Deny" &&
    (actions.includes("*") || (notActions.length > 0 && !notActions.some(isServiceWildcard))) &&
    resources.includes("*") &&
    conditions.length === 1 &&
    condition?.operator === "boolifexists" &&
    condition.key === "aws:multifactorauthpresent" &&
    condition.values.includes("false")
  );
}
