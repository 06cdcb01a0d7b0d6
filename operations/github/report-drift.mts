// Keeps the one issue about a stack's drift: `node operations/github/report-drift.mts FOLDER`, where FOLDER has what was
// found (drift.txt) and the exit code of the comparison (code.txt): 0 no drift, 1 drift. Any other tells nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GitHub, required, runUrl, script, workflowUser } from "./api.mts";
import { folded, marker, roomOfNote } from "./text.mts";

export async function reportDrift(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const stack = required(environment, "STACK");
  const code = readFileSync(join(folder, "code.txt"), "utf8").trim();
  if (code !== "0" && code !== "1")
    throw new Error(`whether ${stack} has drifted is not known: the comparison ended with ${code}`);
  const about = marker(`drift of ${stack}`);
  const run = `[run](${runUrl(environment)})`;
  const github = new GitHub(environment);
  const own = `/issues?state=open&creator=${encodeURIComponent(workflowUser)}`;
  const open = (await github.list(own)).find(
    (issue) => !issue.pull_request && issue.body?.startsWith(about),
  );

  if (code === "0") {
    if (!open) return;
    const body = `No drift any more: ${run}.`;
    await github.create(`/issues/${open.number}/comments`, { body });
    await github.change(`/issues/${open.number}`, { state: "closed" });
    return;
  }
  const body = [
    about,
    `What stands in the account is not what the program says of **${stack}**: ${run}.`,
    "Either deploy, which undoes it, or bring the change into the program. This issue is kept up to date and closed by the nightly comparison.",
    folded("What differs", readFileSync(join(folder, "drift.txt"), "utf8"), roomOfNote),
  ].join("\n\n");
  if (open) await github.change(`/issues/${open.number}`, { body });
  else await github.create("/issues", { title: `Drift in ${stack}`, body });
}

if (import.meta.main)
  await script(() => {
    const [folder] = process.argv.slice(2);
    if (!folder) throw new Error("usage: node operations/github/report-drift.mts FOLDER");
    return reportDrift(folder);
  });
