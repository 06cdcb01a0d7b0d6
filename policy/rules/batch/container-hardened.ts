import { z } from "zod";
import { resourceRule } from "../../lib/rule.ts";
import { tasksOf } from "../../lib/tasks.ts";
import { batch } from "../../lib/types.ts";

export const containerHardened = resourceRule({
  name: "batch-container-hardened",
  description:
    "Jobs run without privileges, on a root file system that they cannot write, on Fargate's current platform.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["ECS.4", "ECS.5", "ECS.10"],
    nist: ["AC-6", "CM-7"],
    checkov: ["CKV_AWS_210"],
  },
  remediationSteps:
    "Leave privileged out, set readonlyRootFilesystem and mount a volume where the job writes, and leave the platform version LATEST.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5",
  settings: {
    platformVersions: z
      .array(z.string().min(1))
      .default(["LATEST", "1.4.0"])
      .describe(
        "Fargate platform versions that are current: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html",
      ),
  },
  types: [batch.JobDefinition],
  *check(definition, { settings }) {
    for (const { platformVersion = "LATEST", containers } of tasksOf(definition)) {
      if (containers.some(({ privileged }) => privileged))
        yield {
          wrong: "its container is privileged",
          write: "privileged: false",
          detail: "privileged",
        };
      if (!containers.every(({ readonlyRootFilesystem }) => readonlyRootFilesystem))
        yield {
          wrong: "its jobs may write to their root file system",
          write: "readonlyRootFilesystem: true, and a volume where the job writes",
          detail: "readonlyRootFilesystem",
        };
      if (!settings.platformVersions.includes(platformVersion))
        yield {
          wrong: `it runs on Fargate platform ${platformVersion}`,
          write: `platformVersion ${settings.platformVersions.join(" or ")}`,
          detail: "platformVersion",
        };
    }
  },
});
