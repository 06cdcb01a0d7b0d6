// Who holds a stack of the platform, in whichever backend it is.
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { awsFault } from "./aws.mts";
import { bucketOf, folderOf, isBucket } from "./backend.mts";
import { refused } from "./errors.mts";
import { describeLock, isLive, locksInFolder, locksPath, parseLock, type Lock } from "./locks.mts";
import { backendUrl, project } from "./pulumi.mts";

async function locksInBucket(backend: string, stack: string): Promise<Lock[]> {
  const {
    s3,
    bucket: Bucket,
    prefix,
  } = bucketOf(backend, process.env["AWS_REGION"] ?? "us-west-2");
  const Prefix = `${prefix}${locksPath(project, stack)}/`;
  const locks: Lock[] = [];
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
      for (const { Key } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        locks.push(parseLock((await Body?.transformToString()) ?? ""));
      }
    return locks;
  } catch (error) {
    throw refused(`the locks of ${stack} cannot be read: ${awsFault(error)}`, error);
  } finally {
    s3.destroy();
  }
}

/** The stack's locks; none where the backend keeps them otherwise than as files: Pulumi itself then refuses. */
export async function stackLocks(stack: string): Promise<Lock[]> {
  const backend = await backendUrl();
  if (isBucket(backend)) return locksInBucket(backend, stack);
  const folder = folderOf(backend);
  return folder === undefined ? [] : locksInFolder(folder, project, stack);
}

/** Pulumi refuses as well, in words that do not tell a killed update from one that is under way. */
export async function refuseLocked(stack: string): Promise<void> {
  const locks = await stackLocks(stack);
  const held = locks.find(isLive) ?? locks[0];
  if (!held) return;
  const what = isLive(held)
    ? "wait for it, or, if it was killed"
    : "that process is gone, so that it was killed";
  throw refused(
    `${stack} is locked by ${describeLock(held)}: ${what}: run \`platform recover ${stack}\``,
  );
}
