// What preview, up and destroy check before, and hand to, the Pulumi CLI.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import { join } from "node:path";
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
