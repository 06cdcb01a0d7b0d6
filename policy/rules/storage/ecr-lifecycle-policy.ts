import { z } from "zod";
import { parsed } from "../../lib/json.ts";
import { stackRule } from "../../lib/rule.ts";
import { ecr } from "../../lib/types.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
interface LifecyclePolicy {
  readonly rules?: readonly {
    readonly selection?: { readonly countNumber?: number };
    readonly action?: { readonly type?: string };
  }[];
}

export const ecrLifecyclePolicy = stackRule({
  name: "ecr-lifecycle-policy",
  description: "Every repository lets images go that are old or too many.",
  severity: "low",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["ECR.3"] },
  remediationSteps:
    "Give the repository an aws.ecr.LifecyclePolicy with a rule that expires images.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-3",
  settings: {
    mostKept: z
      .int()
      .min(1)
      .default(1000)
      .describe("Days or images beyond which a rule counts as one that keeps everything."),
  },
  types: [ecr.Repository],
  *check(repository, { stack, settings }) {
    const policies = stack.companions(repository, ecr.LifecyclePolicy, "repository");
    const rules = policies.flatMap(
      ({ props }) => (parsed(props.policy) as LifecyclePolicy).rules ?? [],
    );
    const expires = rules.some(
      ({ selection, action }) =>
        action?.type === "expire" && (selection?.countNumber ?? Infinity) <= settings.mostKept,
    );
    if (!expires)
      yield {
        wrong:
          policies.length > 0
            ? "its lifecycle policy keeps every image"
            : "it keeps every image for ever",
        write: `an aws.ecr.LifecyclePolicy of it with a rule of action "expire" and at most ${settings.mostKept} as countNumber`,
      };
  },
});
