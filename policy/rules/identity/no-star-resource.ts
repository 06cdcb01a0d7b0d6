import { isAbout, isMadeBy, namesNothing, takesResources } from "../../lib/actions.ts";
import { isBinding, type Statement } from "../../lib/document.ts";
import { allowedBy, identityPolicyTypes } from "../../lib/identity.ts";
import { resourceRule } from "../../lib/rule.ts";

export const noStarResource = resourceRule({
  name: "iam-no-star-resource",
  description: "No policy allows on all resources what AWS can limit to some.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: {
    nist: ["AC-6"],
    checkov: ["CKV_AWS_289", "CKV_AWS_290", "CKV_AWS_355"],
    nag: ["AwsSolutions-IAM5"],
  },
  remediationSteps:
    "Name the resources by their ARNs, with a prefix at least, or bind the statement by their tags.",
  url: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
  types: identityPolicyTypes,
  *check(resource) {
    for (const statement of allowedBy(resource)) {
      if (isBoundByTags(statement)) continue;
      for (const action of statement.actions.filter(takesResources)) {
        const all = statement.resources.find(
          (arn) => namesNothing(arn) && isAbout(action, arn) && !isMadeBy(action, arn),
        );
        if (all !== undefined)
          yield {
            wrong: `it allows ${action} on ${all}`,
            write: "the ARNs that it is needed for",
            detail: action,
          };
      }
    }
  },
});

/**
 * Tags stand for a name where AWS makes names up; what is made may be tagged with what makes it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
const isTag = (key: string): boolean =>
  /^[a-z0-9-]+:(resourcetag|requesttag)\//.test(key) || key === "ec2:createaction";

const isBoundByTags = ({ conditions }: Statement): boolean =>
  conditions.some((condition) => isTag(condition.key) && isBinding(condition));
