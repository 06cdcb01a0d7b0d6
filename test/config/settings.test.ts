import assert from "node:assert/strict";
import { type Key, nearest, settings } from "../../config/settings.ts";
import { declaredSettings, loadConfig } from "../../config.ts";
import { runProgram } from "../support/mocks.ts";

const digest = `sha256:${"0a".repeat(32)}`;
const job = (key: string, value: unknown) => ({ load: { [key]: value } });
const key = "arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab";
const secret = "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:dse/jobs-AbCdEf";

/** What is taken and what is not, at the edges. */
const edges: readonly (readonly [Key, taken: readonly unknown[], refused: readonly unknown[]])[] = [
  ["owner", ["a", "a1-b"], ["", "1a", "-a", "a-"]],
  ["accountId", ["", "210987654321"], ["21098765432", "2109876543210", "a210987654321"]],
  [
    "iamPath",
    ["/", "/data/", "/a.b,c+d@e=f-g/h/"],
    ["", "data/", "/data", "//", "/a b/", "x/data/"],
  ],
  [
    "permissionsBoundary",
    ["", "arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws-cn:iam::123456789012:policy/a/b"],
    [
      ...["x", "arn:aws:iam::123:policy/x", "arn:aws:iam::123456789012:role/x"],
      ...["arn:aws:iam::123456789012:policy/a b", "xarn:aws:iam::aws:policy/x"],
    ],
  ],
  ["natElasticIps", [[], ["eipalloc-0a"]], [["eipalloc-"], ["eipalloc-0g"], ["xeipalloc-0a"]]],
  ["existingVpcId", ["", "vpc-0a"], ["vpc-0a ", " vpc-0a", "subnet-0a"]],
  [
    "interfaceEndpoints",
    [["ecr.api"], ["kms"], ["s3-outposts"]],
    [["s3"], [".api"], ["k"], ["KMS"]],
  ],
  ["vpcCidr", ["10.0.0.0/16", "10.0.0.0/28"], ["10.0.0.0/15", "10.0.0.0/29", "10.0.0.0", ""]],
  ["batchEgressPorts", [[], [0], [1, 65535]], [[0, 443], [-1], [65536], [443, 443], [1.5]]],
  ["batchMaxVcpus", [1], [0, 1.5]],
  ["runnableTimeLimit", [0, 600, 86400], [1, 599, 86401, -1]],
  ["jobs", [{}, job("imageDigest", digest)], [job("imageDigest", `${digest}0`), job("other", 1)]],
  [
    "jobs",
    [job("imageDigest", digest)],
    [job("imageDigest", `x${digest}`), job("imageDigest", "")],
  ],
  [
    "jobs",
    [job("storageGib", 21), job("storageGib", 200)],
    [job("storageGib", 20), job("storageGib", 201)],
  ],
  ["jobs", [job("timeout", 60)], [job("timeout", 59)]],
  ["jobs", [job("attempts", 1), job("attempts", 10)], [job("attempts", 0), job("attempts", 11)]],
  [
    "jobs",
    [job("user", "app"), job("user", "1000:1000"), job("user", "a.b-c:d.e-f")],
    [
      job("user", ""),
      job("user", "a:"),
      job("user", ":a"),
      job("user", "-a"),
      job("user", "a:b:c"),
    ],
  ],
  [
    "jobs",
    [
      job("retryRules", []),
      ...["137", "1*", "*"].map((onExitCode) =>
        job("retryRules", [{ action: "RETRY", onExitCode }]),
      ),
      ...["Host EC2*", "a.b:c 1", "*"].map((onReason) =>
        job("retryRules", [{ action: "EXIT", onReason }]),
      ),
    ],
    [
      job("retryRules", [{ action: "EXIT" }]),
      job("retryRules", [{ action: "STOP", onExitCode: "1" }]),
      job("retryRules", Array(6).fill({ action: "EXIT", onExitCode: "1" })),
      ...["", "x", "*1", "1**"].map((onExitCode) =>
        job("retryRules", [{ action: "EXIT", onExitCode }]),
      ),
      ...["", "a-b", "*a", "a**"].map((onReason) =>
        job("retryRules", [{ action: "EXIT", onReason }]),
      ),
      ...["1".repeat(513)].map((onExitCode) => job("retryRules", [{ action: "EXIT", onExitCode }])),
    ],
  ],
  [
    "jobs",
    [job("environment", { PATH: "/", MY_AWS_BATCH: "x" })],
    [job("environment", { AWS_BATCH_JOB_ID: "x" }), job("environment", { A: 1 })],
  ],
  [
    "jobImageTag",
    ["latest", "_a", "1.2-b", "a".repeat(128)],
    ["", ".a", "-a", "a b", "a".repeat(129), " a"],
  ],
  [
    "jobSecret",
    ["", "dse/a+b=c.d@e-f", secret],
    ["a b", "a".repeat(513), `${secret}!`, `x ${secret}`],
  ],
  ["jobSecretPrefix", ["SNOWFLAKE_", "_a1"], ["", "1a", "a-b", " a"]],
  ["jobSecretFields", [[], ["user"], ["a_1"]], [[""], ["a-b"], ["a", "a"], [" a"]]],
  [
    "airflowOptions",
    [{ "core.a_1": "x" }, { "a.b.c": "" }],
    [{ core: "x" }, { "Core.a": "x" }, { "core.": "x" }, { ".a": "x" }],
  ],
  ["mwaaSchedulers", [0, 5], [-1, 6]],
  ["mwaaMinWorkers", [1], [0]],
  ["mwaaMaxWorkers", [0], [-1]],
  ["mwaaMinWebservers", [0, 5], [-1, 6]],
  ["mwaaEgressPorts", [[], [443], [443, 5432]], [[5432], [0, 443], [443, 65536], [443, 443]]],
  [
    "mwaaMaintenanceWindow",
    ["", "SUN:03:30", "MON:23:00", "TUE:19:00", "WED:00:00", "THU:10:30", "FRI:20:00", "SAT:09:00"],
    ["SUN:24:00", "SUN:3:30", "SUN:03:15", "sun:03:30", "XSUN:03:30", "SUN:03:300", "SUN"],
  ],
  ["mwaaLogLevels", [{}, { Task: "INFO" }], [{ Task: "LOUD" }, { Tasks: "INFO" }]],
  ["people", [[], ["ann"]], [["ann", "ann"], ["an n"], [""]]],
  [
    "githubRepository",
    ["", "state/infra", "a-b/c.d_e"],
    ["state", "state/", "/infra", "a/b/c", "a b/c", "a/b c"],
  ],
  ["githubOwnerId", ["", "12"], ["a", "1a", "a1"]],
  ["githubRepositoryId", ["", "12"], ["a", "1a", "a1"]],
  ["githubEnvironment", ["", "prod", "a.b-c"], ["a b", " a", "a/b"]],
  ["githubBranch", ["main", "release/1.0"], ["", "a b", " a", "a*"]],
  [
    "stateBucket",
    ["", "abc", `a${"-".repeat(61)}b`, "a.b"],
    ["ab", "Abc", "-abc", "abc-", `a${"-".repeat(62)}b`],
  ],
  ["stateKeyArn", ["", key], ["x", `${key} `, `x${key}`, key.replace("123456789012", "123")]],
  ["alarmEmails", [[], ["a@example.com"]], [["a"], ["a@example.com", "a@example.com"]]],
  ["monthlyBudgetUsd", [0], [-1]],
  ["groupName", ["a"], [""]],
  ["logRetentionDays", [1, 3653], [0, 2]],
];

describe("settings", () => {
  for (const [name, taken, refused] of edges) {
    const accepts = (value: unknown) => settings[name].safeParse(value).success;
    it(`${name} takes ${JSON.stringify(taken).slice(0, 60)}`, () => {
      for (const value of taken) assert.ok(accepts(value), JSON.stringify(value));
      for (const value of refused) assert.ok(!accepts(value), JSON.stringify(value));
    });
  }

  it("that is mistyped is the first of those that are as near", () => {
    assert.deepEqual(
      [nearest("b", ["a", "c"]), nearest("jobMemry", ["jobMemory", "people"])],
      ["a", "jobMemory"],
    );
  });

  /** What any text is good for. */
  const anyText = ["jobCommand", "environment"];
  for (const [name, { type }] of Object.entries(declaredSettings()))
    if (!anyText.includes(name))
      it(`${name}, alone wrong, is refused in one line, whatever depends on it`, async () => {
        const wrong = type === "string" ? "?" : "wrong";
        const error: unknown = await runProgram(() => void loadConfig(), {
          config: { [name]: wrong },
        }).catch((e: unknown) => e);
        assert.ok(error instanceof Error, "it was accepted");
        const [heading, first = "", ...more] = error.message.split("\n");
        assert.equal(heading, "1 setting of stack test cannot be deployed:");
        assert.ok(first.startsWith(`  dse:${name} `), first);
        assert.deepEqual(more, []);
      });
});
