// Updates that fail: no emulator's does. One fails here where the requirements.txt that it asks for has the line
//   # DSE_LOCAL_UPDATE=fail
// and the next without succeeds.
import type { ClientConfig } from "./clients.mts";
import type { EnvironmentRequest } from "./mwaa-guard.mts";
import type { UpdateError } from "./mwaa-memory.mts";

const marker = /^# DSE_LOCAL_UPDATE=fail$/m;

/** What AWS answers with is this code for most that goes wrong inside of an environment. */
const error: UpdateError = {
  ErrorCode: "INCORRECT_CONFIGURATION",
  ErrorMessage: "local AWS: requirements.txt has the line DSE_LOCAL_UPDATE=fail",
};

export async function updateError(
  config: ClientConfig,
  Bucket: string,
  { RequirementsS3Path: Key, RequirementsS3ObjectVersion: VersionId }: EnvironmentRequest,
): Promise<UpdateError | undefined> {
  if (!Key) return undefined;
  const { GetObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({ ...config, forcePathStyle: true });
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return marker.test((await Body?.transformToString()) ?? "") ? error : undefined;
}
