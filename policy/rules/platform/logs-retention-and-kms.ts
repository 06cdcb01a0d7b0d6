import { z } from "zod";
import { resourceRule } from "../../lib/rule.ts";
import { cloudwatch } from "../../lib/types.ts";
import { isGiven } from "../../lib/unknown.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const periods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

export const logsRetentionAndKms = resourceRule({
  name: "logs-retention-and-kms",
  description:
    "Logs are kept long enough, not for ever, and encrypted with a KMS key of the account.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["AU-11"], checkov: ["CKV_AWS_66", "CKV_AWS_338", "CKV_AWS_158"] },
  remediationSteps: "Set retentionInDays and kmsKeyId of the log group.",
  url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
  settings: {
    leastDays: z.literal(periods).default(365).describe("Days for which logs are kept at least."),
    requireKms: z
      .boolean()
      .default(true)
      .describe("Whether a key of CloudWatch's own is not enough."),
  },
  types: [cloudwatch.LogGroup],
  *check({ props }, { settings: { leastDays, requireKms } }) {
    const { retentionInDays = 0 } = props;
    if (retentionInDays < leastDays)
      yield {
        wrong: retentionInDays
          ? `its logs are deleted after ${retentionInDays} days`
          : "its logs are kept for ever",
        write: `retentionInDays: ${leastDays} or more`,
        detail: "retention",
      };
    if (requireKms && !isGiven(() => props.kmsKeyId))
      yield {
        wrong: "its logs are encrypted with a key of CloudWatch's own",
        write: "kmsKeyId: the ARN of a key",
        detail: "kms",
      };
  },
  remediate({ props }, { settings: { leastDays } }) {
    props.retentionInDays = Math.max(props.retentionInDays ?? 0, leastDays);
  },
});
