// A folder of DAGs, made equal to a part of Airflow's bucket.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { forAll } from "./call.mts";
import { failed, refused } from "./errors.mts";

/** Where the environment looks for DAGs (`dagS3Path`). */
const root = "dags/";

/** Metadata of an object: the scope of the deployment that it is from. */
const SCOPE = "dse-scope";

export interface Scope {
  readonly bucket: string;
  /** Sub-folder of `dags/`, ending in a slash; empty for all of it. */
  readonly prefix: string;
}

interface Deployed {
  /** Below the scope, as are all paths here. */
  readonly path: string;
  readonly sha256: string | undefined;
  /** Sub-folder that another deployment was given, where this is its object and not ours. */
  readonly other: string | undefined;
}

export interface Plan {
  readonly upload: readonly string[];
  readonly remove: readonly string[];
  /** Gone from the folder, and kept all the same. */
  readonly kept: readonly string[];
  readonly unchanged: number;
}

/** Hidden files stay out, but for the one that Airflow reads. */
const isIgnored = (name: string) =>
  (name.startsWith(".") && name !== ".airflowignore") ||
  name === "__pycache__" ||
  name.endsWith(".pyc");

/** All files of the folder, by their path in it. */
export function filesOf(folder: string, below = ""): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    if (isIgnored(entry.name)) continue;
    const path = below + entry.name;
    const file = join(folder, path);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) throw refused(`${file} is a link to nothing`);
    if (!stat.isDirectory()) {
      files.set(path, readFileSync(file));
      continue;
    }
    // It may lead back here.
    if (entry.isSymbolicLink())
      throw refused(`${file} is a link to a folder: put the folder itself there`);
    for (const [inner, body] of filesOf(folder, `${path}/`)) files.set(inner, body);
  }
  return files;
}

const sha256 = (body: Buffer) => createHash("sha256").update(body).digest("base64");

async function deployed(s3: S3Client, { bucket: Bucket, prefix }: Scope): Promise<Deployed[]> {
  const Prefix = root + prefix;
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
    // A key that ends in a slash is how the console makes a folder.
    keys.push(...Contents.flatMap(({ Key }) => (Key && !Key.endsWith("/") ? Key : [])));
  return forAll(keys, async (Key) => {
    // An ETag is no checksum where the bucket has a KMS key:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    const scope = head.Metadata?.[SCOPE];
    const isOther = scope !== undefined && scope !== "/" && scope.length > prefix.length;
    return {
      path: Key.slice(Prefix.length),
      sha256: head.ChecksumSHA256,
      other: isOther ? scope : undefined,
    };
  });
}

/** What makes the scope equal to the files. */
export async function planDags(
  s3: S3Client,
  scope: Scope,
  files: ReadonlyMap<string, Buffer>,
  keepAll: boolean,
): Promise<Plan> {
  const there = await deployed(s3, scope);
  const taken = there.find(({ path, other }) => other !== undefined && files.has(path));
  if (taken)
    throw refused(
      `${scope.prefix}${taken.path} was deployed with --prefix ${taken.other}: one of the two must go`,
    );
  const sums = new Map(there.map(({ path, sha256 }) => [path, sha256]));
  const changed = [...files].filter(([path, body]) => sums.get(path) !== sha256(body));
  const gone = there.filter(({ path }) => !files.has(path));
  const isKept = ({ other }: Deployed) => keepAll || other !== undefined;
  return {
    upload: changed.map(([path]) => path),
    remove: gone.filter((each) => !isKept(each)).map(({ path }) => path),
    kept: gone.filter(isKept).map(({ path }) => path),
    unchanged: files.size - changed.length,
  };
}

/** New files before the old ones go: a DAG that is moved is there all the time. */
export async function carryOut(
  s3: S3Client,
  { bucket: Bucket, prefix }: Scope,
  { upload, remove }: Plan,
  files: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const Key = (path: string) => root + prefix + path;
  await forAll(upload, async (path) => {
    const Body = files.get(path) ?? Buffer.alloc(0);
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: Key(path),
        Body,
        // Sent along: S3 checks it, and answers with it.
        ChecksumAlgorithm: "SHA256",
        Metadata: { [SCOPE]: prefix || "/" },
      }),
    );
  });
  // S3 takes 1,000 at a time: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
  for (let from = 0; from < remove.length; from += 1000) {
    const Objects = remove.slice(from, from + 1000).map((path) => ({ Key: Key(path) }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first) throw failed(`${first.Key} was not deleted: ${first.Code}, ${first.Message}`);
  }
}
