// Who holds a stack of the platform, in whichever backend it is.
import { homedir } from "node:os";
import { join } from "node:path";
import { awsFault, clientSettings } from "./aws.mts";
import { refused } from "./errors.mts";
import { describeLock, isLive, locksInFolder, locksPath, parseLock, type Lock } from "./locks.mts";
import { backendUrl, project } from "./pulumi.mts";

async function locksInBucket(url: URL, stack: string): Promise<Lock[]> {
  const { GetObjectCommand, paginateListObjectsV2, S3Client } = await import("@aws-sdk/client-s3");
  const region = url.searchParams.get("region") ?? process.env["AWS_REGION"] ?? "us-west-2";
  const client = new S3Client(clientSettings(region));
  const Bucket = url.hostname;
  const Prefix = `${join(url.pathname.slice(1), locksPath(project, stack))}/`;
  const locks: Lock[] = [];
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
      for (const { Key } of Contents) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        locks.push(parseLock((await Body?.transformToString()) ?? ""));
      }
    return locks;
  } catch (error) {
    throw refused(`the locks of ${stack} cannot be read: ${awsFault(error)}`, error);
  } finally {
    client.destroy();
  }
}

/** The folder of a backend that is one. */
export function folderOf(backend: string): string | undefined {
  const [, path] = /^file:\/\/([^?]*)/.exec(backend) ?? [];
  return path?.replace(/^~/, homedir());
}

/** The stack's locks; none where the backend keeps them otherwise than as files: Pulumi itself then refuses. */
export async function stackLocks(stack: string): Promise<Lock[]> {
  const backend = await backendUrl();
  if (backend.startsWith("s3://")) return locksInBucket(new URL(backend), stack);
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
