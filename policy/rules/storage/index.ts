import { bucketAccessLogging } from "./bucket-access-logging";
import { bucketAclsDisabled } from "./bucket-acls-disabled";
import { bucketEncryption } from "./bucket-encryption";
import { bucketLifecycle } from "./bucket-lifecycle";
import { bucketPublicAccessBlock } from "./bucket-public-access-block";
import { bucketTlsOnly } from "./bucket-tls-only";
import { bucketVersioning } from "./bucket-versioning";
import { ecrEncryptionKms } from "./ecr-encryption-kms";
import { ecrLifecyclePolicy } from "./ecr-lifecycle-policy";
import { ecrNoPublicPolicy } from "./ecr-no-public-policy";
import { ecrScanOnPush } from "./ecr-scan-on-push";
import { ecrTagImmutability } from "./ecr-tag-immutability";
import { noLegacyTypes } from "./no-legacy-types";
import { noPublicGrant } from "./no-public-grant";

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
