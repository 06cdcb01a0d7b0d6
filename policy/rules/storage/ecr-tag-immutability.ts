import { resourceRule } from "../../lib/rule.ts";
import { ecr } from "../../lib/types.ts";

export const ecrTagImmutability = resourceRule({
  name: "ecr-tag-immutability",
  description: "No tag of an image moves, but those that are named.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["ECR.2"], nist: ["CM-2"], checkov: ["CKV_AWS_51"] },
  remediationSteps:
    "Set imageTagMutability to IMMUTABLE, or to IMMUTABLE_WITH_EXCLUSION with a filter for the tags that move.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-2",
  types: [ecr.Repository],
  *check({ props }) {
    const { imageTagMutability: mutability = "MUTABLE" } = props;
    const filters = props.imageTagMutabilityExclusionFilters;
    const write =
      'imageTagMutability: "IMMUTABLE", or "IMMUTABLE_WITH_EXCLUSION" and the tags that move';
    if (!mutability.startsWith("IMMUTABLE")) yield { wrong: `its tags are ${mutability}`, write };
    else if (filters?.some(({ filter }) => /^\*+$/.test(filter)))
      yield { wrong: "its exclusion filter * lets every tag move", write };
  },
});
