import { isPublic, statementsOf } from "../../lib/document.ts";
import { resourceRule } from "../../lib/rule.ts";
import { ecr } from "../../lib/types.ts";

export const ecrNoPublicPolicy = resourceRule({
  name: "ecr-no-public-policy",
  description: "No repository policy opens a repository to the public.",
  severity: "critical",
  enforcementLevel: "mandatory",
  controls: { checkov: ["CKV_AWS_32"], nag: ["AwsSolutions-ECR1"] },
  remediationSteps:
    "Name the accounts or roles as the principal, or bind the statement by aws:PrincipalOrgID.",
  url: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
  types: [ecr.RepositoryPolicy],
  *check({ props }) {
    for (const statement of statementsOf(props.policy))
      if (isPublic(statement))
        yield {
          wrong: `it allows anyone ${statement.actions.join(", ")}`,
          write: "the accounts or roles as Principal, or a condition on aws:PrincipalOrgID",
          ...(statement.sid && { detail: statement.sid }),
        };
  },
});
