import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
/** Without what a make that runs these tests hands down: its flags, and STACK and others of its command line. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([key]) => !/^(MAKE|MFLAGS|STACK$|ONLY$|DIR$|STATE$|PLAN$|ARGS$)/.test(key),
  ),
);
const make = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync("make", args, { cwd: ROOT, env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
};

describe("Makefile", () => {
  const targets = [
    ...readFileSync(join(ROOT, "Makefile"), "utf8").matchAll(/^([a-z-]+):(?!=)/gm),
  ].map(([, target = ""]) => target);

  it("says by itself what each target does, in a line, and that no account is touched", () => {
    const help = make();
    for (const target of targets.filter((name) => name !== "help"))
      assert.match(help, new RegExp(`^  ${target} +\\S.{15,90}$`, "m"));
    assert.match(help, /No target touches a real account/);
    assert.equal(make("help"), help);
  });

  it("installs what is needed first, and keeps what that says off the output", () => {
    for (const target of [
      "up",
      "preview",
      "down",
      "status",
      "env",
      "test",
      "unit",
      "lint",
      "format",
      "evidence",
      "bench",
      "mutation",
    ]) {
      const [first, ...rest] = make("-n", target).trim().split("\n");
      assert.equal(first, "./engine/setup >&2");
      assert.equal(rest.length, 1, target);
      assert.match(rest[0] ?? "", /^\.local\/bin\/node /);
    }
  });

  it("works on dev, or on the stack that is asked for", () => {
    assert.match(make("-n", "up"), /local\/main\.mts up --stack 'dev'$/m);
    assert.match(make("-n", "down", "STACK=qa"), /local\/main\.mts down --stack 'qa'$/m);
    const deployDags = make("-n", "deploy-dags", "STACK=qa", "DIR=other", "ARGS=--dry-run");
    assert.match(deployDags, /operations\/bin\/platform deploy-dags 'qa' 'other' --dry-run$/m);
    const adopt = make("-n", "adopt", "STACK=qa", "STATE=t.tfstate", "PLAN=1");
    assert.match(adopt, /platform adopt 'qa' 't\.tfstate' --plan /);
    assert.match(
      make("-n", "adopt", "STATE=t.tfstate"),
      /platform adopt 'dev' 't\.tfstate' --yes /,
    );
    assert.match(make("-n", "airflow", "ARGS=dags list"), /platform airflow 'dev' -- dags list$/m);
  });
});

describe(".ci/run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ci-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs it with a `make` that is this shell script; both streams in one, as a log shows them. */
  const run = (script: string) => {
    writeFileSync(join(folder, "make"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const { status, stdout } = spawnSync("sh", ["-c", `"${join(ROOT, ".ci/run")}" 2>&1`], {
      encoding: "utf8",
      cwd: folder,
      env: { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` },
    });
    return { status, lines: stdout.trim().split("\n") };
  };

  it("calls make test at the project's top, and ends with its last line", () => {
    const { status, lines } = run(`echo "$(pwd) $*"; echo "3 passed, 0 failed"`);
    assert.equal(status, 0);
    assert.deepEqual(lines, [`${ROOT} test`, "3 passed, 0 failed"]);
  });

  it("ends with that line also where make has a last word", () => {
    const { status, lines } = run(
      `echo "2 passed, 1 failed"; echo "make: *** [test] Error 1" >&2; exit 2`,
    );
    assert.equal(status, 2);
    assert.equal(lines.at(-1), "2 passed, 1 failed");
    // Once as make's, once after make's last word.
    assert.equal(lines.filter((line) => line === "2 passed, 1 failed").length, 2);
  });

  it("makes no summary up where there is none", () => {
    const { status, lines } = run(`echo "Go is missing" >&2; exit 2`);
    assert.equal(status, 2);
    assert.deepEqual(lines, ["Go is missing"]);
  });
});
