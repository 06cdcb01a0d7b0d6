// What preview, up and destroy check before, and hand to, the Pulumi CLI.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { folder, remove, run as runCommand } from "../engine/support.mts";
import {
  accountServer,
  commandsFolder,
  fakePulumi,
  platform,
  removeFolders,
  root,
} from "./support.mts";

const account = "111122223333";
const shown = `for argument; do echo "$argument"; done; exit 7`;

describe("platform preview, up and destroy", () => {
  let server: Server;
  let aws: NodeJS.ProcessEnv;
  before(async () => {
    ({ server, env: aws } = await accountServer(account));
  });
  after(() => {
    server.close();
    removeFolders();
  });

  const run = (args: string[], settings: Record<string, string> = {}, env = aws) =>
    platform(args, { ...env, PATH: commandsFolder({ pulumi: fakePulumi(settings, shown) }) });

  it("have Node preload what the clone does, beside what the person has it do", async () => {
    const pulumi = fakePulumi({ accountId: account }, `echo "$NODE_OPTIONS"`);
    const env = { ...aws, PATH: commandsFolder({ pulumi }), NODE_OPTIONS: "--no-warnings" };
    const { stdout } = await platform(["preview", "dev"], env);
    assert.equal(stdout, `--no-warnings --require "${root}/preload.cjs"\n`);
  });

  const policy = join(root, "policy");
  const pack = [
    `--policy-pack=${policy}`,
    `--policy-pack-config=${join(policy, "config", "dev.json")}`,
  ];
  const cases: [string[], string[]][] = [
    [
      ["preview", "dev"],
      ["preview", "--stack", "dev", ...pack],
    ],
    [
      ["preview", "dev", "--save-plan", "p", "--", "--diff"],
      ["preview", "--stack", "dev", ...pack, `--save-plan=${join(root, "p")}`, "--diff"],
    ],
    [
      ["up", "dev", "--plan", "/p", "--yes"],
      ["up", "--stack", "dev", ...pack, "--plan=/p", "--yes"],
    ],
    [
      ["destroy", "dev", "-y", "--", "--target", "urn"],
      ["destroy", "--stack", "dev", "--yes", "--target", "urn"],
    ],
  ];
  for (const [given, expected] of cases)
    it(`${given.join(" ")}: pulumi's own output and exit code, with the policies on`, async () => {
      const { code, stdout, stderr } = await run(given, { accountId: account });
      const handed = stdout.trimEnd().split("\n");
      assert.deepEqual(handed, expected);
      assert.match(
        stderr,
        new RegExp(`^${given[0] ?? ""} of dev: account ${account}, region us-west-2\n$`),
      );
      assert.equal(code, 7);
    });

  it("refuses another account than the stack's, and runs nothing", async () => {
    for (const command of ["preview", "up", "destroy"]) {
      const { code, stdout, stderr } = await run([command, "dev"], { accountId: "444455556666" });
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(
        stderr,
        /^error: the credentials are of account 111122223333, and dev belongs to 444455556666/,
      );
    }
  });

  it("takes no option that would lead it past these checks", async () => {
    for (const option of [
      "-s",
      "--stack=qa",
      "-C",
      "--cwd=x",
      "--policy-pack",
      "--config-file",
      "-f",
    ]) {
      const { code, stdout, stderr } = await run(["up", "dev", "--", option]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, new RegExp(`^error: ${option} is not passed on to pulumi`));
    }
  });

  const faults: [string, NodeJS.ProcessEnv, RegExp][] = [
    ["no credentials", {}, /^error: there are no AWS credentials: run `aws sso login`/],
    [
      "no network",
      { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" },
      /^error: AWS cannot be reached: check the network/,
    ],
  ];
  for (const [what, env, line] of faults)
    it(`says in a line that there is ${what}, and runs nothing`, async () => {
      const merged = what === "no credentials" ? env : { ...aws, ...env };
      const { code, stdout, stderr } = await run(["up", "dev"], {}, merged);
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, line);
      assert.equal(stderr.trimEnd().split("\n").length, 1);
    });

  it("says in a line that the state's folder has no room or is not writable, and runs nothing", async () => {
    const folders = { full: { ".pulumi/meta.yaml": "" }, unwritable: { ".pulumi": "a file" } };
    const lines = {
      full: /^error: there is no room for the state in \S+: make some, 3 MB at least\n$/,
      unwritable: /^error: the state in \S+ cannot be written \(ENOTDIR\): check who owns it/,
    };
    for (const [what, files] of Object.entries(folders))
      for (const command of ["up", "destroy"]) {
        const state = folder(files);
        const pulumi = fakePulumi({}, shown, { backend: `file://${state}` });
        const PATH = commandsFolder({ pulumi });
        // Files of 1 MB at most, the next best thing to a full disk that needs no rights.
        const limited = `ulimit -f 2000; exec operations/bin/platform ${command} dev`;
        const env = { ...process.env, ...aws, PATH };
        const { code, stdout, stderr } = await runCommand("/bin/sh", ["-c", limited], {
          cwd: root,
          env,
        });
        assert.deepEqual([code, stdout], [3, ""], stderr);
        assert.match(stderr, lines[what as keyof typeof lines]);
        remove(state);
      }
  });

  it("says in a line that the state's bucket may not be written, and tries no change of it", async () => {
    const asked: string[] = [];
    const s3 = createServer((request, response) => {
      request.resume();
      response.setHeader("content-type", "application/xml");
      // Of the locks, of which there are none.
      if (request.method === "GET") return response.end("<ListBucketResult/>");
      asked.push(`${request.method} ${request.headers["if-match"]}`);
      response.statusCode = asked.length === 1 ? 403 : 412;
      const code = asked.length === 1 ? "AccessDenied" : "PreconditionFailed";
      return response.end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
    });
    await new Promise<void>((resolve) => s3.listen(0, "127.0.0.1", resolve));
    const { port } = s3.address() as AddressInfo;
    const backend = `s3://states?region=us-west-2&endpoint=http://127.0.0.1:${port}`;
    const PATH = commandsFolder({ pulumi: fakePulumi({}, shown, { backend }) });
    try {
      const { code, stdout, stderr } = await platform(["up", "dev"], { ...aws, PATH });
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, /^error: the state bucket states may be read, and not written[^\n]*\n$/);
      assert.equal((await platform(["up", "dev"], { ...aws, PATH })).code, 7);
      assert.equal((await platform(["preview", "dev"], { ...aws, PATH })).code, 7);
      assert.deepEqual(asked, ['PUT "none"', 'PUT "none"']);
    } finally {
      s3.close();
    }
  });

  it("says in a line that the state cannot be read, and runs nothing", async () => {
    const faults: [string, RegExp][] = [
      ["failed to decrypt: incorrect passphrase", /the passphrase is wrong: set PULUMI_CONFIG/],
      ["something new", /something new$/m],
    ];
    for (const [report, line] of faults) {
      const pulumi = fakePulumi({}, shown).replace(
        /^"stack export"\).*/m,
        `"stack export") echo "error: ${report}" >&2; exit 1 ;;`,
      );
      const PATH = commandsFolder({ pulumi });
      const { code, stdout, stderr } = await platform(["preview", "dev"], { ...aws, PATH });
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, /^error: the state of dev cannot be read: [^\n]*\n$/);
      assert.match(stderr, line);
    }
  });

  it("names the stacks that there are where there is none of that name", async () => {
    const pulumi = `#!/bin/sh\necho "error: no stack named 'nope' found" >&2\nexit 255\n`;
    const PATH = commandsFolder({ pulumi });
    const { code, stderr } = await platform(["up", "nope"], { ...aws, PATH });
    assert.equal(code, 3);
    assert.match(stderr, /^error: there is no stack nope: dev, qa have settings here/);
  });

  it("asks for the key of an empty state too", async () => {
    const script =
      'echo "error: incorrect passphrase" >&2; [ "$1 $2" = "destroy --preview-only" ]; exit 1';
    const PATH = commandsFolder({ pulumi: fakePulumi({}, script, { resources: [] }) });
    const { code, stderr } = await platform(["up", "dev"], { ...aws, PATH });
    assert.equal(code, 3);
    assert.match(stderr, /^error: the state of dev cannot be read: the passphrase is wrong/);
  });

  const reports: [string, RegExp][] = [
    ["error: no stack named 'dev' found", /there is no stack dev in this state backend/],
    ["error: incorrect passphrase", /the passphrase is wrong: set PULUMI_CONFIG_PASSPHRASE/],
    ["error: something new", /the settings of dev cannot be read: something new$/m],
  ];
  for (const [report, line] of reports)
    it(`tells what pulumi says in a line: ${report}`, async () => {
      const pulumi = `#!/bin/sh\necho "${report}" >&2\nexit 255\n`;
      const { code, stderr } = await platform(["up", "dev"], {
        ...aws,
        PATH: commandsFolder({ pulumi }),
      });
      assert.equal(code, 3);
      assert.match(stderr, line);
    });
});
