import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http, { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { GitHub, type Note } from "../../operations/github/api.mts";
import { commentPreview } from "../../operations/github/comment-preview.mts";
import { pushImage } from "../../operations/github/push-image.mts";
import { reportDrift } from "../../operations/github/report-drift.mts";
import { jobRequest } from "../../operations/github/submit-job.mts";
import { summarise } from "../../operations/github/summarise.mts";
import { countOf, fenced, marker, shortened } from "../../operations/github/text.mts";
import { variableCommands } from "../../operations/github/variables.mts";
import { start, until } from "../engine/support.mts";

const output = `Previewing update (dev):
  + aws:s3/bucket:Bucket: (create)
Resources:
    + 1 to create
    ~ 2 to update
    174 unchanged

Policy Packs run:
    dse  0.1.0
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "github-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string) => join(folder, name);
const actions = {
  GITHUB_REPOSITORY: "o/r",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_RUN_ID: "42",
  GITHUB_RUN_ATTEMPT: "1",
  GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
};

describe("what Pulumi said, for GitHub", () => {
  it("counts the changes, or says that there is no count", () => {
    assert.equal(countOf(output), "+ 1 to create, ~ 2 to update, 174 unchanged");
    assert.equal(countOf(output.replace("+ 1", "\x1b[32m+ 1\x1b[0m")), countOf(output));
    const up = `${output}Updating (dev):\nResources:\n    + 1 created\n\nDuration: 8s\n`;
    assert.equal(countOf(up), "+ 1 created");
    assert.equal(countOf("error: no stack named 'dev' found"), undefined);
  });

  it("leaves lines out of the middle, and says how many", () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
    const short = shortened(lines.join("\n"), 1000);
    assert.ok(short.length <= 1000 && short.length > 800, String(short.length));
    assert.match(short, /^line 0\n/);
    assert.match(short, /\nline 999$/);
    const [, left] = /… (\d+) lines left out/.exec(short) ?? [];
    const kept = short.match(/^line \d+$/gm)?.length ?? 0;
    assert.equal(kept + Number(left), lines.length);
    assert.equal(shortened("short", 1000), "short");
    assert.ok(shortened("x".repeat(5000), 1000).length <= 1000);
  });

  it("is a block that its text cannot end", () => {
    assert.equal(fenced("a ``` b"), "````text\na ``` b\n````");
    assert.equal(fenced("a"), "```text\na\n```");
  });

  it("stands in the run's summary", () => {
    writeFileSync(file("up.txt"), output);
    const show = (title: string, name: string, outcome: string) => {
      const environment = { GITHUB_STEP_SUMMARY: file("summary"), OUTCOME: outcome };
      summarise(title, file(name), environment);
    };
    show("Plan of dev", "up.txt", "success");
    show("Deployment of dev", "up.txt", "failure");
    show("Plan of qa", "none.txt", "skipped");
    const [plan, deployment, none] = readFileSync(file("summary"), "utf8").match(/^\*\*.*/gm) ?? [];
    assert.equal(plan, "**Plan of dev**: + 1 to create, ~ 2 to update, 174 unchanged");
    assert.match(deployment ?? "", /: it failed \(\+ 1 to create/);
    assert.equal(none, "**Plan of qa**: it failed (nothing was counted)");
  });
});

describe("GitHub's API", () => {
  interface Call {
    readonly method: string;
    readonly url: string;
    readonly content: Record<string, string>;
  }
  let server: http.Server;
  let calls: Call[];
  let notes: Partial<Note>[];
  let faults: number[];
  beforeEach(async () => {
    calls = [];
    notes = [];
    faults = [];
    server = http.createServer((request, response) => {
      void text(request).then((body) => {
        const { method = "", url = "", headers } = request;
        const answer = (status: number, value: unknown) => {
          response.writeHead(status).end(JSON.stringify(value));
        };
        const fault = faults.shift();
        if (fault) answer(fault, { message: "no" });
        else if (headers.authorization !== "Bearer t0ken") answer(401, { message: "Bad" });
        else if (method === "GET") {
          const query = new URL(url, "http://localhost").searchParams;
          const size = Number(query.get("per_page"));
          const from = (Number(query.get("page")) - 1) * size;
          answer(200, notes.slice(from, from + size));
        } else {
          calls.push({ method, url, content: JSON.parse(body) as Call["content"] });
          answer(200, {});
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.close();
  });
  const environment = () => ({
    ...actions,
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    GITHUB_TOKEN: "t0ken",
    STACK: "dev",
    PULL_REQUEST: "7",
    COMMIT: actions.GITHUB_SHA,
  });
  const bot = { login: "github-actions[bot]" };
  const person = { login: "somebody" };
  const preview = (said: string, outcome: string) => {
    writeFileSync(file("preview.txt"), said);
    writeFileSync(file("outcome.txt"), `${outcome}\n`);
  };

  it("gets one comment for each stack, which it then changes", async () => {
    preview(output, "success");
    await commentPreview(folder, environment());
    const [created] = calls;
    assert.equal(`${created?.method} ${created?.url}`, "POST /repos/o/r/issues/7/comments");
    const body = created?.content["body"] ?? "";
    assert.ok(body.startsWith(marker("preview of dev")));
    assert.match(body, /\*\*dev\*\*: \+ 1 to create, ~ 2 to update, 174 unchanged/);
    assert.match(
      body,
      /Commit 0123456789ab, \[run\]\(https:\/\/github\.com\/o\/r\/actions\/runs\/42\)/,
    );

    // Beyond the first page, among a person's copy of it and another stack's.
    notes = Array.from({ length: 120 }, (_, id) => ({ id, body: "…", user: person }));
    notes.push({ id: 200, body: marker("preview of qa"), user: bot });
    notes.push({ id: 201, body, user: person });
    notes.push({ id: 202, body, user: bot });
    await commentPreview(folder, environment());
    assert.equal(`${calls[1]?.method} ${calls[1]?.url}`, "PATCH /repos/o/r/issues/comments/202");
    assert.equal(calls.length, 2);
  });

  it("is told of a preview that failed, and of one that never ran", async () => {
    preview(`${output}error: preview failed`, "failure");
    await commentPreview(folder, environment());
    assert.match(calls[0]?.content["body"] ?? "", /\*\*dev\*\*: the preview failed/);
    rmSync(file("preview.txt"));
    await commentPreview(folder, environment());
    assert.match(calls[1]?.content["body"] ?? "", /It failed before Pulumi ran/);
  });

  it("gets no more than it takes", async () => {
    preview("`".repeat(1000) + "x\n".repeat(400_000) + output, "success");
    await commentPreview(folder, environment());
    const body = calls[0]?.content["body"] ?? "";
    assert.ok(body.length < 65_536, String(body.length));
    assert.match(body, /174 unchanged/);
  });

  const drift = (code: string) => {
    writeFileSync(file("drift.txt"), "~ aws:s3/bucket:Bucket: tags");
    writeFileSync(file("code.txt"), `${code}\n`);
  };

  it("has one issue while there is drift, and closes it after", async () => {
    drift("1");
    await reportDrift(folder, environment());
    assert.equal(`${calls[0]?.method} ${calls[0]?.url}`, "POST /repos/o/r/issues");
    assert.equal(calls[0]?.content["title"], "Drift in dev");
    const body = calls[0].content["body"] ?? "";
    assert.match(body, /aws:s3\/bucket:Bucket: tags/);

    notes = [
      { number: 3, body: marker("drift of qa"), user: bot },
      { number: 4, body, user: bot, pull_request: {} },
      { number: 5, body, user: bot },
    ];
    await reportDrift(folder, environment());
    assert.equal(`${calls[1]?.method} ${calls[1]?.url}`, "PATCH /repos/o/r/issues/5");
    assert.deepEqual(Object.keys(calls[1]?.content ?? {}), ["body"]);

    drift("0");
    await reportDrift(folder, environment());
    assert.equal(`${calls[2]?.method} ${calls[2]?.url}`, "POST /repos/o/r/issues/5/comments");
    assert.deepEqual(calls[3]?.content, { state: "closed" });
  });

  it("hears nothing where there is no drift and no issue, nor where nobody knows", async () => {
    drift("0");
    await reportDrift(folder, environment());
    for (const code of ["3", "", "255"]) {
      drift(code);
      await assert.rejects(
        reportDrift(folder, environment()),
        /whether dev has drifted is not known/,
      );
    }
    assert.deepEqual(calls, []);
  });

  it("is asked again where it is out of order, but for what would then be twice", async () => {
    const github = new GitHub(environment(), 1);
    faults = [502, 503];
    assert.deepEqual(await github.list("/issues"), []);
    faults = [502, 502, 502];
    await assert.rejects(github.list("/issues"), /HTTP 502/);
    faults = [502];
    await assert.rejects(github.create("/issues", {}), /refused POST \/issues: HTTP 502/);
    faults = [403];
    await assert.rejects(github.change("/issues/1", {}), /HTTP 403/);
    assert.deepEqual(calls, []);
  });

  it("is not asked without what a workflow gives", () => {
    assert.throws(
      () => new GitHub({ ...environment(), GITHUB_TOKEN: "" }),
      /GITHUB_TOKEN is not set/,
    );
  });
});

describe("with the runner's programs", () => {
  /** Programs that write down what they are called with and read, and answer by `script`. */
  const programs = (scripts: Record<string, string>) => {
    for (const [name, script] of Object.entries(scripts)) {
      const note = `echo "${name} $*" >> "${file("calls")}"`;
      writeFileSync(file(name), `#!/bin/sh\n${note}\n${script}\n`);
      chmodSync(file(name), 0o755);
    }
    return {
      ...actions,
      PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`,
      GITHUB_STEP_SUMMARY: file("summary"),
    };
  };
  const calls = () => readFileSync(file("calls"), "utf8").trim().split("\n");
  const url = "123456789012.dkr.ecr.us-west-2.amazonaws.com/dse-infra-dev-us-west-2-default";
  const registry = "123456789012.dkr.ecr.us-west-2.amazonaws.com";
  const digest = `sha256:${"ab".repeat(32)}`;
  const docker = `case "$1" in
  login) cat > "$0.password" ;;
  image) echo '["other@sha256:00","${url}@${digest}"]' ;;
esac`;

  it("pushes an image under a tag that stays, then as latest, and reports its digest", () => {
    const environment = { ...programs({ aws: "echo s3cret", docker }), REPOSITORY_URL: url };
    pushImage("images", environment);
    const tag = "0123456789ab-42-1";
    assert.deepEqual(calls(), [
      "aws ecr get-login-password",
      `docker login --username AWS --password-stdin ${registry}`,
      `docker build --tag ${url}:${tag} --tag ${url}:latest images`,
      `docker push ${url}:${tag}`,
      `docker push ${url}:latest`,
      `docker image inspect --format {{json .RepoDigests}} ${url}:${tag}`,
      `docker logout ${registry}`,
    ]);
    assert.equal(readFileSync(file("docker.password"), "utf8").trim(), "s3cret");
    const summary = readFileSync(file("summary"), "utf8");
    assert.match(summary, new RegExp(digest));
    assert.doesNotMatch(summary, /s3cret/);
  });

  it("does not move latest where the first push fails, and logs out", () => {
    const failing = `case "$1 $2" in "push ${url}:0123"*) exit 1 ;; esac\n${docker}`;
    const environment = {
      ...programs({ aws: "echo s3cret", docker: failing }),
      REPOSITORY_URL: url,
    };
    assert.throws(() => {
      pushImage("images", environment);
    }, /docker push/);
    assert.ok(!calls().includes(`docker push ${url}:latest`));
    assert.equal(calls().at(-1), `docker logout ${registry}`);
  });

  it("pushes nowhere but to ECR", () => {
    const environment = { ...programs({}), REPOSITORY_URL: "example.com/image" };
    assert.throws(() => {
      pushImage("images", environment);
    }, /REPOSITORY_URL example\.com\/image is no repository of ECR/);
  });

  const job = {
    ...actions,
    JOB_QUEUE: "queue",
    JOB_DEFINITION: "definition",
    SCRATCH_BUCKET: "scratch",
    JOB_VCPUS: "2",
    JOB_MEMORY: "4096",
    JOB_COMMAND: "",
    AWS_REGION: "us-west-2",
  };

  /** A Batch whose job prints a line and ends as `end` says, or goes on. */
  const batchOf = async (end: object) => {
    const asked: Record<string, unknown>[] = [];
    const answers: Record<string, object> = {
      "/v1/submitjob": { jobId: "j-1", jobName: "github-42-1", jobArn: "a" },
      "/v1/describejobs": {
        jobs: [{ jobId: "j-1", ...end }],
      },
      "/v1/terminatejob": {},
      // Of CloudWatch Logs.
      "/": { events: [{ timestamp: 1, message: "printed" }], nextForwardToken: "t" },
    };
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const path = request.url ?? "";
        const given = JSON.parse(body) as Record<string, unknown>;
        asked.push({ path, ...given });
        const again = path === "/" && given["nextToken"] !== undefined;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(again ? { events: [], nextForwardToken: "t" } : answers[path]));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const env = {
      ...process.env,
      ...job,
      GITHUB_STEP_SUMMARY: file("summary"),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    const script = join(import.meta.dirname, "../../operations/github/submit-job.mts");
    const submit = (more: NodeJS.ProcessEnv = {}) =>
      start(process.execPath, [script], { env: { ...env, ...more } });
    return { asked, server, submit };
  };
  const summary = () => readFileSync(file("summary"), "utf8");

  it("submits a job with what was typed as data, and does not wait for it", async () => {
    const { asked, server, submit } = await batchOf({});
    const { code, stderr } = await submit({ JOB_COMMAND: '["sh","-c","echo \\"$A\\"; b"]' }).ended;
    server.close();
    assert.equal(code, 0, stderr);
    assert.deepEqual(asked, [
      {
        path: "/v1/submitjob",
        jobName: "github-42-1",
        jobQueue: "queue",
        jobDefinition: "definition",
        tags: { SubmittedBy: "github" },
        containerOverrides: {
          environment: [{ name: "BUCKET", value: "scratch" }],
          resourceRequirements: [
            { type: "VCPU", value: "2" },
            { type: "MEMORY", value: "4096" },
          ],
          command: ["sh", "-c", 'echo "$A"; b'],
        },
      },
    ]);
    assert.match(summary(), /^Submitted `github-42-1`: job `j-1`\. This run does not wait/);
  });

  const container = { logStreamName: "s", exitCode: 7 };

  it("follows a job where that is asked for, and ends as it does", async () => {
    const failed = { status: "FAILED", statusReason: "no", container };
    const { server, submit } = await batchOf(failed);
    const { code, stdout, stderr } = await submit({ JOB_FOLLOW: "true" }).ended;
    server.close();
    assert.deepEqual([code, stdout], [7, "printed\n"], stderr);
    assert.equal(summary(), "Job `j-1` (`github-42-1`) is FAILED, with exit code 7. no\n");
  });

  it("terminates the job that it follows when the run is cancelled", async () => {
    const { asked, server, submit } = await batchOf({ status: "RUNNING", container });
    const following = submit({ JOB_FOLLOW: "true" });
    await until(() => following.said().includes("is RUNNING"));
    following.child.kill("SIGINT");
    const { code, stderr } = await following.ended;
    server.close();
    assert.equal(code, 130);
    assert.match(stderr, /job j-1 is terminated: the run of GitHub Actions was cancelled/);
    assert.equal(asked.at(-1)?.["path"], "/v1/terminatejob");
  });

  it("refuses what is no job, and asks for nothing", async () => {
    const refused = (change: Record<string, string>, message: RegExp) => {
      assert.throws(() => jobRequest({ ...job, ...change }), message);
    };
    refused(
      { JOB_COMMAND: "python job.py" },
      /JOB_COMMAND python job\.py is no JSON list of words/,
    );
    refused({ JOB_MEMORY: "4 GB" }, /JOB_MEMORY 4 GB is no number of MiB/);
    refused({ JOB_COMMAND: '["a", 1]' }, /no JSON list/);
    refused({ JOB_QUEUE: "" }, /JOB_QUEUE is not set: see docs\/workflows\.md/);
    const { asked, server, submit } = await batchOf({});
    const { code, stdout } = await submit({ JOB_MEMORY: "512" }).ended;
    server.close();
    assert.deepEqual([code, asked], [1, []]);
    assert.match(stdout, /^::error::--memory 512: with 2 vCPU Fargate has 4096, /);
  });
});

describe("Pulumi for a job", () => {
  it("is put on the PATH of further steps", () => {
    for (const [name, says] of Object.entries({ pulumi: "v99.0.0", "pulumi-language-nodejs": "" }))
      writeFileSync(file(name), `#!/bin/sh\necho ${says}\n`, { mode: 0o755 });
    const script = join(import.meta.dirname, "../../operations/github/engine.mts");
    const { status, stdout } = spawnSync(process.execPath, [script], {
      encoding: "utf8",
      env: { PATH: `${folder}:/usr/bin:/bin`, DSE_ENGINE: "path", GITHUB_PATH: file("path") },
    });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /Pulumi 99\.0\.0 \(path\)/);
    assert.equal(readFileSync(file("path"), "utf8"), `${folder}\n`);
  });
});

describe("variables of GitHub", () => {
  const outputs = {
    githubPreviewRole: "arn:aws:iam::123456789012:role/preview",
    githubDeployRole: "arn:aws:iam::123456789012:role/deploy",
    githubJobsRole: "arn:aws:iam::123456789012:role/jobs",
    repositoryUrl: "123456789012.dkr.ecr.us-west-2.amazonaws.com/r",
    batchJobQueue: "queue",
    batchJobDefinition: "definition",
    scratchBucket: "scratch",
    natPublicIps: ["192.0.2.1"],
  };

  it("come from the stack's outputs", () => {
    assert.deepEqual(variableCommands("dev", outputs), [
      "gh variable set DEV_PREVIEW_ROLE --body 'arn:aws:iam::123456789012:role/preview'",
      "gh variable set DEPLOY_ROLE --env 'dev' --body 'arn:aws:iam::123456789012:role/deploy'",
      "gh variable set JOBS_ROLE --env 'dev' --body 'arn:aws:iam::123456789012:role/jobs'",
      "gh variable set REPOSITORY_URL --env 'dev' --body '123456789012.dkr.ecr.us-west-2.amazonaws.com/r'",
      "gh variable set JOB_QUEUE --env 'dev' --body 'queue'",
      "gh variable set JOB_DEFINITION --env 'dev' --body 'definition'",
      "gh variable set SCRATCH_BUCKET --env 'dev' --body 'scratch'",
    ]);
  });

  it("are not made up, nor commands of their own", () => {
    const { githubDeployRole: _, ...none } = outputs;
    assert.throws(() => variableCommands("dev", none), /dev has no output githubDeployRole/);
    assert.throws(
      () => variableCommands("dev", { ...outputs, batchJobQueue: "'; rm -rf /" }),
      /no output/,
    );
  });
});
