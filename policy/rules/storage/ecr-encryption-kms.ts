import { z } from "zod";
import { resourceRule } from "../../lib/rule.ts";
import { ecr } from "../../lib/types.ts";

export const ecrEncryptionKms = resourceRule({
  name: "ecr-encryption-kms",
  description: "Images are encrypted with a KMS key of the account.",
  severity: "low",
  enforcementLevel: "advisory",
  controls: { checkov: ["CKV_AWS_136"] },
  remediationSteps:
    "Set encryptionConfigurations of the repository to KMS and a key. AWS makes a new repository for it.",
  url: "https://docs.aws.amazon.com/config/latest/developerguide/ecr-repository-cmk-encryption-enabled.html",
  settings: {
    customerKey: z
      .boolean()
      .default(true)
      .describe("Whether a key of AWS's own, aws/ecr, is not enough."),
  },
  types: [ecr.Repository],
  *check({ props }, { settings }) {
    const { encryptionType = "AES256", kmsKey } = props.encryptionConfigurations?.[0] ?? {};
    const write = 'encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: the ARN of a key }]';
    if (!["KMS", "KMS_DSSE"].includes(encryptionType))
      yield { wrong: `its images are encrypted with ${encryptionType}`, write };
    else if (settings.customerKey && !kmsKey)
      yield { wrong: "its images are encrypted with a key of AWS's own", write };
  },
});
