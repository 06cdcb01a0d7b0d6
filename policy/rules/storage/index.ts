import { bucketAccessLogging } from "./bucket-access-logging.ts";
import { bucketAclsDisabled } from "./bucket-acls-disabled.ts";
import { bucketEncryption } from "./bucket-encryption.ts";
import { bucketLifecycle } from "./bucket-lifecycle.ts";
import { bucketPublicAccessBlock } from "./bucket-public-access-block.ts";
import { bucketTlsOnly } from "./bucket-tls-only.ts";
import { bucketVersioning } from "./bucket-versioning.ts";
import { ecrEncryptionKms } from "./ecr-encryption-kms.ts";
import { ecrLifecyclePolicy } from "./ecr-lifecycle-policy.ts";
import { ecrNoPublicPolicy } from "./ecr-no-public-policy.ts";
import { ecrScanOnPush } from "./ecr-scan-on-push.ts";
import { ecrTagImmutability } from "./ecr-tag-immutability.ts";
import { noLegacyTypes } from "./no-legacy-types.ts";
import { noPublicGrant } from "./no-public-grant.ts";

export const storage = [
  bucketPublicAccessBlock,
  noPublicGrant,
  bucketTlsOnly,
  bucketEncryption,
  bucketVersioning,
  bucketLifecycle,
  bucketAclsDisabled,
  bucketAccessLogging,
  noLegacyTypes,
  ecrScanOnPush,
  ecrTagImmutability,
  ecrLifecyclePolicy,
  ecrEncryptionKms,
  ecrNoPublicPolicy,
];
