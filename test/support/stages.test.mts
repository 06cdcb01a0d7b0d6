import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readGo, readMocha } from "./report.mts";
import { Interrupted, type RunOptions, runStages, type Stage } from "./stages.mts";

const MOCHA = join(import.meta.dirname, "../../node_modules/mocha/bin/mocha.js");
const RUN = join(import.meta.dirname, "../run.mts");

describe("stages", () => {
  let folder: string;
  let said: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stages-"));
    said = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (stages: Stage[], more: Partial<RunOptions> = {}) =>
    runStages(stages, { folder, say: (line) => said.push(line), lanes: 2, ...more });
  const text = (): string => said.join("\n");
  const file = (name: string): string => join(folder, name);

  /** A stage that runs a line of JavaScript. */
  const script = (name: string, code: string, more: Partial<Stage> = {}): Stage => ({
    name,
    command: [process.execPath, "-e", code],
    limit: 1,
    ...more,
  });
  const report = (passes: number): string =>
    JSON.stringify({
      passes: Array.from({ length: passes }, (_, i) => ({ fullTitle: `t${i}`, err: {} })),
      failures: [],
      pending: [],
    });
  const writes = (name: string, content: string, more = ""): Stage => {
    const path = file(`${name}.json`);
    const code = `require("fs").writeFileSync(${JSON.stringify(path)}, ${JSON.stringify(content)});${more}`;
    return script(name, code, { report: { file: path, read: readMocha } });
  };

  it("that are green say so in a line each, and end with the sum", async () => {
    assert.equal(
      await run([writes("unit", report(3)), script("types", "console.log('quiet')")]),
      true,
    );
    assert.equal(said.at(-1), "4 passed, 0 failed");
    assert.match(said.at(-2) ?? "", /^took \d+\.\d s$/);
    assert.equal(said.length, 4);
    assert.ok(said.some((line) => /^✔ unit {3}3 passed, 0 failed, \d+\.\d s$/.test(line)));
    assert.ok(!text().includes("quiet"));
  });

  it("that are red show their output, and their failures again at the end", async () => {
    assert.equal(
      await run([
        writes("unit", report(2)),
        script("types", "console.log('a.ts(1,1): wrong'); process.exit(2)"),
      ]),
      false,
    );
    const failure = " {2}✘ types\\n {6}a\\.ts\\(1,1\\): wrong \\(exit code 2\\)\\n";
    assert.match(
      text(),
      new RegExp(`^${failure}[^]*\\nFailed:\\n${failure}2 passed, 1 failed$`, "m"),
    );
  });

  it("fail where they leave no report, be it that an earlier run left one", async () => {
    writeFileSync(file("unit.json"), report(5));
    const stage = script("unit", "", { report: { file: file("unit.json"), read: readMocha } });
    assert.equal(await run([stage]), false);
    assert.match(text(), /left no report \(exit code 0\)/);
    assert.equal(said.at(-1), "0 passed, 1 failed");
  });

  it("fail where the report is empty, or the runner dies after it", async () => {
    assert.equal(
      await run([
        writes("empty", ""),
        writes("none", report(0)),
        writes("dying", report(2), "process.kill(process.pid, 'SIGKILL')"),
      ]),
      false,
    );
    assert.match(text(), /empty\n +left an empty report/);
    assert.match(text(), /none\n +ran no tests/);
    assert.match(text(), /dying\n +died \(ended by SIGKILL\)/);
    assert.equal(said.at(-1), "2 passed, 3 failed");
  });

  it("fail where the program does not exist", async () => {
    const command: Stage["command"] = [join(folder, "nothing-here")];
    assert.equal(await run([{ name: "gone", command, limit: 1 }]), false);
    assert.match(text(), /ENOENT/);
    assert.equal(said.at(-1), "0 passed, 1 failed");
  });

  it("may report on their standard output", async () => {
    const event = JSON.stringify({ Action: "pass", Package: "p", Test: "TestA" });
    const stage = script("go/one", `console.error("noise"); console.log('${event}')`, {
      report: { file: "stdout", read: readGo },
    });
    assert.equal(await run([stage]), true);
    assert.equal(said.at(-1), "1 passed, 0 failed");
    assert.match(readFileSync(file("go-one.log"), "utf8"), /noise/);
  });

  it("are ended when they take too long, and all they started with them", async () => {
    const pid = file("pid");
    const code = `const { pid } = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"]);
      require("fs").writeFileSync(${JSON.stringify(pid)}, String(pid)); setInterval(() => {}, 1e6)`;
    assert.equal(await run([script("slow", code, { limit: 1 / 60 })]), false);
    assert.match(text(), /took longer than/);
    await gone(Number(readFileSync(pid, "utf8")));
  });

  it("are ended with what goes on when they themselves have ended, and clean up then", async () => {
    const [stubborn, pid] = [file("stubborn.cjs"), file("pid")];
    const forever = "setInterval(() => {}, 1e6);";
    writeFileSync(stubborn, `process.on("SIGINT", () => {}); ${forever} process.send("ready")`);
    const code = `const stdio = ["ignore", "ignore", "ignore", "ipc"];
      const child = require("child_process").spawn(process.execPath, [${JSON.stringify(stubborn)}], { stdio });
      child.on("message", () => require("fs").writeFileSync(${JSON.stringify(pid)}, String(child.pid)))`;
    const controller = new AbortController();
    let cleaned = 0;
    const cleanUp = () => Promise.resolve(++cleaned);
    assert.equal(await run([script("green", "", { cleanUp })]), true);
    assert.equal(cleaned, 0);
    const running = run([script("long", code, { cleanUp })], {
      signal: controller.signal,
      grace: 200,
    });
    while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await sleep(20);
    controller.abort();
    await assert.rejects(running, Interrupted);
    assert.equal(cleaned, 1);
    await gone(Number(readFileSync(pid, "utf8")));
  });

  it("run in as many lanes as there are", async () => {
    const marks = file("marks");
    const mark = (name: string): Stage =>
      script(
        name,
        `const fs = require("fs"), m = (s) => fs.appendFileSync(${JSON.stringify(marks)}, s + " ");
         m("+"); setTimeout(() => m("-"), 200)`,
      );
    await run([mark("a"), mark("b"), mark("c"), mark("d")]);
    const order = readFileSync(marks, "utf8").trim().split(" ");
    const running = order.map((_, i) =>
      order.slice(0, i + 1).reduce((sum, sign) => sum + (sign === "+" ? 1 : -1), 0),
    );
    assert.equal(Math.max(...running), 2);
    assert.equal(order.length, 8);
  });

  it("that are interrupted have no result", async () => {
    const controller = new AbortController();
    const started = file("started");
    const code = `require("fs").writeFileSync(${JSON.stringify(started)}, ""); setInterval(() => {}, 1e6)`;
    const running = run([script("long", code), script("next", "")], {
      lanes: 1,
      signal: controller.signal,
    });
    while (!existsSync(started)) await sleep(20);
    controller.abort();
    await assert.rejects(running, Interrupted);
    assert.ok(!text().includes("passed"));
  });

  it("of mocha fail by a skipped test, and by one that keeps others from running", async () => {
    const stage = (name: string, code: string): Stage => {
      const spec = file(`${name}.test.cjs`);
      writeFileSync(spec, code);
      const path = file(`${name}.json`);
      const strict = ["--no-config", "--forbid-only", "--forbid-pending"];
      const reporter = ["--reporter", "json", "--reporter-option", `output=${path}`];
      return {
        name,
        command: [process.execPath, MOCHA, ...strict, ...reporter, spec],
        report: { file: path, read: readMocha },
        limit: 1,
      };
    };
    assert.equal(
      await run([
        stage("skip", `it("runs", () => {}); it.skip("is skipped", () => {})`),
        stage("only", `it("runs", () => {}); it.only("alone", () => {})`),
      ]),
      false,
    );
    assert.match(text(), /✘ is skipped/);
    assert.match(text(), /✘ skip +1 passed, 1 failed/);
    assert.match(text(), /✘ only +0 passed, 1 failed/);
  });

  describe("by the command", () => {
    /** A machine whose `go` is this shell script, or that has none. */
    const command = (args: string[], go?: string) => {
      if (go !== undefined) writeFileSync(file("go"), `#!/bin/sh\n${go}\n`, { mode: 0o755 });
      const child = spawn(process.execPath, [RUN, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          DSE_TEST_DIR: join(folder, "reports"),
          PATH: go === undefined ? folder : `${folder}:/usr/bin:/bin`,
        },
      });
      const seen = { out: "", err: "" };
      child.stdout.on("data", (data: Buffer) => (seen.out += data.toString()));
      child.stderr.on("data", (data: Buffer) => (seen.err += data.toString()));
      const code = new Promise<number | null>((resolve) => child.once("close", resolve));
      return { child, seen, code };
    };

    it("end with their children and without a summary on Ctrl-C", async () => {
      const pid = file("pid");
      const go = `[ "$1" = version ] && exit 0; echo $$ > ${pid}; exec sleep 1000`;
      const { child, seen, code } = command(["engine/pulumi"], go);
      while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await sleep(20);
      child.kill("SIGINT");
      assert.equal(await code, 130);
      assert.equal(seen.out, "");
      assert.equal(seen.err, "test: interrupted, no result\n");
      await gone(Number(readFileSync(pid, "utf8")));
    });

    it("are all whose name begins with what is asked for", async () => {
      const go = `[ "$1" = version ] && exit 0
        echo '{"Action":"pass","Package":"p","Test":"TestA"}'`;
      const { seen, code } = command(["engine"], go);
      assert.equal(await code, 0);
      assert.match(seen.out, /^✔ engine\/pulumi +1 passed[^]*\n2 passed, 0 failed\n$/m);
    });

    it("exit with 1 and the sum as the last line where one is red", async () => {
      const go = `[ "$1" = version ] && exit 0
        echo '{"Action":"pass","Package":"p","Test":"TestA"}'; exit 1`;
      const { seen, code } = command(["engine/pulumi"], go);
      assert.equal(await code, 1);
      assert.match(seen.out, /\n1 passed, 1 failed\n$/);
    });

    it("exit with 0 where all are green", async () => {
      const go = `[ "$1" = version ] && exit 0
        echo '{"Action":"pass","Package":"p","Test":"TestA"}'`;
      const { seen, code } = command(["engine/pulumi"], go);
      assert.equal(await code, 0);
      assert.match(seen.out, /\n1 passed, 0 failed\n$/);
    });

    it("say so where this machine has no Go, and prove nothing by that alone", async () => {
      const { seen, code } = command(["engine/pulumi"]);
      assert.equal(await code, 1);
      assert.match(seen.out, /^- engine\/pulumi {2}not run: Go is not installed/);
      assert.match(seen.err, /nothing was run/);
    });

    it("are refused where there is no such stage", async () => {
      const { seen, code } = command(["lnit"]);
      assert.equal(await code, 2);
      assert.match(seen.err, /^test: no stage lnit; there are unit, unit\/stacks, types, .*\n$/);
    });
  });
});

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(20);
  }
}
