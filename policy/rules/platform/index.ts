import { allowedRegions } from "./allowed-regions.ts";
import { costCeiling } from "./cost-ceiling.ts";
import { kmsRotationAndPolicy } from "./kms-rotation-and-policy.ts";
import { logsRetentionAndKms } from "./logs-retention-and-kms.ts";
import { requiredTags } from "./required-tags.ts";
import { statefulProtected } from "./stateful-protected.ts";

export const platform = [
  requiredTags,
  allowedRegions,
  logsRetentionAndKms,
  kmsRotationAndPolicy,
  statefulProtected,
  costCeiling,
];
