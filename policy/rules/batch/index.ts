import { containerHardened } from "./container-hardened";
import { imagePinned } from "./image-pinned";
import { logAndTimeout } from "./log-and-timeout";
import { networkPrivate } from "./network-private";
import { noPlaintextSecret } from "./no-plaintext-secret";
import { onFargate } from "./on-fargate";
import { queueStuckJobs } from "./queue-stuck-jobs";
import { roleSeparation } from "./role-separation";
import { secretSourceLocal } from "./secret-source-local";
import { spotRetries } from "./spot-retries";

export const batch = [
  roleSeparation,
  noPlaintextSecret,
  secretSourceLocal,
  containerHardened,
  imagePinned,
  networkPrivate,
  logAndTimeout,
  onFargate,
  queueStuckJobs,
  spotRetries,
];
