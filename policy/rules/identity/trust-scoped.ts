import { isBinding, isPublic, statementsOf } from "../../lib/document.ts";
import { resourceRule } from "../../lib/rule.ts";
import { iam } from "../../lib/types.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
const sources = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

export const trustScoped = resourceRule({
  name: "iam-trust-scoped",
  description: "No role trusts anyone, or a service of AWS on behalf of any account.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-3", "AC-6"], checkov: ["CKV_AWS_60", "CKV_AWS_61"] },
  remediationSteps:
    "Name who may assume the role, and bind a service's statement by aws:SourceAccount or aws:SourceArn.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
  types: [iam.Role],
  *check({ props }) {
    for (const statement of statementsOf(props.assumeRolePolicy)) {
      if (isPublic(statement))
        yield {
          wrong: "anyone may assume it",
          write: "the accounts, roles or services as Principal",
          detail: "*",
        };
      const isBound = statement.conditions.some(
        (condition) => sources.includes(condition.key) && isBinding(condition),
      );
      if (statement.effect !== "Allow" || isBound) continue;
      for (const principal of statement.principals)
        if (principal.startsWith("Service:"))
          yield {
            wrong: `${principal.slice("Service:".length)} may assume it on behalf of any account`,
            write: "a condition on aws:SourceAccount",
            detail: principal.slice("Service:".length),
          };
    }
  },
});
