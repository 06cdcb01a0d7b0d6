import { statSync } from "node:fs";
import { MWAAClient } from "@aws-sdk/client-mwaa";
import { S3Client } from "@aws-sdk/client-s3";
import { Command, InvalidArgumentError } from "commander";
import { clientSettings } from "../lib/aws.mts";
import { attempt } from "../lib/call.mts";
import { carryOut, filesOf, planDags, type Scope } from "../lib/dags.mts";
import { getEnvironment, staleFiles, waitUntilAvailable } from "../lib/environment.mts";
import { misused, refused } from "../lib/errors.mts";
import { print, say } from "../lib/progress.mts";
import { openStack, output, stackOutputs } from "../lib/stack.mts";

interface Options {
  readonly prefix: string;
  readonly delete: boolean;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly timeout: number;
  readonly json?: true;
}

function toPrefix(text: string): string {
  const path = text.replace(/^\/+|\/+$/g, "");
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path))
    throw new InvalidArgumentError("It names a sub-folder of dags/, such as team-a.");
  return `${path}/`;
}

function toMinutes(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0)) throw new InvalidArgumentError("It is a number of minutes.");
  return minutes;
}

async function run(name: string, folder: string, options: Options): Promise<void> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw misused(`${folder} is no folder`);
  const files = filesOf(folder);
  // Most likely the wrong folder, and every DAG would go.
  if (files.size === 0) throw refused(`there is no file to deploy in ${folder}`);
  const { region } = await openStack(name);
  const outputs = await stackOutputs(name);
  const scope: Scope = { bucket: output(outputs, "mwaaBucket"), prefix: options.prefix };
  const s3 = new S3Client(clientSettings(region));
  const place = `s3://${scope.bucket}/dags/${scope.prefix}`;

  const plan = await attempt(`${place} cannot be read`, () =>
    planDags(s3, scope, files, !options.delete),
  );
  if (!options.dryRun)
    await attempt(`${place} was not fully deployed, run it again`, () =>
      carryOut(s3, scope, plan, files),
    );
  print(options.json, { bucket: scope.bucket, prefix: scope.prefix, ...plan }, [
    ...plan.upload.map((path) => `upload  ${path}`),
    ...plan.remove.map((path) => `delete  ${path}`),
    ...plan.kept.map((path) => `keep    ${path}`),
  ]);
  const { upload, remove, unchanged } = plan;
  const [put, removed] = options.dryRun ? ["to upload", "to delete"] : ["uploaded", "deleted"];
  say(`${place}: ${upload.length} ${put}, ${remove.length} ${removed}, ${unchanged} unchanged`);

  const mwaa = new MWAAClient(clientSettings(region));
  const get = () => getEnvironment(mwaa, output(outputs, "mwaaEnvironment"));
  await attempt("the Airflow environment cannot be read", async () => {
    if (options.wait) await waitUntilAvailable(get, { minutes: options.timeout, say });
    const stale = await staleFiles(s3, scope.bucket, await get());
    if (stale.length > 0)
      say(
        `warning: Airflow runs with an older ${stale.join(", ")} than the bucket has: \`platform up ${name}\` brings what is in airflow/`,
      );
  });
}

export function deployDags(): Command {
  return new Command("deploy-dags")
    .description("Makes the DAGs of the stack's Airflow equal to a folder.")
    .argument("<stack>", "the stack, such as dev")
    .argument("<folder>", "the folder; hidden files and Python's caches stay out")
    .option("--prefix <folder>", "a sub-folder of dags/, and nothing else", toPrefix, "")
    .option("--no-delete", "keep what is gone from the folder")
    .option("--dry-run", "show what would be uploaded and deleted")
    .option("--wait", "wait until the environment is AVAILABLE")
    .option("--timeout <minutes>", "how long to wait", toMinutes, 60)
    .option("--json", "print what was done as JSON")
    .addHelpText("after", "\nExample:\n  platform deploy-dags dev dags --dry-run")
    .action(run);
}
