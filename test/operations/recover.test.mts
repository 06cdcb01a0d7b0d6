// What recovery refuses, and what it makes of a state. What it finds is seen in test/integration/.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import { hostname } from "node:os";
import { join } from "node:path";
import { folder, remove } from "../engine/support.mts";
import { locksPath, type Lock } from "../../operations/lib/locks.mts";
import {
  type Operation,
  resourcesOf,
  settled,
  type State,
} from "../../operations/recovery/deployment.mts";
import { kinds } from "../../operations/recovery/kinds.mts";
import {
  accountServer,
  commandsFolder,
  fakePulumi,
  platform,
  removeFolders,
  root,
} from "./support.mts";

const urn = (type: string, name: string) => `urn:pulumi:dev::dse::${type}::${name}`;
const resource = (type: string, name: string, id?: string) => ({
  urn: urn(type, name),
  type,
  ...(id !== undefined && { id }),
});
const stateOf = (
  resources: State["deployment"]["resources"],
  pending: Operation[] = [],
): State => ({
  version: 3,
  deployment: { resources: resources ?? [], pending_operations: pending },
});

describe("platform recover", () => {
  let server: Server;
  let aws: NodeJS.ProcessEnv;
  let backend: string;
  let calls: string;
  before(async () => {
    ({ server, env: aws } = await accountServer("111122223333"));
  });
  after(() => {
    server.close();
    removeFolders();
  });
  beforeEach(() => {
    backend = folder();
    calls = join(backend, "calls");
  });
  afterEach(() => {
    remove(backend);
  });

  /** `pulumi` that exports this state, and notes all else that it is asked to do. */
  const run = (args: string[], state: State = stateOf([])) => {
    const script = `echo "$@" >>${calls}`;
    const pulumi = fakePulumi({}, script, { state, backend: `file://${backend}` });
    return platform(args, { ...aws, PATH: commandsFolder({ pulumi }) });
  };
  const asked = () => (existsSync(calls) ? readFileSync(calls, "utf8") : "");
  const lock = (holder: Partial<Lock>) => {
    const locks = join(backend, locksPath("dse", "dev"));
    mkdirSync(locks, { recursive: true });
    const me = { pid: process.pid, username: "ann", hostname: hostname(), timestamp: new Date() };
    const file = join(locks, "a.json");
    writeFileSync(file, JSON.stringify({ ...me, ...holder }));
    return file;
  };
  const dead = () => ({ pid: spawnSync("true").pid });

  it("has nothing to do where nothing was cut off, and says so", async () => {
    const { code, stdout } = await run(["recover", "dev"]);
    assert.equal(code, 0);
    assert.equal(stdout, "nothing to recover: dev has no lock and no operation that was cut off\n");
    assert.equal(asked(), "");
  });

  it("refuses while the update is under way, whatever is said, and names who makes it", async () => {
    lock({});
    for (const args of [["--yes"], ["--yes", "--force-unlock"]]) {
      const { code, stderr } = await run(["recover", "dev", ...args]);
      assert.equal(code, 3);
      assert.match(
        stderr,
        new RegExp(
          `^error: dev is locked by ann@${hostname()}, process ${process.pid}, since .* \\(0 minutes\\): wait for it, or interrupt it\\n$`,
        ),
      );
    }
    assert.equal(asked(), "");
  });

  it("refuses the lock of another machine, unless it is told that its process has ended", async () => {
    lock({ hostname: "elsewhere", timestamp: new Date(Date.now() - 3 * 3_600_000).toISOString() });
    const { code, stderr } = await run(["recover", "dev", "--yes"]);
    assert.equal(code, 3);
    assert.match(stderr, /ann@elsewhere, .* \(3 hours\), on another machine: .* --force-unlock$/m);
    assert.equal(asked(), "");
    const told = await run(["recover", "dev", "--yes", "--no-update", "--force-unlock"]);
    assert.equal(told.code, 0, told.stderr);
    assert.equal(asked(), "cancel --yes --stack dev --non-interactive --color=never\n");
  });

  it("clears the lock of a dead process, and updates with the policies on", async () => {
    lock(dead());
    const { code, stdout } = await run(["recover", "dev", "--yes", "--json"]);
    assert.deepEqual(JSON.parse(stdout), { stack: "dev", unlocked: true, outcomes: [] });
    // The fake clears nothing, so that the update is refused by the lock.
    assert.equal(code, 3);
    assert.match(asked(), /^cancel --yes --stack dev /);
  });

  it("mends a state whose attributes were cut off, unless they are being written", async () => {
    const states = join(backend, ".pulumi", "stacks", "dse");
    mkdirSync(states, { recursive: true });
    const files = { "dev.json": "", "dev.json.attrs": "", "dev.json.bak.attrs": "{}" };
    for (const [file, text] of Object.entries({ ...files, "qa.json.attrs": "" }))
      writeFileSync(join(states, file), text);
    const holder = lock({});
    assert.equal((await run(["recover", "dev"])).code, 3);
    assert.equal(existsSync(join(states, "dev.json.attrs")), true);
    rmSync(holder);
    assert.equal((await run(["recover", "dev"])).code, 0);
    assert.deepEqual(readdirSync(states), ["dev.json", "dev.json.bak.attrs", "qa.json.attrs"]);
  });

  it("changes nothing without a yes", async () => {
    lock(dead());
    const { code, stderr } = await run(["recover", "dev"]);
    assert.equal(code, 3);
    assert.match(stderr, /say so by --yes$/m);
    assert.equal(asked(), "");
  });

  it("asks what became of a create of a type that it does not know", async () => {
    const creating = { type: "creating", resource: resource("aws:new/thing:Thing", "a") } as const;
    const { code, stderr } = await run(["recover", "dev", "--yes"], stateOf([], [creating]));
    assert.equal(code, 3);
    assert.match(stderr, /whether aws:new\/thing:Thing a was made: .* --id 'urn:[^']*::a=ID'/);
    const told = ["--id", `${creating.resource.urn}=`];
    const done = await run(
      ["recover", "dev", "--yes", "--no-update", ...told],
      stateOf([], [creating]),
    );
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stderr, /Thing a was not made: the update makes it/);
    assert.match(asked(), /^stack import --stack dev --file /);
    assert.equal((await run(["recover", "dev", "--id", "x"])).code, 2);
  });

  it("keeps a second update out, with a line that tells a dead one from a live one", async () => {
    const deployed = stateOf([resource("aws:s3/bucket:Bucket", "data", "data")]);
    for (const [holder, line] of [
      [
        {},
        /^error: dev is locked by ann@.*: wait for it, or, if it was killed: run `platform recover dev`$/m,
      ],
      [
        dead(),
        /^error: dev is locked by ann@.*: that process is gone, .* `platform recover dev`$/m,
      ],
    ] as const) {
      lock(holder);
      for (const command of ["up", "destroy"]) {
        const { code, stderr } = await run([command, "dev"], deployed);
        assert.equal(code, 3);
        assert.match(stderr, line);
      }
    }
    assert.equal(asked(), "");
    assert.equal((await run(["preview", "dev"], deployed)).code, 0);
  });
});

describe("recovery", () => {
  it("knows every type that the program makes", () => {
    const aws = createRequire(import.meta.url)("@pulumi/aws") as Record<
      string,
      Record<string, { __pulumiType: string }>
    >;
    const components = join(root, "components");
    const files = readdirSync(components).filter((file) => file.endsWith(".ts"));
    const source = files.map((file) => readFileSync(join(components, file), "utf8")).join("\n");
    const made = [...source.matchAll(/new aws\.(\w+)\.(\w+)\(/g)].map(
      ([, module = "", type = ""]) => aws[module]?.[type]?.__pulumiType ?? "",
    );
    assert.ok(made.length > 40);
    assert.deepEqual(
      made.filter((type) => !(type in kinds)),
      [],
    );
  });

  const vpc = resource("aws:ec2/vpc:Vpc", "vpc", "vpc-1");
  const user = resource("aws:ec2/subnet:Subnet", "subnet", "subnet-1");
  const replacement = { ...vpc, id: "vpc-2" };
  const ids = (state: State) => resourcesOf(state).map(({ id, delete: old }) => [id, old ?? false]);

  it("puts what was made behind all that it may depend on", () => {
    const creating = { type: "creating", resource: user } as const;
    const state = settled(stateOf([vpc], [creating]), [user], []);
    assert.deepEqual(ids(state), [
      ["vpc-1", false],
      ["subnet-1", false],
    ]);
    assert.equal(state.deployment.pending_operations, undefined);
  });

  it("puts a replacement before its predecessor, which is to be deleted", () => {
    assert.deepEqual(ids(settled(stateOf([vpc, user]), [replacement], [])), [
      ["vpc-2", false],
      ["vpc-1", true],
      ["subnet-1", false],
    ]);
  });

  it("puts a replacement in the place of a predecessor that was deleted first", () => {
    const deleted = { ...vpc, pendingReplacement: true };
    assert.deepEqual(ids(settled(stateOf([deleted, user]), [replacement], [])), [
      ["vpc-2", false],
      ["subnet-1", false],
    ]);
  });

  it("leaves out what was deleted, and keeps what has its name", () => {
    const old = { ...vpc, delete: true };
    const state = settled(stateOf([replacement, old, user]), [], [old]);
    assert.deepEqual(ids(state), [
      ["vpc-2", false],
      ["subnet-1", false],
    ]);
  });
});
