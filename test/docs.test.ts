import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pages } from "../docs/generate";

describe("docs", () => {
  for (const [name, content] of Object.entries(pages()))
    it(`${name} is what the data says; \`make docs\` writes it`, () => {
      const written = readFileSync(resolve(__dirname, "../docs", name), "utf8");
      assert.ok(written === content, `docs/${name} is out of date: make docs`);
    });
});
