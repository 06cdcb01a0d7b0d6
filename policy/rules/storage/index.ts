import { bucketPublicAccessBlock } from "./bucket-public-access-block";
import { bucketVersioning } from "./bucket-versioning";
import { noPublicGrant } from "./no-public-grant";

export const storage = [bucketPublicAccessBlock, noPublicGrant, bucketVersioning];
