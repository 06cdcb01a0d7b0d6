import { isAbout } from "../../lib/actions.ts";
import { identityPolicyTypes, identityStatements } from "../../lib/identity.ts";
import { resourceRule } from "../../lib/rule.ts";

export const actionMatchesResource = resourceRule({
  name: "iam-action-matches-resource",
  description: "Every action of a policy is about a resource that its statement names.",
  severity: "low",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-6"] },
  remediationSteps:
    "Name a resource of the kind that AWS lists for the action, or `*` where it lists none.",
  url: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
  types: identityPolicyTypes,
  *check(resource) {
    for (const { actions, effect, resources } of identityStatements(resource))
      for (const action of actions)
        if (resources.length > 0 && !resources.some((arn) => isAbout(action, arn)))
          yield {
            wrong: `its ${effect} of ${action} on ${resources.join(", ")} has no effect`,
            write: "a resource that the action is about",
            detail: action,
          };
  },
});
