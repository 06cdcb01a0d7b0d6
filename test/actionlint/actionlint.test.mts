import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { goEnvironment } from "../../engine/go.mts";

const workflows = join(import.meta.dirname, "../../.github/workflows");

/** Lints a file, or what it gets as `input`. Without shellcheck and pyflakes: what it says is the same everywhere. */
function actionlint(file: string, input?: string): string[] {
  const args = ["tool", "actionlint", "-no-color", "-oneline", "-shellcheck=", "-pyflakes="];
  const { status, stdout, stderr, error } = spawnSync("go", [...args, file], {
    cwd: import.meta.dirname,
    env: goEnvironment(),
    encoding: "utf8",
    input,
  });
  assert.ok(!error && (status === 0 || status === 1), error?.message ?? stderr);
  assert.equal(status === 0, stdout === "");
  return stdout.split("\n").filter(Boolean);
}

describe("actionlint", () => {
  for (const file of readdirSync(workflows))
    it(`finds nothing in ${file}`, () => {
      assert.deepEqual(actionlint(join(workflows, file)), []);
    });

  it("would find something", () => {
    const found = actionlint(
      "-",
      `on: pull_request
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "\${{ github.event.pull_request.title }}"
      - run: echo "\${{ steps.none.outputs.value }}"
`,
    );
    assert.equal(found.length, 2, found.join("\n"));
    assert.match(found.join("\n"), /potentially untrusted/);
    assert.match(found.join("\n"), /property "none" is not defined/);
  });
});
