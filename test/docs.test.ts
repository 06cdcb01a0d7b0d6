import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { loadConfig } from "../config.ts";
import { settings } from "../config/settings.ts";
import { pages } from "../docs/generate.ts";
import { runProgram } from "./support/mocks.ts";

const page = (name: string) => readFileSync(resolve(import.meta.dirname, "../docs", name), "utf8");

describe("docs", () => {
  for (const [name, content] of Object.entries(pages()))
    it(`${name} is what the data says; \`make docs\` writes it`, () => {
      assert.ok(page(name) === content, `docs/${name} is out of date: make docs`);
    });

  it("jobs.md lists every field of a job, and its example is accepted", async () => {
    const listed = [...page("jobs.md").matchAll(/^\| `([a-z]\w+)` /gm)].map(([, field]) => field);
    assert.deepEqual(listed.sort(), Object.keys(settings.jobs.valueType.shape).sort());
    const [, example = ""] = /```yaml\n([^]*?)```/.exec(page("jobs.md")) ?? [];
    const { config } = parse(example) as { config: Record<string, unknown> };
    assert.ok("dse:jobs" in config);
    await runProgram(loadConfig, { config });
  });
});
