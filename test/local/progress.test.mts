import assert from "node:assert/strict";
import { Progress } from "../../local/progress.mts";

describe("progress of an engine's log", () => {
  const shown = (progress: Progress, lines: string[]) =>
    lines.flatMap((line) => progress.line(line) ?? []);

  it("hides resources that go well, and says how many are done and under way", () => {
    const progress = new Progress(false);
    assert.deepEqual(
      shown(progress, [
        " +  aws:s3:Bucket scratch creating (0s) ",
        " +  dse:platform:Vpc vpc creating (0s) ",
        "@ updating....",
        " +  aws:s3:Bucket scratch created (1s) ",
        "    aws:kms:Key key  ",
      ]),
      [],
    );
    assert.equal(progress.summary(), "… 1 resources done, dse:platform:Vpc vpc under way");
  });

  it("shows errors, messages, outputs and the summary", () => {
    const lines = [
      " +  aws:s3:Bucket scratch **creating failed** error: no",
      "Outputs:",
      '    airflowArn: "arn:aws:airflow:us-west-2:123456789012:environment/a"',
      "    state     : {",
      "Resources:",
      "    + 149 created",
      "    error: update failed",
    ];
    assert.deepEqual(shown(new Progress(false), lines), lines);
  });

  it("shows a policy pack that finds something, and hides one that does not", () => {
    const pack = "    ❌ dse@v0.1.0 (local: /clone/policy)";
    const finding = "        - [mandatory] [severity: high]  a-rule  (aws:s3:Bucket: scratch)";
    const loading = ["Loading policy packs...: starting", "Loading policy packs...: done"];
    const clean = "    ✅ dse@v0.1.0 (local: /clone/policy)";
    const first = [...loading, "Policies:", clean, "", "Outputs:"];
    assert.deepEqual(shown(new Progress(false), first), ["", "Outputs:"]);
    assert.deepEqual(shown(new Progress(false), ["Policies:", clean, pack, finding, ""]), [
      `Policies:\n${pack}`,
      finding,
      "",
    ]);
    const repair = "        - [remediate]  a-rule  (7 resources)";
    assert.deepEqual(shown(new Progress(false), ["Policies:", clean, repair, ""]), [
      `Policies:\n${clean}\n${repair}`,
      "",
    ]);
  });

  it("shows what a preview would do, and not what stays", () => {
    const change = " ~  aws:iam:Role batch update [diff: ~tags]";
    const lines = ["    aws:kms:Key key  ", change, " +  aws:s3:Bucket scratch create"];
    assert.deepEqual(shown(new Progress(true), lines), [change, lines[2]]);
  });
});
