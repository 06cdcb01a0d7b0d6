import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import platform from "../../index.ts";
import { malformed } from "../support/malformed.ts";
import { runProgram } from "../support/mocks.ts";

describe("a malformed Pulumi.<stack>.yaml", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "dse-malformed-"));
  });
  after(() => {
    rmSync(root, { recursive: true });
  });

  for (const { name, file, refusedBy, lines } of malformed())
    if (refusedBy === "program")
      it(`is refused: ${name}`, async () => {
        cpSync(file, join(root, "Pulumi.test.yaml"));
        const count = lines.length === 1 ? "1 setting" : `${lines.length} settings`;
        const message = [`${count} of stack test cannot be deployed:`, ...lines].join("\n  ");
        await assert.rejects(runProgram(platform, { root }), { message });
      });
});
