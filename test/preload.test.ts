import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");

const { runtime } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
  runtime: { options: { nodeargs: string } };
};
/** Node's arguments before the SDK's runner of programs. */
const nodeArgs = runtime.options.nodeargs.split(" ");

/** What a script prints as JSON, in a process that has loaded nothing else. */
async function printed(script: string, options: string[] = [], env: object = {}): Promise<unknown> {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...options, "--no-warnings", "--eval", script],
    { cwd: root, env: { ...rest, ...env } },
  );
  return JSON.parse(stdout);
}

/** Of what the SDK can do without until something asks for it, a part of a file's path. */
const parts = {
  resolver: "/pacote/",
  packages: "/spdx-correct/",
  typescript: "/typescript/lib/",
  debugger: "/runtime/closure/v8Hooks.js",
  automation: "/automation/index.js",
  maps: "/source-map-support/",
};
const all = Object.keys(parts);

interface Process {
  /** Node's arguments before the script. @default none */
  readonly options?: string[];
  /** Run before the entry is loaded. */
  readonly before?: string;
  /** Run after it was loaded. */
  readonly after?: string;
  readonly env?: object;
}

/** What a process has loaded of these when an entry of this repository is loaded, and at its end. */
const loaded = (entry: string, { options, before = "", after = "", env }: Process = {}) =>
  printed(
    `const { isProxy } = require("node:util").types;
    const isLoaded = (part) => Object.entries(require.cache).some(
      ([file, { exports }]) => file.includes(part) && !isProxy(exports));
    const loaded = () =>
      Object.entries(${JSON.stringify(parts)}).flatMap(([name, part]) => isLoaded(part) ? [name] : []);
    const sdk = require("node:module").createRequire(require.resolve("@pulumi/pulumi"));
    (async () => {
      ${before}
      await import("./${entry}").then((module) => module.default);
      const first = loaded();
      ${after}
      console.log(JSON.stringify([first, loaded()]));
      process.exit();
    })();`,
    options,
    env,
  );

/** What the SDK's runners do before they load a program or a pack. */
const runner = `
  sdk("source-map-support/register");
  await sdk("./runtime/closure/v8Hooks").isInitializedAsync();`;

/** Asks for each of them. */
const asking = `
  const { text } = await sdk("./runtime").serializeFunction(() => 41 + 1);
  require("node:assert").match(text, /return \\(\\) => 41 \\+ 1;/);
  new (sdk("@npmcli/arborist").Arborist)();
  sdk("normalize-package-data").default({ name: "a", version: "1.0.0" });
  require("@pulumi/pulumi").automation.LocalWorkspace.name;
  sdk("source-map-support/register").default;`;

describe("what the SDK can do without", function () {
  this.timeout(120_000);

  it("is there from the start where someone debugs it", async () => {
    const debugged = { options: nodeArgs, before: runner, env: { DSE_SDK_DEBUG: "true" } };
    assert.deepEqual(await loaded("index.ts", debugged), [all, all]);
  });

  it("is there when something asks for it", async () => {
    const asked = { options: nodeArgs, before: runner, after: asking };
    assert.deepEqual(await loaded("index.ts", asked), [[], all]);
  });

  for (const entry of ["cost/main.ts", "evidence/main.ts"])
    it(`is not there otherwise: ${entry}`, async () => {
      assert.deepEqual(await loaded(entry), [[], []]);
    });

  it("is not there for the policy pack either", async () => {
    const preloaded = { options: ["--require", "./preload.cjs"], before: runner };
    assert.deepEqual(await loaded("policy/start.cjs", preloaded), [[], []]);
  });

  it("is npm's resolver alone for a policy pack that nobody preloads for", async () => {
    const others = all.filter((name) => name !== "resolver");
    const after = `new (sdk("@npmcli/arborist").Arborist)();`;
    assert.deepEqual(await loaded("policy/start.cjs", { before: runner, after }), [others, all]);
  });

  it("is nothing before npm ci", async () => {
    const clone = mkdtempSync(join(tmpdir(), "preload-"));
    try {
      cpSync(join(root, "preload.cjs"), join(clone, "preload.cjs"));
      const options = ["--require", join(clone, "preload.cjs")];
      assert.equal(await printed("console.log(1)", options), 1);
    } finally {
      rmSync(clone, { recursive: true });
    }
  });
});

describe("what Node compiles", function () {
  this.timeout(120_000);

  const folder = `console.log(JSON.stringify(require("node:module").getCompileCacheDir()))`;
  it("is kept in the clone, or where the person says", async () => {
    const kept = await printed(folder, nodeArgs, { NODE_COMPILE_CACHE: undefined });
    assert.match(String(kept), new RegExp(`^${root}/\\.local/compile-cache/`));
    const own = join(tmpdir(), "preload-own");
    assert.match(
      String(await printed(folder, nodeArgs, { NODE_COMPILE_CACHE: own })),
      new RegExp(`^${own}/`),
    );
  });

  it("is the program's own under a flag of V8 that a policy pack sets: V8 takes no code from before", async () => {
    const same = `const { cachedDataVersionTag } = require("node:v8");
      const before = cachedDataVersionTag();
      const { getSessionAsync } = require("@pulumi/pulumi/runtime/closure/v8Hooks.js");
      console.log(JSON.stringify([typeof getSessionAsync, before === cachedDataVersionTag()]));
      process.exit();`;
    assert.deepEqual(await printed(same), ["function", false], "nothing is left to start it with");
    assert.deepEqual(await printed(same, nodeArgs), ["function", true]);
  });
});
