import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { clone } from "../../local/instance.mts";
import { exclusions } from "../../mutation/exclusions.mts";
import { isGood, judge, lines, type Mutant, readMutants } from "../../mutation/judge.mts";
import { filesToMutate, parts, specFiles } from "../../mutation/scope.mts";

const mutant = (more: Partial<Mutant>): Mutant => ({
  file: "components/lib/cidr.ts",
  line: 3,
  mutator: "EqualityOperator",
  code: "a < b",
  replacement: "a <= b",
  status: "Killed",
  ...more,
});
const killed = (count: number): Mutant[] => Array<Mutant>(count).fill(mutant({}));
const survivor = mutant({ status: "Survived", code: "last < first" });
const reason = "Both are never equal.";
const files = [survivor.file];

describe("the verdict on mutants", () => {
  it("is good where nine of ten are noticed and the others explained", () => {
    const explained = [{ file: survivor.file, code: "last <\n  first", reason }];
    assert.ok(isGood(judge([...killed(9), survivor], files, explained)));
    const few = judge([...killed(8), survivor], files, explained);
    assert.ok(!isGood(few), "an explanation is no test");
    assert.equal(lines(few).at(-1), "below 90 %");
  });

  it("names each survivor that nothing explains, with what was changed", () => {
    const unseen = mutant({ status: "NoCoverage", file: "config.ts", replacement: "" });
    const verdict = judge([...killed(98), survivor, unseen], [...files, "config.ts"], []);
    assert.ok(!isGood(verdict));
    assert.deepEqual(lines(verdict), [
      "                killed  survived  no coverage  explained   score",
      "components/lib      98         1            0          0  99.0 %",
      "config.ts            0         0            1          0   0.0 %",
      "all                 98         1            1          0  98.0 %",
      "components/lib/cidr.ts:3 EqualityOperator: last < first → a <= b",
      "config.ts:3 EqualityOperator, not executed: a < b → ",
    ]);
  });

  it("holds an explanation to the file, the code, the mutator and the replacement that it names", () => {
    for (const other of [
      { file: "config.ts" },
      { code: "first < last" },
      { mutator: "Regex" },
      { replacement: "true" },
    ]) {
      const { open } = judge([survivor], files, [{ file: survivor.file, reason, ...other }]);
      assert.deepEqual(open, [survivor], JSON.stringify(other));
    }
  });

  it("is bad where an explanation is not needed any more, of the files that were mutated", () => {
    const stale = { file: survivor.file, code: "a < b", reason };
    const verdict = judge(killed(1), files, [stale]);
    assert.ok(!isGood(verdict));
    assert.match(
      lines(verdict).at(-1) ?? "",
      /^not needed any more: the exclusion of a < b in comp/,
    );
    assert.ok(isGood(judge([mutant({ file: "config.ts" })], ["config.ts"], [stale])));
  });
});

it("each exclusion of mutants says why in a sentence, and is of a file that is mutated", () => {
  const mutated = filesToMutate([]);
  for (const exclusion of exclusions) {
    assert.match(exclusion.reason, /^[A-Z].{20,}\.$/, exclusion.code);
    assert.ok(mutated.includes(exclusion.file), exclusion.file);
  }
});

describe("what is mutated", () => {
  it("is the settings, the components and the rules, and not lists of rules", () => {
    const all = filesToMutate([]);
    for (const file of [
      "config.ts",
      "config/jobs.ts",
      "components/lib/cidr.ts",
      "policy/lib/pack.ts",
    ])
      assert.ok(all.includes(file), file);
    assert.deepEqual(
      all.filter((file) => file.endsWith("index.ts")),
      [],
    );
    assert.ok(specFiles().includes("test/policy/mwaa/logging.test.ts"));
  });

  it("is a file or a folder, where one is named", () => {
    assert.deepEqual(filesToMutate(["config.ts", "config/relations/", "config.ts"]), [
      "config.ts",
      ...["airflow", "identity", "jobs", "network", "policies", "problem"].map(
        (name) => `config/relations/${name}.ts`,
      ),
    ]);
    assert.throws(() => filesToMutate(["config.ts", "local"]), /^Error: local: nothing of it is/);
  });

  it("comes in parts, each file in one", () => {
    const all = filesToMutate([]);
    const folders = ["components", "config", "policy/lib", "policy/rules"];
    assert.deepEqual(
      parts(all).map(([first = ""]) => folders.findLast((folder) => first.startsWith(folder))),
      folders,
    );
    assert.deepEqual(parts(all).flat().sort(), all);
  });
});

describe("a run over a project", () => {
  let folder: string;
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const mutate = async (): Promise<Record<string, string>> => {
    const options = { files: ["config.ts"], full: false, concurrency: 1, folder: ".local" };
    const script = `
      const { mutate } = await import(${JSON.stringify(join(clone, "mutation/stryker.mts"))});
      await import("node:fs").then(async (fs) =>
        fs.writeFileSync("report.json", await mutate(${JSON.stringify(options)})));`;
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: folder,
    });
    const mutants = readMutants(readFileSync(join(folder, "report.json"), "utf8"), ["config.ts"]);
    return Object.fromEntries(
      mutants.map(({ code, replacement, status }) => [`${code} → ${replacement}`, status]),
    );
  };

  before(() => {
    mkdirSync(join(clone, ".local"), { recursive: true });
    folder = mkdtempSync(join(clone, ".local", "mutation-test-"));
    write("package.json", '{ "type": "module" }');
    write(
      "config.ts",
      `const region: string = "us-west-2";
export const where = (): string => region;
export const isLarge = (size: number): boolean => size > 10;
export const unused = (): string => "nobody";
const actionTable = { batch: "SubmitJob" };
export const actions = (): object => actionTable;
`,
    );
    write("test/support/sizes.ts", "export const sizes = [20, 1];\n");
    write(
      "test/config.test.ts",
      `import assert from "node:assert/strict";
import { isLarge, where } from "../config.ts";
import { sizes } from "./support/sizes.ts";
let here = "";
describe("config", () => {
  before(() => { here = where(); });
  it("has a region", () => { assert.equal(here, "us-west-2"); });
  it("tells sizes", () => { assert.deepEqual(sizes.map(isLarge), [true, false]); });
});
`,
    );
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("notices what is decided while a module loads, and in a hook", async () => {
    const statuses = await mutate();
    assert.equal(statuses['"us-west-2" → ""'], "Killed");
    assert.equal(statuses["(): string => region → () => undefined"], "Killed");
    assert.equal(statuses["size > 10 → size <= 10"], "Killed");
    assert.equal(statuses["size > 10 → size >= 10"], "Survived");
    assert.equal(statuses['"nobody" → ""'], "NoCoverage");
    assert.equal(statuses['"SubmitJob" → ""'], undefined, "a fact of AWS is not mutated");
  });

  it("tests again what a changed helper of a test may show", async () => {
    write("test/support/sizes.ts", "export const sizes = [20, 10];\n");
    const statuses = await mutate();
    assert.equal(statuses["size > 10 → size >= 10"], "Killed");
  });
});
