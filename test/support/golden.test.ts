import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { assertGolden, differences, golden } from "./golden.ts";
import { runProgram } from "./mocks.ts";

const record = (tags: Record<string, pulumi.Input<string>>, names = ["b", "a"]) =>
  runProgram(
    () => {
      for (const name of names) new aws.ec2.Vpc(name, { tags }, { protect: name === "a" });
      return { ids: names };
    },
    { stack: "dev" },
  );

const URN = "urn:pulumi:dev::dse::aws:ec2/vpc:Vpc::";

describe("golden", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "golden-"));
  });
  afterEach(() => {
    delete process.env["UPDATE_GOLDEN"];
    rmSync(folder, { recursive: true });
  });

  it("holds each URN with its inputs and options, in order, and no secret", async () => {
    const recording = await record({ z: "1", a: pulumi.secret("hunter2") });
    const { resources, outputs } = golden(recording);
    assert.deepEqual(Object.keys(resources), [
      `${URN}a`,
      `${URN}b`,
      "urn:pulumi:dev::dse::pulumi:pulumi:Stack::dse-dev",
    ]);
    assert.deepEqual(resources[`${URN}a`], {
      inputs: { tags: { a: "<secret>", z: "1" } },
      options: { protect: true },
    });
    assert.deepEqual(outputs, { ids: ["b", "a"] });
    assert.ok(!JSON.stringify(golden(recording)).includes("hunter2"));
  });

  it("is the same text whatever the order in which the program makes things", async () => {
    const text = async (tags: Record<string, string>, names: string[]) =>
      JSON.stringify(golden(await record(tags, names)).resources);
    assert.equal(
      await text({ x: "1", y: "2" }, ["a", "b"]),
      await text({ y: "2", x: "1" }, ["b", "a"]),
    );
  });

  it("shows a document in a text line by line, and other text as it is", async () => {
    const { resources } = golden(
      await record({ doc: '{"b":[1],"a":2}', text: "{not json", n: "1" }),
    );
    assert.deepEqual(resources[`${URN}a`]?.["inputs"], {
      tags: { doc: { json: { a: 2, b: [1] } }, n: "1", text: "{not json" },
    });
  });

  it("is written when asked, and then holds", async () => {
    const recording = await record({});
    process.env["UPDATE_GOLDEN"] = "1";
    assertGolden(recording, "dev", folder);
    delete process.env["UPDATE_GOLDEN"];
    assertGolden(recording, "dev", folder);
    assert.match(readFileSync(join(folder, "dev.json"), "utf8"), /^\{\n {2}"outputs"/);
  });

  it("is not written unasked", async () => {
    const recording = await record({});
    assert.throws(() => {
      assertGolden(recording, "dev", folder);
    }, /dev\.json is missing; UPDATE_GOLDEN=1 make unit accepts/);
  });

  it("names each difference in a line", async () => {
    process.env["UPDATE_GOLDEN"] = "1";
    assertGolden(await record({ Name: "one", gone: "x" }, ["a", "b"]), "dev", folder);
    delete process.env["UPDATE_GOLDEN"];
    const other = await record({ Name: "two" }, ["a", "c"]);
    assert.throws(
      () => {
        assertGolden(other, "dev", folder);
      },
      (error: Error) => {
        const [head = "", ...lines] = error.message.split("\n  ");
        assert.match(head, /dev\.json in 5 places; UPDATE_GOLDEN=1 make unit accepts them:$/);
        assert.deepEqual(lines, [
          `~ ${URN}a inputs.tags.Name: "one" → "two"`,
          `~ ${URN}a inputs.tags.gone: "x" → (absent)`,
          `- ${URN}b`,
          `+ ${URN}c`,
          `~ output ids[1]: "b" → "c"`,
        ]);
        return true;
      },
    );
  });

  it("sees an empty list, a number that became text, and a value that became a list", () => {
    const of = (inputs: Record<string, unknown>) => ({ resources: { u: inputs }, outputs: {} });
    assert.deepEqual(differences(of({ a: [], n: 1, v: "x" }), of({ n: "1", v: ["x"] })), [
      "~ u a: [] → (absent)",
      '~ u n: 1 → "1"',
      '~ u v: "x" → (absent)',
      '~ u v[0]: (absent) → "x"',
    ]);
    assert.deepEqual(differences(of({ a: [] }), of({ a: [] })), []);
  });

  it("is cut where it is long", async () => {
    const names = Array.from({ length: 70 }, (_, index) => `v${String(index)}`);
    process.env["UPDATE_GOLDEN"] = "1";
    assertGolden(await record({}, []), "dev", folder);
    delete process.env["UPDATE_GOLDEN"];
    const many = await record({}, names);
    assert.throws(() => {
      assertGolden(many, "dev", folder);
    }, /in 141 places[\s\S]*… and 81 more$/);
  });
});
