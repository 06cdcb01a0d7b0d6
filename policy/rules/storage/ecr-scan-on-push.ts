import { z } from "zod";
import { resourceRule } from "../../lib/rule.ts";
import { ecr } from "../../lib/types.ts";

export const ecrScanOnPush = resourceRule({
  name: "ecr-scan-on-push",
  description: "Every image is scanned when it is pushed.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["ECR.1"], nist: ["RA-5"], checkov: ["CKV_AWS_163"] },
  remediationSteps: "Set imageScanningConfiguration.scanOnPush of the repository to true.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-1",
  settings: {
    registryScans: z
      .boolean()
      .default(false)
      .describe("Whether the account's registry scans all repositories by itself."),
  },
  types: [ecr.Repository],
  *check({ props }, { settings }) {
    if (!settings.registryScans && props.imageScanningConfiguration?.scanOnPush !== true)
      yield {
        wrong: "its images are not scanned",
        write: "imageScanningConfiguration: { scanOnPush: true }",
      };
  },
  remediate({ props }) {
    props.imageScanningConfiguration = { scanOnPush: true };
  },
});
