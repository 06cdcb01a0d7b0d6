import { acceptedWildcards } from "../../lib/actions.ts";
import { allowedBy, identityPolicyTypes, isServiceWildcard } from "../../lib/identity.ts";
import { resourceRule } from "../../lib/rule.ts";

export const noActionWildcard = resourceRule({
  name: "iam-no-action-wildcard",
  description:
    "No policy allows actions by a wildcard, but for the few that are known to add nothing.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-6"], nag: ["AwsSolutions-IAM5"] },
  remediationSteps:
    "Name the actions that are needed. A wildcard also allows what AWS will name like that one day.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
  types: identityPolicyTypes,
  *check(resource) {
    for (const { actions } of allowedBy(resource))
      for (const action of actions)
        // All of a service is another rule's.
        if (/[*?]/.test(action) && !isServiceWildcard(action) && !isAccepted(action))
          yield {
            wrong: `it allows whatever is named like ${action}`,
            write: "the actions that are needed",
            detail: action,
          };
  },
});

const isAccepted = (action: string): boolean =>
  acceptedWildcards.some((accepted) => accepted.toLowerCase() === action.toLowerCase());
