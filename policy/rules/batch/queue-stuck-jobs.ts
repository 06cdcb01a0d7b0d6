import { z } from "zod";
import { resourceRule } from "../../lib/rule.ts";
import { batch } from "../../lib/types.ts";

export const queueStuckJobs = resourceRule({
  name: "batch-queue-stuck-jobs",
  description: "A job that cannot start is cancelled before it holds up its queue for good.",
  severity: "low",
  enforcementLevel: "advisory",
  controls: { nist: ["CP-10", "SC-5"] },
  remediationSteps:
    "Give the queue jobStateTimeLimitActions that cancel jobs in RUNNABLE, one for each reason.",
  url: "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_time_limit_actions.html",
  settings: {
    reasons: z
      .array(z.string().min(1))
      .default([
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
      ])
      .describe("Reasons for which a job that waits is to be cancelled, as AWS names them."),
  },
  types: [batch.JobQueue],
  *check({ props }, { settings }) {
    const actions = props.jobStateTimeLimitActions ?? [];
    const missing = settings.reasons.filter(
      (reason) =>
        !actions.some((action) => action.state === "RUNNABLE" && action.reason === reason),
    );
    for (const reason of missing)
      yield {
        wrong: `a job that waits for ${reason} waits for ever`,
        write: `jobStateTimeLimitActions with reason ${reason}`,
        detail: reason,
      };
  },
});
