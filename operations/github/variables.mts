// Prints the commands that tell GitHub of a stack, from its outputs:
//   pulumi stack output --json --stack dev | node operations/github/variables.mts dev
import { text } from "node:stream/consumers";
import { script } from "./api.mts";

/** Variables of the stack's GitHub environment, each from the output of this name. */
export const environmentVariables = {
  DEPLOY_ROLE: "githubDeployRole",
  JOBS_ROLE: "githubJobsRole",
  REPOSITORY_URL: "repositoryUrl",
  JOB_QUEUE: "batchJobQueue",
  JOB_DEFINITION: "batchJobDefinition",
  SCRATCH_BUCKET: "scratchBucket",
} as const;

export function variableCommands(stack: string, outputs: Record<string, unknown>): string[] {
  const value = (output: string): string => {
    const found = outputs[output];
    if (typeof found !== "string" || !/^[\w:/.@+=-]+$/.test(found))
      throw new Error(
        `${stack} has no output ${output}: set dse:githubRepository and deploy it first`,
      );
    return found;
  };
  return [
    // Of the repository: previews run outside of any environment.
    `gh variable set ${stack.toUpperCase()}_PREVIEW_ROLE --body '${value("githubPreviewRole")}'`,
    ...Object.entries(environmentVariables).map(
      ([name, output]) => `gh variable set ${name} --env '${stack}' --body '${value(output)}'`,
    ),
  ];
}

if (import.meta.main)
  await script(async () => {
    const [stack] = process.argv.slice(2);
    if (!stack || !/^\w+$/.test(stack))
      throw new Error("usage: node operations/github/variables.mts STACK < outputs.json");
    const outputs = JSON.parse(await text(process.stdin)) as Record<string, unknown>;
    for (const command of variableCommands(stack, outputs)) console.log(command);
  });
