import { covers, isBinding, type Statement } from "../../lib/document.ts";
import { allowedBy, identityPolicyTypes } from "../../lib/identity.ts";
import { resourceRule } from "../../lib/rule.ts";

export const noNotElement = resourceRule({
  name: "iam-no-not-element",
  description: "No policy allows everything but what it names.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-6"] },
  remediationSteps:
    "Name what is allowed, by Action and Resource. NotAction is for statements that deny.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
  types: identityPolicyTypes,
  *check(resource) {
    for (const statement of allowedBy(resource)) {
      if (isKeyOfQueues(statement)) continue;
      const { notActions, notResources, actions } = statement;
      const allButActions = `all but ${notActions.join(", ")}`;
      if (notActions.length > 0)
        yield {
          wrong: `it allows ${allButActions}`,
          write: "Action with what is allowed",
          detail: "NotAction",
        };
      if (notResources.length > 0)
        yield {
          wrong: `it allows ${actions.join(", ") || allButActions} on all but ${notResources.join(", ")}`,
          write: "Resource with what it is allowed on",
          detail: "NotResource",
        };
    }
  },
});

const useKey = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"];

/**
 * The form in which AWS lets Airflow use the key of its queues. That stands in an account of AWS's own, and has no
 * ARN that could be named: any but the account's own, and through SQS alone.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
 */
function isKeyOfQueues({ actions, notResources, conditions }: Statement): boolean {
  return (
    actions.length > 0 &&
    actions.every((action) => useKey.some((pattern) => covers(pattern, action))) &&
    notResources.every((arn) => /^arn:[^:]+:kms:[^:]+:\d{12}:key\/\*$/.test(arn)) &&
    conditions.some(
      (condition) =>
        condition.key === "kms:viaservice" &&
        isBinding(condition) &&
        condition.values.every((service) => service.startsWith("sqs.")),
    )
  );
}
