import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { loadConfig } from "../config.ts";
import { settings } from "../config/settings.ts";
import { pages } from "../docs/generate/main.ts";
import { recordedRuns, type Runs } from "../docs/generate/runs.ts";
import { terraformResources } from "../docs/generate/terraform.ts";
import { runProgram } from "./support/mocks.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** Everything that people read, by its path. */
const texts = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

describe("docs", () => {
  let runs: Runs;
  before(async () => {
    runs = await recordedRuns();
  });

  it("have generated pages and pictures that are what the code says; `make docs` writes them", async () => {
    const stale = Object.entries(await pages(runs)).filter(
      ([name, content]) =>
        !existsSync(join(ROOT, "docs", name)) || read(`docs/${name}`) !== content,
    );
    assert.deepEqual(
      stale.map(([name]) => name),
      [],
      "out of date: make docs",
    );
  });

  it("say of each of Terraform's resources where it went", () => {
    const found = terraformResources(runs.adopted);
    assert.equal(found.size, 77);
    for (const [address, urn] of found) assert.ok(urn, `${address} went nowhere`);
    assert.equal(new Set(found.values()).size, 77, "two of them went to the same place");
  });

  it("name files, make targets and commands that are there", () => {
    const targets = new Set([...read("Makefile").matchAll(/^([a-z-]+):(?!=)/gm)].map(([, t]) => t));
    const commands = new Set(
      [...read("operations/main.mts").matchAll(/from "\.\/commands\/([a-z-]+)\.mts"/g)].map(
        ([, name = ""]) => name,
      ),
    );
    // One file has the commands that the CLI of Pulumi has too.
    for (const name of ["preview", "up", "destroy"]) commands.add(name);
    const missing: string[] = [];
    for (const text of texts) {
      const content = read(text);
      for (const [, link = ""] of content.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g))
        if (!existsSync(join(ROOT, dirname(text), link))) missing.push(`${text}: ${link}`);
      for (const [, target = ""] of content.matchAll(/(?:^|`)make (?:-s )?([a-z][a-z-]*)/gm))
        if (!targets.has(target)) missing.push(`${text}: make ${target}`);
      for (const [, command = ""] of content.matchAll(/npx platform ([a-z][a-z-]*)/g))
        if (!commands.has(command)) missing.push(`${text}: npx platform ${command}`);
    }
    assert.deepEqual(missing, []);
  });

  it("are a template for `pulumi new`, which asks for settings that there are", () => {
    const { template, config } = parse(read("Pulumi.yaml")) as {
      template: { config: Record<string, { default?: string }> };
      config: Record<string, { default?: unknown }>;
    };
    for (const [key, { default: value }] of Object.entries(template.config)) {
      const setting = config[key.replace(/^dse:/, "")];
      assert.ok(setting, key);
      // `pulumi new` takes no empty default.
      assert.equal(value ?? "", setting.default, key);
    }
  });

  it("jobs.md lists every field of a job, and its example is accepted", async () => {
    const page = read("docs/jobs.md");
    const listed = [...page.matchAll(/^\| `([a-z]\w+)` /gm)].map(([, field]) => field);
    assert.deepEqual(listed.sort(), Object.keys(settings.jobs.valueType.shape).sort());
    const [, example = ""] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    const { config } = parse(example) as { config: Record<string, unknown> };
    assert.ok("dse:jobs" in config);
    await runProgram(loadConfig, { config });
  });
});
