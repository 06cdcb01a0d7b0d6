// `platform` as a newcomer meets it: help, bad input, Ctrl-C.
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, until } from "../engine/support.mts";
import {
  accountServer,
  commandsFolder,
  fakePulumi,
  platform,
  removeFolders,
  root,
  startPlatform,
} from "./support.mts";

const { stdout: help } = await platform(["--help"]);
const commands = [...help.matchAll(/^ {2}([a-z-]+) .*[<[]/gm)]
  .map(([, name = ""]) => name)
  .filter((name) => name !== "help");

describe("platform", () => {
  after(removeFolders);

  it("lists its commands, and what its exit codes mean", () => {
    assert.ok(commands.includes("up"), help);
    assert.match(help, /Exit codes: 0 done, 1 failed, 2 not understood, 3 refused/);
  });

  for (const name of commands)
    it(`${name} has help with an example, and a section in docs/operations.md`, async () => {
      const { code, stdout } = await platform([name, "--help"]);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Example:\n {2}platform ${name}\\b`));
      const docs = readFileSync(join(root, "docs", "operations.md"), "utf8");
      assert.match(docs, new RegExp(`^#+ .*\`platform ${name}\\b`, "m"));
    });

  const misuses: [string[], RegExp][] = [
    [[], /^Usage: platform/],
    [["frobnicate"], /^error: unknown command 'frobnicate'/],
    [["up"], /^error: missing required argument 'stack'/],
    [["up", "dev", "--frob"], /^error: unknown option '--frob'/],
  ];
  for (const [args, line] of misuses)
    it(`"${args.join(" ")}" ends with 2, and says what is wrong`, async () => {
      const { code, stdout, stderr } = await platform(args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, line);
    });

  it("is found by npx from any folder of the clone", async () => {
    const found = await run("npx", ["platform", "--help"], { cwd: join(root, "docs") });
    assert.equal(found.stdout, help);
  });

  it("says that pulumi is missing where it is", async () => {
    const { code, stderr } = await platform(["up", "dev"], { PATH: commandsFolder() });
    assert.equal(code, 3);
    assert.match(stderr, /^error: .*there is no pulumi on the PATH: install it/);
  });

  it("waits on Ctrl-C until the engine has ended, and ends with 130", async () => {
    const { server, env } = await accountServer("111122223333");
    try {
      const engine = `trap 'echo ended well; exit 1' INT\necho begun\nwhile :; do sleep 0.05; done`;
      const PATH = commandsFolder({ pulumi: fakePulumi({ region: "us-west-2" }, engine) });
      const { child, ended } = startPlatform(["up", "dev"], { ...env, PATH });
      await once(child.stdout ?? assert.fail(), "data");
      child.kill("SIGINT");
      const { code, stdout } = await ended;
      assert.deepEqual([code, stdout], [130, "begun\nended well\n"]);
    } finally {
      server.close();
    }
  });

  it("ends at once on Ctrl-C where nothing is under way", async () => {
    const PATH = commandsFolder({ pulumi: '#!/bin/sh\n: >"$0.begun"\nexec sleep 3\n' });
    const waiting = startPlatform(["up", "dev"], { PATH });
    await until(() => existsSync(join(PATH, "pulumi.begun")));
    waiting.child.kill("SIGINT");
    const { code, stderr } = await waiting.ended;
    assert.deepEqual([code, stderr], [130, "Interrupted.\n"]);
  });
});
