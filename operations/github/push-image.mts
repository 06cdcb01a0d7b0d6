// Builds the job image and pushes it to a stack's repository: `node operations/github/push-image.mts [FOLDER]`, with docker
// and the AWS CLI.
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { required, script } from "./api.mts";

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
const repositoryUrl = /^(\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)\/[a-z0-9._/-]+$/;

export function pushImage(folder: string, environment: NodeJS.ProcessEnv = process.env): void {
  const url = required(environment, "REPOSITORY_URL");
  const [, registry] = repositoryUrl.exec(url) ?? [];
  if (!registry) throw new Error(`REPOSITORY_URL ${url} is no repository of ECR`);
  // One that never moves, first: an image that only `latest` names would expire when `latest` moves on, with jobs that run
  // it by digest. A commit can be built again, and ECR takes a tag once.
  const [commit, run, attempt] = ["GITHUB_SHA", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"].map((name) =>
    required(environment, name),
  );
  const tag = `${commit?.slice(0, 12)}-${run}-${attempt}`;

  const call = (program: string, args: string[], input?: string): string =>
    execFileSync(program, args, {
      encoding: "utf8",
      env: environment,
      ...(input === undefined ? { stdio: ["ignore", "pipe", "inherit"] } : { input }),
    });
  const password = call("aws", ["ecr", "get-login-password"]);
  call("docker", ["login", "--username", "AWS", "--password-stdin", registry], password);
  try {
    call("docker", ["build", "--tag", `${url}:${tag}`, "--tag", `${url}:latest`, folder]);
    for (const each of [tag, "latest"]) call("docker", ["push", `${url}:${each}`]);
    const digests = call("docker", [
      "image",
      "inspect",
      "--format",
      "{{json .RepoDigests}}",
      `${url}:${tag}`,
    ]);
    const pushed = (JSON.parse(digests) as string[]).find((each) => each.startsWith(`${url}@`));
    if (!pushed) throw new Error(`docker knows no digest of ${url}:${tag}: was it pushed?`);
    const digest = pushed.slice(url.length + 1);
    console.log(digest);
    appendFileSync(
      required(environment, "GITHUB_STEP_SUMMARY"),
      `Pushed \`${url}\`\n\n- tags \`latest\`, \`${tag}\`\n- digest \`${digest}\`, for \`imageDigest\` of a job in \`dse:jobs\`\n`,
    );
  } finally {
    call("docker", ["logout", registry]);
  }
}

if (import.meta.main) await script(() => pushImage(process.argv[2] ?? "images"));
