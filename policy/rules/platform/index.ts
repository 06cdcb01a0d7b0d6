import { allowedRegions } from "./allowed-regions";
import { costCeiling } from "./cost-ceiling";
import { kmsRotationAndPolicy } from "./kms-rotation-and-policy";
import { logsRetentionAndKms } from "./logs-retention-and-kms";
import { requiredTags } from "./required-tags";
import { statefulProtected } from "./stateful-protected";

export const platform = [
  requiredTags,
  allowedRegions,
  logsRetentionAndKms,
  kmsRotationAndPolicy,
  statefulProtected,
  costCeiling,
];
