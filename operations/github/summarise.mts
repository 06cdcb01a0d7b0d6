// Shows on the run's page what Pulumi said, and how it ended (OUTCOME): `node operations/github/summarise.mts TITLE FILE`.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { required, script } from "./api.mts";
import { countOf, folded, roomOfSummary } from "./text.mts";

export function summarise(
  title: string,
  file: string,
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const output = existsSync(file) ? readFileSync(file, "utf8") : "";
  const failed = required(environment, "OUTCOME") !== "success";
  const counted = countOf(output) ?? "nothing was counted";
  const line = `**${title}**: ${failed ? `it failed (${counted})` : counted}`;
  const text = output ? folded("What Pulumi says", output, roomOfSummary) : "";
  appendFileSync(required(environment, "GITHUB_STEP_SUMMARY"), `${line}\n\n${text}\n`);
}

if (import.meta.main)
  await script(() => {
    const [title, file] = process.argv.slice(2);
    if (!title || !file) throw new Error("usage: node operations/github/summarise.mts TITLE FILE");
    summarise(title, file);
  });
