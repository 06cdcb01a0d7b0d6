import { covers, type Statement, statementsOf } from "./document.ts";
import type { Resource } from "./resource.ts";
import type { StackResources } from "./stack.ts";
import { iam } from "./types.ts";
import { known } from "./unknown.ts";

/** Whether the statement allows the action, by itself. */
export const allows = ({ effect, actions, notActions }: Statement, action: string): boolean =>
  effect === "Allow" &&
  (notActions.length > 0
    ? !notActions.some((pattern) => covers(pattern, action))
    : actions.some((pattern) => covers(pattern, action)));

/** What a statement is about; `*` where it names what it is not about. */
export const resourcesOf = ({ resources, notResources }: Statement): readonly string[] =>
  notResources.length > 0 ? ["*"] : resources;

/** What a role is granted: the statements that the stack tells, and the ARNs of policies that it does not have. */
export interface Grants {
  readonly statements: readonly Statement[];
  readonly elsewhere: readonly string[];
}

export function grantsOf(stack: StackResources, role: Resource): Grants {
  const attachments = stack.companions(role, iam.RolePolicyAttachment, "role");
  const attached = attachments.map((attachment) => ({
    policies: stack.targets(attachment, "policyArn", iam.Policy),
    arn: known(() => attachment.props.policyArn),
  }));
  const inline = stack.companions(role, iam.RolePolicy, "role");
  return {
    statements: [...attached.flatMap(({ policies }) => policies), ...inline].flatMap(({ props }) =>
      statementsOf(props.policy),
    ),
    elsewhere: attached.flatMap(({ policies, arn }) => (policies.length === 0 && arn ? [arn] : [])),
  };
}

/** The roles of the stack with that ARN. By name, as the ARN is unknown before a role is made. */
export const rolesOf = (stack: StackResources, arn: string) =>
  stack.of(iam.Role).filter(({ props }) => known(() => props.name) === arn.split("/").at(-1));
