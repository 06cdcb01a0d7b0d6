// Airflow's command line as the web server of an environment offers it, for the two commands that need no Airflow:
// MiniStack hands out tokens for a server that does not run.
// https://docs.aws.amazon.com/mwaa/latest/userguide/call-mwaa-apis-cli.html
import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import type { ClientConfig } from "./clients.mts";
import { AwsError } from "./errors.mts";

export const CLI_PATH = "/aws_mwaa/cli";
/** A token is valid for 60 seconds. */
const VALID_MS = 60_000;

export interface CliEnvironment {
  readonly Name?: string;
  readonly AirflowVersion?: string;
  readonly SourceBucketArn?: string;
  readonly DagS3Path?: string;
}

interface Session {
  readonly environment: CliEnvironment;
  readonly config: ClientConfig;
  readonly until: number;
}

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const encoded = (text: string) => Buffer.from(text).toString("base64");
const succeeded = (stdout: string): Outcome => ({ status: 200, stdout, stderr: "" });
const failed = (stderr: string): Outcome => ({ status: 400, stdout: "", stderr });

export class AirflowCli {
  readonly #sessions = new Map<string, Session>();

  token(environment: CliEnvironment, config: ClientConfig): string {
    const now = Date.now();
    for (const [token, { until }] of this.#sessions) if (until < now) this.#sessions.delete(token);
    const token = randomUUID();
    this.#sessions.set(token, { environment, config, until: now + VALID_MS });
    return token;
  }

  async answer(authorization: string | undefined, body: Readable) {
    const session = this.#sessions.get(/^Bearer (\S+)$/.exec(authorization ?? "")?.[1] ?? "");
    if (!session || session.until < Date.now())
      throw new AwsError("ForbiddenException", "the token is unknown, or older than 60 s", 403);
    const { status, stdout, stderr } = await run(session, (await buffer(body)).toString().trim());
    return { status, body: { stdout: encoded(stdout), stderr: encoded(stderr) } };
  }
}

async function run(session: Session, command: string): Promise<Outcome> {
  if (command === "version") return succeeded(`${session.environment.AirflowVersion}\n`);
  const [, format] = /^dags list(?: (?:-o|--output)[ =](plain|json))?$/.exec(command) ?? [];
  if (format === undefined && command !== "dags list")
    return failed(
      `local AWS: no Airflow runs here, only \`version\` and \`dags list\` [-o plain|json] are answered: ${command}\n`,
    );
  const dags = await listDags(session);
  if (format === "json") return succeeded(`${JSON.stringify(dags)}\n`);
  const lines = [{ dag_id: "dag_id", fileloc: "fileloc" }, ...dags];
  const width = Math.max(...lines.map(({ dag_id }) => dag_id.length));
  const shown = lines.map(({ dag_id, fileloc }) =>
    format === "plain" ? `${dag_id} ${fileloc}` : `${dag_id.padEnd(width)} | ${fileloc}`,
  );
  if (format === undefined) shown.splice(1, 0, "=".repeat(width + 1).concat("+", "=".repeat(20)));
  return succeeded(`${shown.join("\n")}\n`);
}

/** By how DAGs are written: none is run. */
const dagPattern =
  /@dag(?:\((?:[^()]|\([^()]*\))*\))?\s*\ndef\s+(\w+)|\bDAG\(\s*(?:dag_id\s*=\s*)?["']([\w.-]+)["']/g;

async function listDags({ config, environment }: Session) {
  const { GetObjectCommand, paginateListObjectsV2, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({ ...config, forcePathStyle: true });
  const Bucket = environment.SourceBucketArn?.split(":::")[1];
  const prefix = `${(environment.DagS3Path ?? "dags").replace(/\/+$/, "")}/`;
  const dags: { dag_id: string; fileloc: string }[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket, Prefix: prefix },
  ))
    for (const { Key = "" } of Contents.filter(({ Key }) => Key?.endsWith(".py"))) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const source = (await Body?.transformToString()) ?? "";
      for (const [, decorated, constructed] of source.matchAll(dagPattern))
        dags.push({
          dag_id: decorated ?? constructed ?? "",
          // Where MWAA has the folder.
          fileloc: `/usr/local/airflow/dags/${Key.slice(prefix.length)}`,
        });
    }
  return dags.sort((a, b) => (a.dag_id < b.dag_id ? -1 : 1));
}
