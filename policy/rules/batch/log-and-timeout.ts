import { z } from "zod";
import { resourceRule } from "../../lib/rule.ts";
import { containersOf } from "../../lib/tasks.ts";
import { batch } from "../../lib/types.ts";

/** The account's own, which Batch uses where no other is named; AWS keeps it for ever. */
const defaultGroup = "/aws/batch/job";

export const logAndTimeout = resourceRule({
  name: "batch-log-and-timeout",
  description: "Jobs log to a log group of their own, and end in time.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["ECS.9"], nist: ["AU-2", "SC-5"], nag: ["AwsSolutions-ECS7"] },
  remediationSteps:
    "Give the container a logConfiguration of awslogs with awslogs-group, and the definition a timeout.",
  url: "https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html",
  settings: {
    maxTimeoutSeconds: z
      .int()
      .min(60)
      .default(86_400)
      .describe("Seconds that an attempt of a job may take; a longer timeout is as good as none."),
  },
  types: [batch.JobDefinition],
  *check(definition, { settings }) {
    for (const { logConfiguration } of containersOf(definition)) {
      const { logDriver, options } = logConfiguration ?? {};
      const group = options?.["awslogs-group"];
      const kept = logDriver === "awslogs" ? group && group !== defaultGroup : logDriver;
      if (!kept)
        yield {
          wrong: logDriver
            ? `its jobs log to ${defaultGroup}, which is the whole account's`
            : "it says nothing of its jobs' logs",
          write: "logConfiguration with logDriver awslogs and an awslogs-group of the stack",
          detail: "logs",
        };
    }
    const seconds = definition.props.timeout?.attemptDurationSeconds;
    if (!seconds || seconds > settings.maxTimeoutSeconds)
      yield {
        wrong: seconds
          ? `its jobs may run ${String(seconds)} seconds`
          : "its jobs may run for ever",
        write: `timeout.attemptDurationSeconds of ${String(settings.maxTimeoutSeconds)} at most`,
        detail: "timeout",
      };
  },
});
