import { containerHardened } from "./container-hardened.ts";
import { imagePinned } from "./image-pinned.ts";
import { logAndTimeout } from "./log-and-timeout.ts";
import { networkPrivate } from "./network-private.ts";
import { noPlaintextSecret } from "./no-plaintext-secret.ts";
import { onFargate } from "./on-fargate.ts";
import { queueStuckJobs } from "./queue-stuck-jobs.ts";
import { roleSeparation } from "./role-separation.ts";
import { secretSourceLocal } from "./secret-source-local.ts";
import { spotRetries } from "./spot-retries.ts";

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
