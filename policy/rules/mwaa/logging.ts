import { z } from "zod";
import { resourceRule } from "../../lib/rule.ts";
import { mwaa } from "../../lib/types.ts";

/** What Airflow logs, as the environment's settings call it. */
const parts = [
  "dagProcessingLogs",
  "schedulerLogs",
  "taskLogs",
  "webserverLogs",
  "workerLogs",
] as const;

/** From the most to the least. https://docs.aws.amazon.com/mwaa/latest/API/API_ModuleLoggingConfigurationInput.html */
const levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;

export const logging = resourceRule({
  name: "mwaa-logging",
  description: "Airflow logs all five of its parts, and more than errors.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: {
    nist: ["AU-2", "AU-12"],
    checkov: ["CKV_AWS_242", "CKV_AWS_243", "CKV_AWS_244"],
    nag: ["AwsSolutions-MWAAAllLoggingInfo"],
  },
  remediationSteps: "Enable all five of loggingConfiguration at INFO.",
  url: "https://docs.aws.amazon.com/mwaa/latest/userguide/monitoring-airflow.html",
  settings: {
    leastLevel: z.enum(levels).default("WARNING").describe("The level that may log least."),
  },
  types: [mwaa.Environment],
  *check({ props }, { settings }) {
    for (const part of parts) {
      const { enabled = false, logLevel = "INFO" } = props.loggingConfiguration?.[part] ?? {};
      const level = levels.findIndex((one) => one === logLevel);
      if (enabled && level >= 0 && level <= levels.indexOf(settings.leastLevel)) continue;
      yield {
        wrong: enabled ? `${part} has level ${logLevel}` : `${part} is off`,
        write: `loggingConfiguration.${part} with enabled: true and logLevel INFO`,
        detail: part,
      };
    }
  },
});
