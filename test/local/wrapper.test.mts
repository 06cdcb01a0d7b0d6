import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { foreign, pathExport, shellExports, variables } from "../../local/environment.mts";
import type { Instance } from "../../local/instance.mts";
import { cleanUp, makeClone, type Clone } from "./support.mts";

/** Prints what an engine would be started with. */
const fakeEngine = `#!/bin/sh
echo "cwd=$PWD"
for argument; do echo "argument=$argument"; done
env | grep -i -E '^(aws|pulumi|node|[a-z]*_proxy)' | sort
`;

const provider = "awskms://k?region=us-west-2";

describe("the pulumi of the local AWS", () => {
  let clone: Clone;
  let project: string;
  before(() => {
    clone = makeClone();
    project = join(clone.instance, "project");
    mkdirSync(join(clone.instance, "engine"), { recursive: true });
    const engine = join(clone.instance, "engine", "pulumi");
    writeFileSync(engine, fakeEngine);
    chmodSync(engine, 0o755);
    const instance: Instance = {
      generation: "",
      folder: clone.instance,
      account: "123456789012",
      region: "us-west-2",
      url: "http://127.0.0.1:4566",
      processes: [],
    };
    const ours = {
      ...variables(instance),
      PULUMI_ENGINE: engine,
      LOCAL_AWS_SECRETS_PROVIDER: provider,
      LOCAL_AWS_GATEWAY_PID: String(process.pid),
    };
    writeFileSync(join(clone.instance, "pulumi.env"), shellExports(ours, ["AWS_PROFILE"]));
    mkdirSync(join(clone.folder, "deep", "er"), { recursive: true });
  });
  after(cleanUp);

  const run = (args: string[], cwd = clone.folder, env: NodeJS.ProcessEnv = {}) => {
    const options = { cwd, env: { PATH: process.env["PATH"], ...env }, encoding: "utf8" } as const;
    const { stdout, stderr, status } = spawnSync(
      join(clone.folder, "local", "bin", "pulumi"),
      args,
      options,
    );
    const lines = stdout.trim().split("\n");
    const values = (name: string) =>
      lines.flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
    return {
      status,
      stderr,
      values,
      value: (name: string) => values(name)[0],
      arguments: values("argument"),
    };
  };
  const copy = (name = "Pulumi.dev.yaml") => readFileSync(join(project, name), "utf8");

  it("gives the engine the gateway as its only proxy, and none of the person's AWS", () => {
    const engine = run(["up"], clone.folder, {
      https_proxy: "http://proxy.example.org",
      NO_PROXY: "*",
      AWS_PROFILE: "production",
      AWS_ENDPOINT_URL_S3: "https://s3.example.org",
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    });
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "AWS_ENDPOINT_URL"])
      assert.equal(engine.value(name), "http://127.0.0.1:4566", name);
    for (const name of ["https_proxy", "NO_PROXY", "AWS_PROFILE", "AWS_ENDPOINT_URL_S3"])
      assert.equal(engine.value(name), undefined, name);
  });

  it("takes a state backend and a passphrase from a shell that was led to it, and from no other", () => {
    const own = { PULUMI_BACKEND_URL: "s3://state", PULUMI_CONFIG_PASSPHRASE: "own" };
    const led = run(["up"], clone.folder, { ...own, AWS_ENDPOINT_URL: "http://127.0.0.1:4566" });
    const other = run(["up"], clone.folder, own);
    for (const [name, value] of Object.entries(own)) {
      assert.equal(led.value(name), value);
      assert.notEqual(other.value(name), value);
    }
  });

  it("has Node preload what the clone does, beside what the person has it do", () => {
    const preload = `--require "${clone.folder}/preload.cjs"`;
    const NODE_OPTIONS = "--trace-warnings";
    assert.equal(run(["up"]).value("NODE_OPTIONS"), preload);
    assert.equal(
      run(["up"], clone.folder, { NODE_OPTIONS }).value("NODE_OPTIONS"),
      `${preload} ${NODE_OPTIONS}`,
    );
  });

  it("runs the clone's project from copies, wherever in it one stands", () => {
    for (const cwd of [clone.folder, join(clone.folder, "deep", "er")])
      assert.equal(run(["up"], cwd).value("cwd"), project);
    assert.match(copy("Pulumi.yaml"), new RegExp(`^main: '${clone.folder}'$`, "m"));
    assert.equal(copy(), readFileSync(join(clone.folder, "Pulumi.dev.yaml"), "utf8"));
  });

  it("runs another folder's project where it is", () => {
    const other = join(clone.instance, "other");
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, "Pulumi.yaml"), "name: other\nruntime: nodejs\n");
    assert.equal(run(["up"], other).value("cwd"), other);
    assert.equal(run(["-C", other, "up"]).value("cwd"), other);
    assert.equal(run([`--cwd=${other}`, "up"]).value("cwd"), other);
    assert.deepEqual(run(["-C", other, "up"]).arguments, ["up"]);
    assert.equal(run(["-C", clone.folder, "up"], other).value("cwd"), project);
  });

  it("runs a project below the clone's from a copy of its own", () => {
    const below = join(clone.folder, "bootstrap");
    mkdirSync(below);
    writeFileSync(join(below, "Pulumi.yaml"), "name: bootstrap\nmain: src\nruntime: nodejs\n");
    assert.equal(run(["up"], below).value("cwd"), join(project, "bootstrap"));
    const main = /^main:.*$/gm;
    assert.deepEqual(copy("bootstrap/Pulumi.yaml").match(main), [`main: '${below}/src'`]);
    rmSync(below, { recursive: true });
  });

  it("makes the caller's relative file names absolute, and nothing else", () => {
    const { folder } = clone;
    const cases: [string[], string[]][] = [
      [
        ["up", "-s", "dev", "--policy-pack", "policy", "--policy-pack-config=c.json", "-f"],
        [
          "up",
          "-s",
          "dev",
          "--policy-pack",
          `${folder}/policy`,
          `--policy-pack-config=${folder}/c.json`,
          "-f",
        ],
      ],
      [
        ["import", "-f", "i.json", "-o", "out.ts"],
        ["import", "-f", `${folder}/i.json`, "-o", `${folder}/out.ts`],
      ],
      [
        ["stack", "export", "--file", "s.json"],
        ["stack", "export", "--file", `${folder}/s.json`],
      ],
      [
        ["stack", "graph", "g.dot"],
        ["stack", "graph", `${folder}/g.dot`],
      ],
      [
        ["preview", "--save-plan=/tmp/p"],
        ["preview", "--save-plan=/tmp/p"],
      ],
      [
        ["config", "set", "dse:owner", "it's  two"],
        ["config", "set", "dse:owner", "it's  two"],
      ],
      [
        ["config", "set", "dse:x", ""],
        ["config", "set", "dse:x", ""],
      ],
    ];
    for (const [given, expected] of cases) assert.deepEqual(run(given).arguments, expected);
  });

  it("gives a new stack the key of the local AWS, unless another or a passphrase is given", () => {
    const ours = `--secrets-provider=${provider}`;
    const led = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566", PULUMI_CONFIG_PASSPHRASE: "own" };
    const cases: [string[], boolean, NodeJS.ProcessEnv?][] = [
      [["stack", "init", "dev"], true],
      [["stack", "select", "--create", "dev"], true],
      [["stack", "select", "dev"], false],
      [["stack", "init", "dev", "--secrets-provider", "passphrase"], false],
      [["stack", "init", "dev", "--secrets-provider=awskms://a"], false],
      [["stack", "init", "dev"], false, led],
      [["up", "dev"], false],
    ];
    for (const [args, has, env] of cases)
      assert.deepEqual(
        run(args, clone.folder, env).arguments,
        has ? [...args, ours] : args,
        args.join(" "),
      );

    writeFileSync(join(project, "Pulumi.old.yaml"), "encryptionsalt: v1:salt\n");
    const old = ["stack", "init", "old"];
    assert.deepEqual(run(old).arguments, old, "a stack keeps its passphrase");
    rmSync(join(project, "Pulumi.old.yaml"));

    const file = join(clone.instance, "pulumi.env");
    const settings = readFileSync(file, "utf8");
    writeFileSync(file, settings.replace(/.*SECRETS_PROVIDER.*\n/, ""));
    const init = ["stack", "init", "dev"];
    assert.deepEqual(run(init).arguments, init, "an account of an older version has no key");
    writeFileSync(file, settings);
  });

  it("renews a copy when the tracked file changes, and keeps the copy's key of secrets", () => {
    run(["up"]);
    const kept = "secretsprovider: awskms://local\nencryptedkey: def\n";
    appendFileSync(join(project, "Pulumi.dev.yaml"), `  dse:local: x\n${kept}`);
    run(["up"]);
    assert.match(copy(), /dse:local: x/, "what `config set` wrote stays");

    const tracked = join(clone.folder, "Pulumi.dev.yaml");
    const before = readFileSync(tracked, "utf8");
    const account =
      "secretsprovider: awskms://alias/a\nencryptedkey: abc\nencryptionsalt: v1:tracked\n";
    writeFileSync(tracked, `${account}${before}  dse:new: y\n`);
    run(["up"]);
    assert.match(copy(), /dse:new: y/);
    assert.ok(copy().endsWith(kept));
    assert.doesNotMatch(copy(), /alias|abc|v1:tracked|dse:local/);
    writeFileSync(tracked, before);
  });

  it("says when the local AWS is not running, or was never started", () => {
    const file = join(clone.instance, "pulumi.env");
    const settings = readFileSync(file, "utf8");
    appendFileSync(file, "export LOCAL_AWS_GATEWAY_PID=999999999\n");
    assert.match(run(["up"]).stderr, /it is not running; `make up` starts it/);
    rmSync(file);
    const never = run(["up"]);
    assert.deepEqual([never.status, never.value("cwd")], [1, undefined]);
    assert.match(never.stderr, /nothing was started in \S+ yet: run `make up` first/);
    writeFileSync(file, settings);
  });
});

describe("make env", () => {
  it("evaluates in a shell, to what was meant", () => {
    const ours = { AWS_REGION: "us-west-2", PULUMI_HOME: "/a b/it's/$HOME" };
    const person = {
      AWS_PROFILE: "production",
      PULUMI_ACCESS_TOKEN: "t",
      PATH: process.env["PATH"],
      OTHER: "o",
    };
    assert.deepEqual(foreign(person, ours), ["AWS_PROFILE", "PULUMI_ACCESS_TOKEN"]);
    const exports = pathExport(["/a b/bin"]) + shellExports(ours, foreign(person, ours));
    const shell = spawnSync("sh", ["-euc", 'eval "$EXPORTS"; env'], {
      env: { ...person, EXPORTS: exports },
      encoding: "utf8",
    });
    assert.equal(shell.status, 0, shell.stderr);
    const lines = shell.stdout.split("\n");
    for (const line of [
      "AWS_REGION=us-west-2",
      "PULUMI_HOME=/a b/it's/$HOME",
      `PATH=/a b/bin:${person.PATH}`,
      "OTHER=o",
    ])
      assert.ok(lines.includes(line), line);
    assert.doesNotMatch(shell.stdout, /^(AWS_PROFILE|PULUMI_ACCESS_TOKEN)=/m);
  });
});
