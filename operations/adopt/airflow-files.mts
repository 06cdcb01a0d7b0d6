// What Airflow runs besides DAGs: uploaded by a script, and so in no state of Terraform's. Brought into the project, the
// stack takes it over as it is; left out, the next deployment would take it away from Airflow.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { awsFault, clientSettings } from "../lib/aws.mts";
import { firstOf, type Instance, text } from "./terraform-state.mts";

/** Names in `dse:airflowFiles`, by what the environment calls them. */
const names = {
  requirements_s3_path: "requirements.txt",
  startup_script_s3_path: "startup.sh",
} as const;

export interface AirflowFiles {
  /** Where they are now; undefined where there are none. */
  readonly folder: string | undefined;
  /** What of them a person has to see to. */
  readonly notes: readonly string[];
}

/** Downloads what the environment of the state runs. */
export async function bringAirflowFiles(
  instances: readonly Instance[],
  region: string,
  folder: string,
): Promise<AirflowFiles> {
  const environment = firstOf(instances, "aws_mwaa_environment");
  const Bucket = text(environment, "source_bucket_arn").split(":::").at(-1);
  const s3 = new S3Client(clientSettings(region));
  const notes: string[] = [];
  let brought = false;
  try {
    for (const [attribute, name] of Object.entries(names)) {
      const Key = text(environment, attribute);
      if (!Key) continue;
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        const content = (await Body?.transformToString()) ?? "";
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, name), content);
        brought = true;
      } catch (error) {
        notes.push(
          `Airflow's ${Key} cannot be read, and the next deployment takes it away: ${awsFault(error)}`,
        );
      }
    }
  } finally {
    s3.destroy();
  }
  const plugins = text(environment, "plugins_s3_path");
  if (plugins)
    notes.push(
      `Airflow runs ${plugins}: put what is in it into the folder plugins of dse:airflowFiles, or the next deployment takes it away`,
    );
  return { folder: brought ? folder : undefined, notes };
}
