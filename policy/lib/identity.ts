import { type Statement, statementsOf } from "./document.ts";
import { isOf, type Resource } from "./resource.ts";
import { iam } from "./types.ts";

/** The types that have policies of identities: what a role, a group or a user may do. */
export const identityPolicyTypes = [
  iam.GroupPolicy,
  iam.Policy,
  iam.Role,
  iam.RolePolicy,
  iam.UserPolicy,
] as const;

/** The statements in a resource of one of {@link identityPolicyTypes}; of a role, those of its inline policies. */
export function identityStatements(resource: Resource): Statement[] {
  if (isOf(resource, iam.Role))
    return (
      resource.props.inlinePolicies?.flatMap(({ policy }) =>
        policy ? statementsOf(policy) : [],
      ) ?? []
    );
  if (
    isOf(resource, iam.GroupPolicy) ||
    isOf(resource, iam.Policy) ||
    isOf(resource, iam.RolePolicy) ||
    isOf(resource, iam.UserPolicy)
  )
    return statementsOf(resource.props.policy);
  return [];
}

/** Those of them that allow. */
export const allowedBy = (resource: Resource): Statement[] =>
  identityStatements(resource).filter(({ effect }) => effect === "Allow");

/** Whether all that follows the service is wildcards: `s3:*`, `s3:?*`, `*`. */
export const isServiceWildcard = (action: string): boolean => /(^|:)[*?]+$/.test(action);
