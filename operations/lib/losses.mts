// What is lost with a resource, as far as a deployment would not bring it back.
import { BatchClient, JobStatus, paginateListJobs } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ECRClient, paginateDescribeImages } from "@aws-sdk/client-ecr";
import { IAMClient, ListAccessKeysCommand } from "@aws-sdk/client-iam";
import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  S3Client,
} from "@aws-sdk/client-s3";
import { awsFault, clientSettings } from "./aws.mts";
import { forAll } from "./call.mts";
import type { Resource } from "./preflight.mts";

export interface Loss {
  readonly kind: string;
  readonly name: string;
  readonly detail: string;
  /** Whether AWS refuses to delete it as it is: what is in it was not made by the stack, and nobody asked to empty it. */
  readonly refused: boolean;
}

interface Content {
  readonly detail: string;
  /** Things in it that the stack did not make. */
  readonly foreign?: number;
}

interface Kind {
  /** What people call it. */
  readonly kind: string;
  /** Output that is its name. */
  readonly name: string;
  /** Output that says whether it is deleted with what is in it. */
  readonly force?: string;
  content(name: string, context: Context): Promise<Content> | Content;
}

interface Context {
  readonly region: string;
  readonly resources: readonly Resource[];
}

/** So many are counted; who has more need not wait. */
const MOST = 10_000;

const count = (number: number, what: string) =>
  `${number > MOST ? `more than ${MOST.toLocaleString("en")}` : number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;

const megabytes = (bytes: number) =>
  `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;

async function objects(Bucket: string, { region, resources }: Context): Promise<Content> {
  const ours = new Set(
    resources.flatMap(({ type, outputs }) =>
      type === "aws:s3/bucketObjectv2:BucketObjectv2" && outputs?.["bucket"] === Bucket
        ? [outputs["key"]]
        : [],
    ),
  );
  const client = new S3Client(clientSettings(region));
  let [found, foreign, bytes] = [0, 0, 0];
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    const from = { KeyMarker: page?.NextKeyMarker, VersionIdMarker: page?.NextVersionIdMarker };
    page = await client.send(new ListObjectVersionsCommand({ Bucket, ...from }));
    const { Versions = [], DeleteMarkers = [] } = page;
    found += Versions.length;
    foreign += [...Versions, ...DeleteMarkers].filter(({ Key }) => !ours.has(Key)).length;
    bytes += Versions.reduce((sum, { Size = 0 }) => sum + Size, 0);
  } while (page.IsTruncated && found <= MOST);
  return { detail: `${count(found, "object")} with all versions, ${megabytes(bytes)}`, foreign };
}

async function images(repositoryName: string, { region }: Context): Promise<Content> {
  const client = new ECRClient(clientSettings(region));
  let [found, bytes] = [0, 0];
  for await (const { imageDetails = [] } of paginateDescribeImages(
    { client },
    { repositoryName },
  )) {
    found += imageDetails.length;
    bytes += imageDetails.reduce((sum, { imageSizeInBytes = 0 }) => sum + imageSizeInBytes, 0);
  }
  return { detail: `${count(found, "image")}, ${megabytes(bytes)}`, foreign: found };
}

async function logs(logGroupNamePrefix: string, { region }: Context): Promise<Content> {
  const client = new CloudWatchLogsClient(clientSettings(region));
  const { logGroups = [] } = await client.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix }),
  );
  const group = logGroups.find(({ logGroupName }) => logGroupName === logGroupNamePrefix);
  return { detail: `${megabytes(group?.storedBytes ?? 0)} of logs` };
}

async function jobs(jobQueue: string, { region }: Context): Promise<Content> {
  const client = new BatchClient(clientSettings(region));
  const ended: readonly string[] = [JobStatus.SUCCEEDED, JobStatus.FAILED];
  let found = 0;
  for (const jobStatus of Object.values(JobStatus).filter((status) => !ended.includes(status)))
    for await (const { jobSummaryList = [] } of paginateListJobs(
      { client },
      { jobQueue, jobStatus },
    ))
      found += jobSummaryList.length;
  return { detail: `${count(found, "job")} that wait or run` };
}

async function credentials(UserName: string, { region }: Context): Promise<Content> {
  const client = new IAMClient(clientSettings(region));
  const { AccessKeyMetadata = [] } = await client.send(new ListAccessKeysCommand({ UserName }));
  return {
    detail: `${count(AccessKeyMetadata.length, "access key")}, and password and MFA device, if any`,
  };
}

const kinds: Readonly<Record<string, Kind>> = {
  "aws:s3/bucket:Bucket": {
    kind: "bucket",
    name: "bucket",
    force: "forceDestroy",
    content: objects,
  },
  "aws:ecr/repository:Repository": {
    kind: "repository",
    name: "name",
    force: "forceDelete",
    content: images,
  },
  "aws:mwaa/environment:Environment": {
    kind: "Airflow environment",
    name: "name",
    content: () => ({ detail: "history of all runs, connections, variables" }),
  },
  "aws:batch/jobQueue:JobQueue": { kind: "queue", name: "name", content: jobs },
  "aws:cloudwatch/logGroup:LogGroup": { kind: "log group", name: "name", content: logs },
  "aws:iam/user:User": { kind: "user", name: "name", content: credentials },
  "aws:ec2/eip:Eip": {
    kind: "address",
    name: "publicIp",
    content: () => ({ detail: "others may have it in a list of whom they let in" }),
  },
  "aws:kms/key:Key": {
    kind: "key",
    name: "arn",
    // https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
    content: () => ({
      detail: "what it encrypted can be read by nobody, once its waiting period is over",
    }),
  },
};

const nameOf = ({ id = "", outputs = {} }: Resource, { name }: Kind) => {
  const value = outputs[name];
  return typeof value === "string" ? value : id;
};

interface Holder {
  readonly resource: Resource;
  readonly kind: Kind;
  readonly name: string;
}

/** Of the resources those that hold what cannot be made again, in the order of {@link kinds}. */
function holders(resources: readonly Resource[]): Holder[] {
  return Object.entries(kinds).flatMap(([type, kind]) =>
    resources
      .filter((resource) => resource.type === type)
      .map((resource) => ({ resource, kind, name: nameOf(resource, kind) }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  );
}

/** Those that hold something by what people call them, the others by their number. */
export function summaryOf(resources: readonly Resource[]): string[] {
  const held = holders(resources);
  const lines = held.map(({ kind, name }) => `${kind.kind} ${name}`);
  return [...lines, ...others(resources.length - held.length)];
}

/** A line for so many that hold nothing. */
export const others = (number: number): string[] =>
  number > 0 ? [`and ${count(number, "resource")} without data`] : [];

/** What is lost with these resources. */
export function lossesOf(region: string, resources: readonly Resource[]): Promise<Loss[]> {
  return forAll(holders(resources), async ({ resource, kind, name }) => {
    const loss = { kind: kind.kind, name };
    try {
      const { detail, foreign = 0 } = await kind.content(name, { region, resources });
      const emptied = kind.force === undefined || resource.outputs?.[kind.force] === true;
      return { ...loss, detail, refused: foreign > 0 && !emptied };
    } catch (error) {
      const detail = `what is in it cannot be seen: ${awsFault(error)}`;
      return { ...loss, detail, refused: false };
    }
  });
}
