// The Airflow environment of a stack: its state, and which versions of its files it has.
import { setTimeout as sleep } from "node:timers/promises";
import { GetEnvironmentCommand, type Environment, type MWAAClient } from "@aws-sdk/client-mwaa";
import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { isNamed } from "./call.mts";
import { failed, refused } from "./errors.mts";

export async function getEnvironment(mwaa: MWAAClient, Name: string): Promise<Environment> {
  try {
    const { Environment } = await mwaa.send(new GetEnvironmentCommand({ Name }));
    return Environment ?? {};
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException"))
      throw refused(`there is no Airflow environment ${Name}: deploy the stack again`, error);
    throw error;
  }
}

const files = ["Requirements", "Plugins", "StartupScript"] as const;

/** Files of which the bucket has a newer version than the environment, by their keys. */
export async function staleFiles(
  s3: S3Client,
  bucket: string,
  environment: Environment,
): Promise<string[]> {
  const stale: string[] = [];
  for (const file of files) {
    const Key = environment[`${file}S3Path`];
    const used = environment[`${file}S3ObjectVersion`];
    // Without a version the environment takes the newest with its next update.
    if (!Key || !used) continue;
    const { VersionId } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    if (VersionId !== used) stale.push(Key);
  }
  return stale;
}

/** https://docs.aws.amazon.com/mwaa/latest/API/API_Environment.html */
const ended = ["CREATE_FAILED", "UPDATE_FAILED", "UNAVAILABLE", "DELETING", "DELETED"];

/** Why the last update did not work, if it did not. */
function causeOf({ LastUpdate }: Environment): string {
  const { ErrorCode, ErrorMessage } = LastUpdate?.Error ?? {};
  const cause = [ErrorCode, ErrorMessage].filter(Boolean).join(": ");
  return cause || "AWS names no cause; see `platform logs STACK airflow scheduler`";
}

export interface Wait {
  readonly minutes: number;
  readonly say: (line: string) => void;
  /** Seconds between two looks. @default 15 */
  readonly interval?: number;
}

/** Waits until the environment is AVAILABLE; fails where it will not be, with AWS's cause. */
export async function waitUntilAvailable(
  get: () => Promise<Environment>,
  { minutes, say, interval = 15 }: Wait,
): Promise<void> {
  const began = Date.now();
  let said: string | undefined;
  let saidAt = 0;
  for (;;) {
    const environment = await get();
    const { Name = "", Status = "" } = environment;
    if (Status === "AVAILABLE") return;
    if (ended.includes(Status)) throw failed(`${Name} is ${Status}: ${causeOf(environment)}`);
    const waited = Math.floor((Date.now() - began) / 60_000);
    if (Status !== said || Date.now() - saidAt >= 60_000) {
      say(`${Name} is ${Status}, ${waited} of ${minutes} minutes`);
      [said, saidAt] = [Status, Date.now()];
    }
    if (Date.now() - began + interval * 1000 > minutes * 60_000)
      throw failed(`${Name} is still ${Status} after ${minutes} minutes: wait longer (--timeout)`);
    await sleep(interval * 1000);
  }
}
