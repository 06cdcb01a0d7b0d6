import { resourceRule } from "../../lib/rule.ts";
import { tasksOf } from "../../lib/tasks.ts";
import { batch } from "../../lib/types.ts";

export const secretSourceLocal = resourceRule({
  name: "batch-secret-source-local",
  description: "Jobs get their secrets from their own account and region.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-4", "SC-7"] },
  remediationSteps:
    "Keep the secret in the account and region of the job, or replicate it there, and look its ARN up instead of writing it down.",
  url: "https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data-secrets.html",
  types: [batch.JobDefinition],
  *check(definition) {
    const region: unknown = definition.props.region ?? definition.provider?.props["region"];
    for (const { executionRole, containers } of tasksOf(definition)) {
      const account = executionRole?.split(":")[4];
      const sources = containers.flatMap(
        ({ secrets, logConfiguration, repositoryCredentials: { credentialsParameter } = {} }) => [
          ...(secrets ?? []),
          ...(logConfiguration?.secretOptions ?? []),
          ...(credentialsParameter
            ? [{ name: "repositoryCredentials", valueFrom: credentialsParameter }]
            : []),
        ],
      );
      for (const { name, valueFrom } of sources) {
        // A parameter's name alone is one of the job's own account and region.
        const [arn, , , secretRegion, secretAccount] = valueFrom.split(":");
        if (arn !== "arn") continue;
        const strange = [
          account !== undefined && secretAccount !== account && `account ${secretAccount ?? ""}`,
          region !== undefined && secretRegion !== region && `region ${secretRegion ?? ""}`,
        ].filter((one) => one !== false);
        if (strange.length > 0)
          yield {
            wrong: `${name} comes from ${strange.join(", ")}`,
            write: `a secret of ${[account, region].filter(Boolean).join(" in ")}`,
            detail: name,
          };
      }
    }
  },
});
