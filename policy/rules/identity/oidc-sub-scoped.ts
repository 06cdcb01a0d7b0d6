import { type Condition, isBinding, statementsOf } from "../../lib/document.ts";
import { type Finding, resourceRule } from "../../lib/rule.ts";
import { iam } from "../../lib/types.ts";

export const oidcSubScoped = resourceRule({
  name: "iam-oidc-sub-scoped",
  description: "A role that is taken by OIDC names whose jobs may take it.",
  severity: "critical",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-3", "IA-2"], checkov: ["CKV_AWS_358", "CKV_AWS_393"] },
  remediationSteps:
    "Bind the statement by the provider's :sub claim, for GitHub down to the branch or environment: repo:org/name:environment:prod.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
  types: [iam.Role],
  *check({ props }) {
    for (const { effect, principals, conditions } of statementsOf(props.assumeRolePolicy))
      if (effect === "Allow")
        for (const principal of principals) {
          const [, issuer] = /^Federated:.*:oidc-provider\/(.+)$/.exec(principal) ?? [];
          if (issuer !== undefined) yield* open(issuer, conditions);
        }
  },
});

function* open(issuer: string, conditions: readonly Condition[]): Iterable<Finding> {
  const claim = `${issuer}:sub`.toLowerCase();
  const wide = conditions
    .filter((condition) => condition.key === claim && isBinding(condition))
    .map(({ values }) => values.filter((subject) => !names(issuer, subject)));
  // Conditions hold together: one that is narrow is enough.
  if (wide.some((subjects) => subjects.length === 0)) return;
  const write = `a condition StringEquals on ${issuer}:sub, down to whose jobs may take it`;
  const [subjects] = wide;
  if (!subjects) yield { wrong: `whatever ${issuer} vouches for may take it`, write };
  for (const subject of subjects ?? [])
    yield { wrong: `whatever ${issuer} calls ${subject} may take it`, write, detail: subject };
}

/**
 * Whether the subject names, before its first wildcard, who it is: for GitHub a repository and which of its jobs.
 * https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
 */
function names(issuer: string, subject: string): boolean {
  const [literal = ""] = subject.split(/[*?]/);
  return issuer.startsWith("token.actions.githubusercontent.com")
    ? /^repo:[^/:]+\/[^/:]+:./.test(literal)
    : literal !== "";
}
