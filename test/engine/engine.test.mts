// How the engine is found, without building one: what stands on the PATH and in the cache are fakes.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { builtVersion, checkVersions, folderName } from "../../engine/built.mts";
import { explain, goVersionOf } from "../../engine/go.mts";
import { unreachable } from "../../engine/launcher.mts";
import { isAtLeast } from "../../engine/version.mts";
import {
  folder,
  isAlive,
  remove,
  root,
  start,
  until,
  type Result,
  type Running,
} from "./support.mts";

const sources = (part: string): string => join(root, "engine", part);
const minimum = builtVersion();
const folders: string[] = [];
const made = (files?: Record<string, string>): string => {
  const name = folder(files);
  folders.push(name);
  return name;
};

const pulumi = (version: string): string => `#!/bin/sh\necho v${version}\n`;

/**
 * A Go that builds nothing: it logs its arguments and makes the files that it is asked for. Before that, it runs what
 * is in FAKE_GO.
 */
const fakeGo = `#!/bin/sh
echo "$*" >>"$FAKE_GO_LOG"
case "$1" in
env) echo "\${FAKE_GO_VERSION:-go1.99.0}"; exit 0 ;;
esac
eval "\${FAKE_GO:-}"
case "$1" in
mod) echo '{"Dir": "/nowhere"}' ;;
build)
  while [ "$1" != -o ]; do shift; done
  out=$2; shift 2
  for package in "$@"; do
    name=$(basename "$package")
    if [ "$name" = . ]; then name=$(basename "$PWD"); fi
    echo built >"$out$name"
  done ;;
esac
`;

/** An empty cache, and a PATH with a fake Go and the tools of a shell. */
function machine(files: Record<string, string> = {}) {
  const home = made({ "bin/go": fakeGo, ...files });
  const cache = join(home, "cache");
  const log = join(home, "go.log");
  writeFileSync(log, "");
  const env: NodeJS.ProcessEnv = {
    HOME: home,
    XDG_CACHE_HOME: cache,
    PATH: [join(home, "bin"), "/usr/bin", "/bin"].join(delimiter),
    FAKE_GO_LOG: log,
    DSE_ENGINE: "built",
  };
  const kept = (): string[] => {
    const engines = join(cache, "dse-data-platform", "engine");
    return existsSync(engines) ? readdirSync(engines).sort() : [];
  };
  const begin = (more: NodeJS.ProcessEnv = {}): Running =>
    start(process.execPath, [sources("engine.mts")], { env: { ...env, ...more } });
  return {
    home,
    env,
    kept,
    goCalls: (): string[] => readFileSync(log, "utf8").split("\n").filter(Boolean),
    begin,
    find: (more?: NodeJS.ProcessEnv): Promise<Result> => begin(more).ended,
  };
}

const cliFolder = folderName("pulumi", sources("pulumi"));
const providersFolder = folderName("providers", sources("providers"));

function assertOneLine({ code, stdout, stderr }: Result, ...parts: (RegExp | string)[]): void {
  assert.equal(code, 1, stdout + stderr);
  const lines = stderr.split("\n").filter((line) => line && !line.startsWith("Building "));
  assert.equal(lines.length, 1, stderr);
  for (const part of parts) assert.match(lines[0] ?? "", new RegExp(part));
}

describe("engine", function () {
  this.timeout(60_000);

  afterEach(() => folders.splice(0).forEach(remove));

  describe("versions", () => {
    it("are compared by number", () => {
      for (const [version, least, enough] of [
        ["3.255.0", "3.255.0", true],
        ["v3.255.1", "3.255.0", true],
        ["3.99.9", "3.255.0", false],
        ["v4.0.0-alpha.1", "3.255.0", true],
        ["1.26", "1.25.11", true],
        ["1.25", "1.25.11", false],
      ] as const) {
        assert.equal(isAtLeast(version, least), enough, `${version} against ${least}`);
      }
      assert.throws(() => isAtLeast("dev", "1.0"), /not a version: "dev"/);
    });

    it("of the providers are those of the packages that the program uses", () => {
      const build = JSON.parse(readFileSync(sources("providers/build.json"), "utf8")) as {
        versions: Record<string, string>;
      };
      checkVersions(build.versions);
      const other = join(
        made({ "package.json": '{"dependencies":{"@pulumi/aws":"7.99.0"}}' }),
        "package.json",
      );
      assert.throws(
        () => checkVersions(build.versions, other),
        /package\.json has @pulumi\/aws 7\.99\.0, but engine\/providers\/build\.json has 7\.\S+: change both/,
      );
    });
  });

  describe("on the PATH", () => {
    const files = { "bin/pulumi": pulumi("4.1.0"), "bin/pulumi-language-nodejs": "#!/bin/sh\n" };

    it("is used if it is new enough", async () => {
      const { home, find } = machine(files);
      const { stdout } = await find({ DSE_ENGINE: "" });
      assert.equal(stdout, `${join(home, "bin")} (Pulumi 4.1.0, path)\n`);
    });

    it("is passed over if it is too old, mute or without its language host", async () => {
      for (const [bad, why] of [
        [
          { ...files, "bin/pulumi": pulumi("3.100.0") },
          `is 3.100.0, and ${minimum} or newer is needed`,
        ],
        [{ ...files, "bin/pulumi": "#!/bin/sh\nexit 1\n" }, "does not tell its version"],
        [{ "bin/pulumi": pulumi("4.1.0") }, "has no pulumi-language-nodejs"],
      ] as const) {
        const { code, stderr } = await machine(bad).find({ DSE_ENGINE: "path" });
        assert.equal(code, 1);
        assert.ok(stderr.includes(why), stderr);
        assert.match(stderr, /There is no Pulumi CLI .* or newer on the PATH: install it/);
      }
    });

    it("is not a clone's own wrapper, nor an engine in the cache", async () => {
      const { home, env, find } = machine({
        "clone/engine/engine.mts": "",
        "clone/.local/bin/pulumi": pulumi("9.0.0"),
        "clone/.local/bin/pulumi-language-nodejs": "#!/bin/sh\n",
        "cache/dse-data-platform/engine/x/pulumi": pulumi("9.0.0"),
        "cache/dse-data-platform/engine/x/pulumi-language-nodejs": "#!/bin/sh\n",
        "own/pulumi": pulumi("4.2.0"),
        "own/pulumi-language-nodejs": "#!/bin/sh\n",
      });
      const before = ["clone/.local/bin", "cache/dse-data-platform/engine/x", "own"].map((f) =>
        join(home, f),
      );
      const { stdout } = await find({
        PATH: [...before, env["PATH"]].join(delimiter),
        DSE_ENGINE: "",
      });
      assert.equal(stdout, `${join(home, "own")} (Pulumi 4.2.0, path)\n`);
    });
  });

  it("that is built already is used at once", async () => {
    const { home, find, goCalls } = machine();
    const engines = join(home, "cache", "dse-data-platform", "engine");
    for (const name of [cliFolder, providersFolder])
      mkdirSync(join(engines, name), { recursive: true });
    const { stdout, stderr } = await find({ DSE_ENGINE: "" }); // without asking for downloads
    assert.match(
      stdout,
      new RegExp(`^${join(engines, cliFolder)} \\(Pulumi ${minimum}, built\\)\n`),
    );
    assert.match(
      stdout,
      new RegExp(`${providersFolder}/pulumi-resource-random \\(random-[\\d.]+\\)`),
    );
    assert.equal(stderr, "");
    assert.deepEqual(goCalls(), []);
  });

  it("is found by nothing else than its kinds", async () => {
    assertOneLine(await machine().find({ DSE_ENGINE: "other" }), "DSE_ENGINE is other: it must be");
  });

  describe("download", () => {
    it("is tried where Pulumi's site answers", async () => {
      const server = createServer((request, response) => {
        response.writeHead(request.url === "/ok" ? 200 : 403).end();
      }).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as AddressInfo;
      try {
        assert.equal(await unreachable(`http://127.0.0.1:${port}/ok`), undefined);
        assert.equal(await unreachable(`http://127.0.0.1:${port}/blocked`), "HTTP 403");
      } finally {
        server.close();
      }
      assert.equal(await unreachable(`http://127.0.0.1:${port}/ok`), "ECONNREFUSED");
    });

    it("is the launcher's, kept in the cache", async () => {
      const { dependencies } = JSON.parse(
        readFileSync(sources("launcher/package.json"), "utf8"),
      ) as {
        dependencies: { pulumi: string };
      };
      const version = dependencies.pulumi;
      const { home, find, kept } = machine({
        "bin/npm": `#!/bin/sh
          mkdir -p node_modules/pulumi && cp "$HOME/run.js" node_modules/pulumi/`,
        "run.js": `
          const bin = process.env.PULUMI_HOME + "/versions/${version}/bin";
          require("node:fs").mkdirSync(bin, { recursive: true });
          require("node:fs").writeFileSync(bin + "/pulumi", "", { mode: 0o755 });`,
        "download.mts": `
          import { downloadEngine } from ${JSON.stringify(sources("launcher.mts"))};
          console.log((await downloadEngine(console.error)).binDir);`,
      });
      const env = {
        HOME: home,
        XDG_CACHE_HOME: join(home, "cache"),
        PATH: `${join(home, "bin")}:/usr/bin:/bin`,
      };
      const { stdout, stderr } = await start(process.execPath, [join(home, "download.mts")], {
        env,
      }).ended;
      assert.match(stderr, /^Downloading the Pulumi CLI 3\.\S+ \(about .*\) \.\.\.\n$/);
      assert.equal(kept().length, 1);
      const again = await find({ DSE_ENGINE: "launcher" }); // without asking for downloads
      assert.equal(again.stdout, `${stdout.trim()} (Pulumi ${version}, launcher)\n`);
      assert.ok(existsSync(join(stdout.trim(), "pulumi")));
    });
  });

  describe("cache key", () => {
    const names = (copy: string): string[] =>
      ["pulumi", "providers"].map((part) => folderName(part, join(copy, part)));

    function copyOfSources(): string {
      const copy = made();
      for (const part of ["pulumi", "providers"])
        cpSync(sources(part), join(copy, part), { recursive: true });
      return copy;
    }

    it("changes with what is built, and with nothing else", () => {
      const copy = copyOfSources();
      const [cli, providers] = names(copy);
      assert.deepEqual(
        [cli, providers],
        [cliFolder, providersFolder],
        "it does not depend on the place",
      );
      for (const [file, changes] of [
        ["pulumi/go.sum", [true, false]],
        ["pulumi/cmd/pulumi-language-nodejs/host.go", [true, false]],
        ["pulumi/cmd/pulumi-language-nodejs/packages_test.go", [false, false]],
        ["providers/go.mod", [false, true]],
        ["providers/build.json", [false, true]],
        ["providers/upstream/go.sum", [false, true]],
        ["providers/aws/tokens.go", [false, true]],
        ["providers/slim/patches/terraform-plugin-sdk/types.patch", [false, true]],
        ["providers/aws/aws_test.go", [false, false]],
        ["providers/NOTES.md", [false, false]],
      ] as const) {
        const path = join(copy, file);
        const before = existsSync(path) ? readFileSync(path, "utf8") : "";
        writeFileSync(path, `${before}\n`);
        const [newCli, newProviders] = names(copy);
        assert.deepEqual([newCli !== cli, newProviders !== providers], changes, file);
        writeFileSync(path, before);
      }
    });
  });

  describe("build", () => {
    it("makes what is missing, once", async () => {
      const { find, goCalls, kept } = machine();
      const { code, stdout, stderr } = await find();
      assert.equal(code, 0, stderr);
      assert.deepEqual(kept(), [providersFolder, cliFolder].sort());
      assert.match(
        stderr,
        /^Building the Pulumi CLI 3\.\S+ .* first time.*\nBuilding the providers aws 7\.\S+ and random 4\.\S+ .*\n$/,
      );
      for (const line of stdout.trim().split("\n").slice(1)) {
        assert.equal(readFileSync(line.split(" ")[0] ?? "", "utf8"), "built\n");
      }
      const calls = goCalls().length;
      await find();
      assert.equal(goCalls().length, calls);
    });

    it("is done by one process at a time", async () => {
      const { begin, home, goCalls, kept } = machine();
      const wait = 'until [ -e "$HOME/go-on" ]; do sleep 0.05; done';
      const runs = [1, 2].map(() => begin({ FAKE_GO: wait }));
      await until(() => runs.some(({ said }) => said().includes("Waiting for process")));
      writeFileSync(join(home, "go-on"), "");
      const results = await Promise.all(runs.map(({ ended }) => ended));
      assert.deepEqual(
        results.map(({ code }) => code),
        [0, 0],
        results.map((r) => r.stderr).join(),
      );
      assert.equal(
        goCalls().filter((call) => call.includes("cmd/pulumi-language-nodejs")).length,
        1,
      );
      assert.deepEqual(kept(), [providersFolder, cliFolder].sort());
    });

    it("takes over from a process that was killed", async () => {
      const { ended, child } = start("true", [], {});
      await ended;
      const scratch = `scratch-${child.pid}-abc`;
      const { find, kept } = machine({
        [`cache/dse-data-platform/engine/${cliFolder}.lock`]: String(child.pid),
        [`cache/dse-data-platform/engine/${scratch}/half`]: "",
      });
      const { code, stderr } = await find();
      assert.equal(code, 0, stderr);
      assert.deepEqual(kept(), [providersFolder, cliFolder].sort());
    });

    it("leaves nothing behind on Ctrl-C", async () => {
      const { begin, home, kept } = machine();
      const script =
        'sleep 600 & echo "$$ $!" >"$HOME/pids.new"; mv "$HOME/pids.new" "$HOME/pids"; wait';
      const { child, ended } = begin({ FAKE_GO: script });
      await until(() => existsSync(join(home, "pids")));
      child.kill("SIGINT");
      const { code } = await ended;
      assert.equal(code, 130);
      const pids = readFileSync(join(home, "pids"), "utf8").trim().split(" ").map(Number);
      await until(() => !pids.some(isAlive));
      assert.deepEqual(kept(), []);
    });

    it("names the module that cannot be downloaded, and says what to do", async () => {
      const { find, kept } = machine();
      const FAKE_GO = `echo 'go: downloading golang.org/x/mod v0.33.0' >&2
        echo '../x.go:3:2: golang.org/x/mod@v0.33.0: Get "https://me:secret@proxy.example/x": 403 Forbidden' >&2; exit 1`;
      const result = await find({ FAKE_GO, GOPROXY: "https://me:secret@proxy.example" });
      assertOneLine(
        result,
        "The Go module golang.org/x/mod@v0.33.0 could not be downloaded: .*403 Forbidden",
        "Set GOPROXY .*now https://\\*\\*\\*@proxy.example",
        "administrators",
        "or install the Pulumi CLI",
      );
      assert.ok(!result.stderr.includes("secret"));
      assert.deepEqual(kept(), []);
    });

    it("says so when a module is not the pinned one", () => {
      const said = explain(
        "verifying example.com/m@v1.0.0: checksum mismatch\n\tdownloaded: h1:a\n\tgo.sum: h1:b\nSECURITY ERROR",
        ["build"],
      );
      assert.match(
        said,
        /^The Go module example\.com\/m@v1\.0\.0 is not the one that go\.sum pins: .*Nothing was built/,
      );
    });

    it("understands go mod download -json", () => {
      const said = explain(
        '{\n\t"Path": "example.com/m",\n\t"Error": "example.com/m@v1.0.0: reading https://p/m: 404 Not Found"\n}',
        ["mod"],
      );
      assert.match(
        said,
        /^The Go module example\.com\/m@v1\.0\.0 could not be downloaded: reading https:\/\/p\/m: 404 Not Found\. Set/,
      );
    });

    it("shows what a compiler says", async () => {
      const { find, kept } = machine();
      const { code, stderr } = await find({
        FAKE_GO: "echo './x.go:1:1: syntax error' >&2; exit 1",
      });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /go build failed, see engine\/README\.md:\n {2}\.\/x\.go:1:1: syntax error\n$/,
      );
      assert.deepEqual(kept(), []);
    });

    it("needs a Go that is new enough", async () => {
      const wanted = goVersionOf(sources("pulumi"));
      const [none, old] = [machine(), machine()];
      const noGo = join(none.home, "empty");
      mkdirSync(noGo);
      const need = `Go ${wanted} or newer is needed to build the Pulumi engine`;
      assertOneLine(await none.find({ PATH: noGo }), `${need}, and there is none: install it`);
      assertOneLine(
        await old.find({ FAKE_GO_VERSION: "go1.20.1" }),
        `${need}, this is 1.20.1: install it`,
      );
      const refusing = machine({
        "bin/go":
          "#!/bin/sh\necho 'go: go.mod requires go >= 1.99 (GOTOOLCHAIN=local)' >&2\nexit 1\n",
      });
      assertOneLine(
        await refusing.find(),
        `${need}: install it .* Go says: go: go.mod requires go >= 1.99`,
      );
    });
  });
});
