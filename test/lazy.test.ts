import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");

/** What a script prints as JSON, in a process that has loaded nothing else. */
async function printed(script: string, env: object = {}, options: string[] = []): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...options, "--no-warnings", "--eval", script],
    { cwd: root, env: { ...process.env, ...env } },
  );
  return JSON.parse(stdout);
}

/**
 * What a process has loaded of the SDK's packages for uploaded functions, when an entry of this repository is loaded, and when
 * something has asked for them.
 */
const loaded = (entry: string, asking = "", env?: object) =>
  printed(
    `const loaded = () => ["pacote", "typescript", "spdx-correct"].filter((name) =>
      Object.keys(require.cache).some((file) => file.includes("/node_modules/" + name + "/")));
    // That of bootstrap/ wants settings, when all is loaded.
    import("./${entry}").then((module) => module.default).catch(() => undefined).then(async () => {
      const before = loaded();
      const sdk = require("node:module").createRequire(require.resolve("@pulumi/pulumi"));
      ${asking}
      console.log(JSON.stringify([before, loaded()]));
      process.exit();
    });`,
    env,
  );

describe("what the SDK loads for uploaded functions", function () {
  this.timeout(120_000);
  const all = ["pacote", "typescript", "spdx-correct"];

  it("is there from the start where someone debugs it", async () => {
    assert.deepEqual(await loaded("index.ts", "", { DSE_SDK_DEBUG: "true" }), [all, all]);
  });

  it("is there when something asks for it", async () => {
    const asking = `
      const { text } = await sdk("./runtime").serializeFunction(() => 41 + 1);
      require("node:assert").match(text, /return \\(\\) => 41 \\+ 1;/);
      new (sdk("@npmcli/arborist").Arborist)();
      sdk("normalize-package-data").default({ name: "a", version: "1.0.0" });`;
    assert.deepEqual(await loaded("index.ts", asking), [[], all]);
  });

  for (const entry of ["bootstrap/index.ts", "cost/main.ts", "evidence/main.ts"])
    it(`is not there otherwise: ${entry}`, async () => {
      assert.deepEqual(await loaded(entry), [[], []]);
    });

  // Its runner loads TypeScript before it.
  it("is npm's resolver alone that the policy pack has no use for, and is there when something asks for it", async () => {
    const asking = `new (sdk("@npmcli/arborist").Arborist)();`;
    const others = ["typescript", "spdx-correct"];
    assert.deepEqual(await loaded("policy/start.cjs", asking), [others, all]);
  });
});

describe("the flags of V8", function () {
  this.timeout(120_000);

  it("are those that the SDK sets, from the start: V8 takes no compiled code from before", async () => {
    const same = `const { cachedDataVersionTag } = require("node:v8");
      const before = cachedDataVersionTag();
      require("@pulumi/pulumi/runtime/closure/v8Hooks.js");
      console.log(JSON.stringify(before === cachedDataVersionTag()));
      process.exit();`;
    const { runtime } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
      runtime: { options: { nodeargs: string } };
    };
    assert.equal(await printed(same), false, "nothing is left to start it with");
    assert.equal(await printed(same, {}, runtime.options.nodeargs.split(" ")), true);
  });
});
