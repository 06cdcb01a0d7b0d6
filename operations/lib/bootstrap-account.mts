// What an account has of a state bucket and a secrets key, whether or not a state knows of them.
import {
  DescribeKeyCommand,
  KMSClient,
  ListResourceTagsCommand,
  paginateListKeys,
} from "@aws-sdk/client-kms";
import {
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { awsFault, clientSettings } from "./aws.mts";
import { CommandError, refused } from "./errors.mts";

/** The tag of all that bootstrap makes; its value is the bucket's name. */
const tag = "dse-bootstrap";

export interface Found {
  /** The bucket's name: as asked for, else the one that the key was made with, else the usual one. */
  readonly bucket: string;
  readonly bucketExists: boolean;
  readonly keyId: string | undefined;
  readonly aliasExists: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

interface Wanted {
  readonly account: string;
  readonly region: string;
  readonly bucket?: string | undefined;
  readonly keyAlias: string;
}

/** Looks the account over; refuses a bucket or an alias that is somebody else's. */
export async function findState(wanted: Wanted): Promise<Found> {
  const { account, region, keyAlias } = wanted;
  const kms = new KMSClient(clientSettings(region));
  const s3 = new S3Client(clientSettings(region));
  try {
    const aliased = await keyOfAlias(kms, keyAlias);
    const key = aliased ?? (await taggedKey(kms));
    const bucket = wanted.bucket ?? key?.bucket ?? `dse-pulumi-state-${account}-${region}`;
    if (key && key.bucket !== bucket)
      throw refused(
        `account ${account} has its key ${keyAlias} for the state bucket ${key.bucket}: use that one, or another --key-alias`,
      );
    const bucketExists = await isOurs(s3, bucket, account);
    const found = { keyId: key?.id, aliasExists: aliased !== undefined };
    return { bucket, bucketExists, ...found, tags: { [tag]: bucket } };
  } catch (error) {
    throw error instanceof CommandError ? error : refused(awsFault(error), error);
  } finally {
    kms.destroy();
    s3.destroy();
  }
}

interface Key {
  readonly id: string;
  readonly bucket: string;
}

const isNamed = (error: unknown, ...names: string[]) =>
  names.includes((error as { name?: string }).name ?? "");

/** The bucket that a key was made with, if it is one of bootstrap's. */
async function bucketOf(kms: KMSClient, KeyId: string): Promise<string | undefined> {
  try {
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
    return Tags.find(({ TagKey }) => TagKey === tag)?.TagValue;
  } catch (error) {
    // Other people's keys may be closed to us.
    if (isNamed(error, "AccessDeniedException")) return undefined;
    throw error;
  }
}

async function keyOfAlias(kms: KMSClient, alias: string): Promise<Key | undefined> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: alias }));
    const id = KeyMetadata?.KeyId ?? "";
    const bucket = await bucketOf(kms, id);
    if (bucket === undefined)
      throw refused(`${alias} is the alias of a key that is not bootstrap's: choose --key-alias`);
    return { id, bucket };
  } catch (error) {
    if (isNamed(error, "NotFoundException")) return undefined;
    throw error;
  }
}

/** A key that was made, and not yet its alias. */
async function taggedKey(kms: KMSClient): Promise<Key | undefined> {
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {}))
    for (const { KeyId: id = "" } of Keys) {
      const bucket = await bucketOf(kms, id);
      if (bucket === undefined) continue;
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
      if (KeyMetadata?.KeyState === "Enabled") return { id, bucket };
    }
  return undefined;
}

/** Whether the bucket is there. One that is not bootstrap's is refused, unless it is empty: it had no time for tags. */
async function isOurs(s3: S3Client, Bucket: string, account: string): Promise<boolean> {
  const ExpectedBucketOwner = account;
  try {
    await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner }));
  } catch (error) {
    if (isNamed(error, "NotFound", "NoSuchBucket")) return false;
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 403)
      throw refused(`the bucket ${Bucket} is another account's: choose --bucket`, error);
    if (status === 301 || status === 400)
      throw refused(`the bucket ${Bucket} is in another region: choose --region`, error);
    throw error;
  }
  const { KeyCount } = await s3.send(
    new ListObjectsV2Command({ Bucket, MaxKeys: 1, ExpectedBucketOwner }),
  );
  if (KeyCount && (await bucketTag(s3, Bucket)) !== Bucket)
    throw refused(
      `the bucket ${Bucket} is there, with objects, and not bootstrap's: choose --bucket`,
    );
  return true;
}

async function bucketTag(s3: S3Client, Bucket: string): Promise<string | undefined> {
  try {
    const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
    return TagSet.find(({ Key }) => Key === tag)?.Value;
  } catch (error) {
    if (isNamed(error, "NoSuchTagSet")) return undefined;
    throw error;
  }
}
