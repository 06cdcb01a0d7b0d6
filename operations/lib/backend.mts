// Where Pulumi keeps the state: https://www.pulumi.com/docs/iac/concepts/state-and-backends/
import { rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { clientSettings } from "./aws.mts";
import { isNamed } from "./call.mts";
import { refused } from "./errors.mts";
import { backendUrl, clone } from "./pulumi.mts";

/** Of a file or an object that is written to see whether one can be. */
const probe = join(".pulumi", `writable-${process.pid}`);

/** The engine writes the state, a copy of it as history and one as backup. */
const COPIES = 3;

/**
 * Refuses a backend that does not take a state of so many bytes. Otherwise an update would find out: at its lock, or in its
 * midst. Other backends than folders and S3 are left to it.
 */
export async function checkWritable(region: string, bytes: number): Promise<void> {
  const backend = await backendUrl();
  const folder = folderOf(backend);
  if (folder !== undefined) await checkFolder(folder, COPIES * bytes);
  if (isBucket(backend)) await checkBucket(backend, region);
}

/** The folder of a backend that is one. */
export function folderOf(backend: string): string | undefined {
  const [, path] = /^file:\/\/([^?]*)/.exec(backend) ?? [];
  return path === undefined ? undefined : resolve(clone, path.replace(/^~/, homedir()));
}

export const isBucket = (backend: string): boolean => backend.startsWith("s3://");

/** The bucket of a backend that is one, read as Pulumi reads its URL; `region` where that names none. */
export function bucketOf(backend: string, region: string) {
  const url = new URL(backend);
  const given = (name: string) => url.searchParams.get(name) ?? undefined;
  const endpoint = given("endpoint");
  const profile = given("profile");
  const s3 = new S3Client({
    ...clientSettings(given("region") ?? region),
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(profile && { profile }),
  });
  const prefix = given("prefix") ?? `${url.pathname.replace(/^\//, "")}/`;
  return { s3, bucket: url.hostname, prefix: prefix === "/" ? "" : prefix };
}

async function checkFolder(folder: string, bytes: number): Promise<void> {
  const file = join(folder, probe);
  try {
    await writeFile(file, Buffer.alloc(bytes), { flag: "wx" });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const isFull = ["ENOSPC", "EDQUOT", "EFBIG"].includes(code);
    throw refused(
      isFull
        ? `there is no room for the state in ${folder}: make some, ${Math.ceil(bytes / 1e6)} MB at least`
        : `the state in ${folder} cannot be written (${code}): check who owns it, and how it is mounted`,
      error,
    );
  } finally {
    // Where it could not be begun, there is nothing to remove.
    await rm(file, { force: true }).catch(() => undefined);
  }
}

async function checkBucket(backend: string, region: string): Promise<void> {
  const { s3, bucket, prefix } = bucketOf(backend, region);
  const object = { Bucket: bucket, Key: `${prefix}${probe}` };
  try {
    // A change of an object that is not there: S3 looks at the rights, and then refuses it.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    await s3.send(new PutObjectCommand({ ...object, Body: "-", IfMatch: '"none"' }));
    // A store that knows no conditions.
    await s3.send(new DeleteObjectCommand(object));
  } catch (error) {
    if (isNamed(error, "AccessDenied"))
      throw refused(
        `the state bucket ${object.Bucket} may be read, and not written with these credentials: change AWS_PROFILE`,
        error,
      );
    // Any other answer is the one that was asked for, or left to the engine.
  } finally {
    s3.destroy();
  }
}
