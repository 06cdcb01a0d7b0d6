// Keeps a pull request's one comment about a stack's preview: `node operations/github/comment-preview.mts FOLDER`, where
// FOLDER has what the preview said (preview.txt) and how it ended (outcome.txt).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GitHub, required, runUrl, script, workflowUser } from "./api.mts";
import { countOf, folded, marker, roomOfNote } from "./text.mts";

export async function commentPreview(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const stack = required(environment, "STACK");
  const number = required(environment, "PULL_REQUEST");
  const read = (file: string) =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "";
  const output = read("preview.txt");
  const succeeded = read("outcome.txt").trim() === "success";
  const count = succeeded ? countOf(output) : undefined;
  const about = marker(`preview of ${stack}`);
  const commit = required(environment, "COMMIT").slice(0, 12);
  const body = [
    about,
    `**${stack}**: ${count ?? "the preview failed"}`,
    `Commit ${commit}, [run](${runUrl(environment)}).`,
    output ? folded("What Pulumi says", output, roomOfNote) : "It failed before Pulumi ran.",
  ].join("\n\n");

  const github = new GitHub(environment);
  const comments = await github.list(`/issues/${number}/comments`);
  // Nobody else's: a person may quote the marker.
  const earlier = comments.find(
    (comment) => comment.user?.login === workflowUser && comment.body?.startsWith(about),
  );
  if (earlier) await github.change(`/issues/comments/${earlier.id}`, { body });
  else await github.create(`/issues/${number}/comments`, { body });
}

if (import.meta.main)
  await script(() => {
    const [folder] = process.argv.slice(2);
    if (!folder) throw new Error("usage: node operations/github/comment-preview.mts FOLDER");
    return commentPreview(folder);
  });
