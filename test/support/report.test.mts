import assert from "node:assert/strict";
import { join } from "node:path";
import { judge, readEslint, readGo, readMocha, summary, type Reader } from "./report.mts";

const lines = (...events: object[]): string => events.map((e) => JSON.stringify(e)).join("\n");
const test = (fullTitle: string, err: object = {}) => ({ fullTitle, err });
const mocha = (passes: string[], failures: string[] = [], pending: string[] = []): string =>
  JSON.stringify({
    passes: passes.map((title) => test(title)),
    failures: failures.map((title) => test(title, { message: `${title} broke` })),
    pending: pending.map((title) => test(title)),
  });

describe("report", () => {
  describe("of mocha", () => {
    it("counts passes and failures, with their messages", () => {
      assert.deepEqual(readMocha(mocha(["a", "b"], ["c"])), {
        passed: 2,
        failures: [{ title: "c", message: "c broke" }],
      });
    });

    it("takes a skipped test for a failure, once", () => {
      const { passed, failures } = readMocha(mocha(["a"], ["b"], ["b", "c"]));
      assert.equal(passed, 1);
      assert.deepEqual(
        failures.map(({ title }) => title),
        ["b", "c"],
      );
      assert.match(failures[1]?.message ?? "", /skipped/);
    });

    it("shows the frames of our own code", () => {
      const stack =
        "Error: x\n    at ours (/p/test/a.ts:1:1)\n    at run (/p/node_modules/m.js:1:1)";
      const report = JSON.stringify({
        passes: [],
        failures: [test("a", { message: "x", stack })],
        pending: [],
      });
      assert.equal(readMocha(report).failures[0]?.message, "x\n    at ours (/p/test/a.ts:1:1)");
    });
  });

  describe("of eslint", () => {
    const file = (...messages: object[]) => ({
      filePath: join(process.cwd(), "test/a.ts"),
      messages,
    });

    it("is one check, which fails with a line for each problem", () => {
      assert.deepEqual(readEslint(JSON.stringify([file(), file()])), { passed: 1, failures: [] });
      const bad = file(
        { ruleId: "no-x", line: 3, message: "No x." },
        { ruleId: null, message: "Unreadable." },
      );
      assert.deepEqual(readEslint(JSON.stringify([file(), bad])), {
        passed: 0,
        failures: [
          { title: "eslint", message: "test/a.ts:3 No x. (no-x)\ntest/a.ts:0 Unreadable." },
        ],
      });
    });

    it("proves nothing where no file was linted", () => {
      const { failures } = judge(
        "lint",
        { code: 0, signal: null, report: "[]", output: "" },
        readEslint,
      );
      assert.match(failures[0]?.message ?? "", /ran no tests/);
    });
  });

  describe("of go test", () => {
    it("counts the innermost tests", () => {
      const report = lines(
        { Action: "run", Package: "p", Test: "TestA" },
        { Action: "pass", Package: "p", Test: "TestA/one" },
        { Action: "output", Package: "p", Test: "TestA/two", Output: "want 1" },
        { Action: "fail", Package: "p", Test: "TestA/two" },
        { Action: "fail", Package: "p", Test: "TestA" },
        { Action: "pass", Package: "p", Test: "TestAB" },
        { Action: "fail", Package: "p" },
        { Action: "skip", Package: "p/without-tests" },
      );
      assert.deepEqual(readGo(report), {
        passed: 2,
        failures: [{ title: "p TestA/two", message: "want 1" }],
      });
    });

    it("counts a test that fails beside its subtests, and a package that fails beside its tests", () => {
      const report = lines(
        { Action: "pass", Package: "p", Test: "TestA/one" },
        { Action: "fail", Package: "p", Test: "TestA" },
        { Action: "output", Package: "q", Output: "panic: exit" },
        { Action: "pass", Package: "q", Test: "TestB" },
        { Action: "fail", Package: "q" },
      );
      assert.deepEqual(readGo(report), {
        passed: 2,
        failures: [
          { title: "p TestA", message: "failed" },
          { title: "q", message: "panic: exit" },
        ],
      });
    });

    it("counts what does not compile, and what is skipped", () => {
      const report = lines(
        { Action: "build-output", ImportPath: "p", Output: "undefined: x" },
        { Action: "build-fail", ImportPath: "p" },
        { Action: "skip", Package: "q", Test: "TestB" },
      );
      assert.deepEqual(
        readGo(report).failures.map(({ title }) => title),
        ["p", "q TestB"],
      );
    });
  });

  describe("judged", () => {
    const read: Reader = readMocha;
    const ending = { code: 0, signal: null, report: mocha(["a", "b"]), output: "" };
    const message = (more: object, reader: Reader | undefined = read): string => {
      const { failures } = judge("stage", { ...ending, ...more }, reader);
      assert.equal(failures.length, 1);
      assert.equal(failures[0]?.title, "stage");
      return failures[0].message;
    };

    it("is its tests where the runner ended well, or with the failures it reports", () => {
      assert.deepEqual(judge("stage", ending, read), { passed: 2, failures: [] });
      const red = judge("stage", { ...ending, code: 1, report: mocha(["a"], ["b"]) }, read);
      assert.deepEqual([red.passed, red.failures.length], [1, 1]);
      const odd = judge("stage", { ...ending, code: 0, report: mocha(["a"], ["b"]) }, read);
      assert.deepEqual([odd.passed, odd.failures.length], [1, 1]);
    });

    it("fails where the report is missing, empty, unreadable, of another kind, or without tests", () => {
      assert.match(message({ report: undefined }), /left no report \(exit code 0\)/);
      assert.match(message({ report: " \n" }), /left an empty report/);
      assert.match(message({ report: '{"passes": [' }), /cannot be read: SyntaxError/);
      assert.match(message({ report: '{"stats": {"passes": 3}}' }), /cannot be read/);
      assert.match(message({ report: mocha([]) }), /ran no tests/);
    });

    it("fails where the runner died after green tests", () => {
      assert.match(message({ code: 7 }), /died \(exit code 7\)/);
      assert.match(message({ code: null, signal: "SIGKILL" }), /died \(ended by SIGKILL\)/);
      assert.equal(judge("stage", { ...ending, code: 7 }, read).passed, 2);
    });

    it("is one check where the exit code is the answer", () => {
      const check = (code: number | null, signal: NodeJS.Signals | null) =>
        judge("types", { code, signal, report: undefined, output: "a.ts(1,1): x\n" }, undefined);
      assert.deepEqual(check(0, null), { passed: 1, failures: [] });
      assert.deepEqual([check(2, null).passed, check(2, null).failures.length], [0, 1]);
      assert.equal(check(null, "SIGTERM").failures.length, 1);
      assert.equal(check(2, null).failures[0]?.message, "a.ts(1,1): x (exit code 2)");
    });
  });

  it("is summed up in one line", () => {
    const failures = [{ title: "t", message: "m" }];
    assert.equal(
      summary([
        { passed: 3, failures },
        { passed: 4, failures: [] },
      ]),
      "7 passed, 1 failed",
    );
    assert.equal(summary([]), "0 passed, 0 failed");
  });
});
