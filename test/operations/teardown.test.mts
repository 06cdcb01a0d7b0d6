// What teardown shows, when it refuses, and what it hands to the engine. That the engine keeps what is protected is seen in
// test/integration/.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { until } from "../engine/support.mts";
import { commandsFolder, fakePulumi, platform, removeFolders, root } from "./support.mts";

/** That of the emulators, which setup makes. */
const python = join(root, ".local", "venv", "bin", "python");

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const keys = `<ListAccessKeysResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAccessKeysResult><AccessKeyMetadata><member><AccessKeyId>AKIA</AccessKeyId></member></AccessKeyMetadata></ListAccessKeysResult></ListAccessKeysResponse>`;

const version = (key: string) => `<Version><Key>${key}</Key><Size>1500000</Size></Version>`;
const versions = (keys: readonly string[]) =>
  `<ListVersionsResult>${keys.map(version).join("")}</ListVersionsResult>`;

const resource = (type: string, name: string, outputs: object, options = {}) => ({
  urn: `urn:pulumi:dev::dse::${type}::${name}`,
  type,
  custom: true,
  outputs,
  ...options,
});
const bucket = (name: string, forceDestroy: boolean, options = {}) =>
  resource("aws:s3/bucket:Bucket", name, { bucket: name, forceDestroy }, options);
const file = resource("aws:s3/bucketObjectv2:BucketObjectv2", "f", { bucket: "data", key: "own" });
const registry = resource("aws:ecr/repository:Repository", "images", { name: "images" });
const person = resource("aws:iam/user:User", "ann", { name: "ann" });
const role = resource("aws:iam/role:Role", "role", { name: "role" });

describe("platform teardown", () => {
  let server: Server;
  let env: NodeJS.ProcessEnv;
  let has: { objects: string[]; images: object[] };

  before(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        if (request.method === "GET") response.end(versions(has.objects));
        else if (request.headers["x-amz-target"])
          response.end(JSON.stringify({ imageDetails: has.images }));
        else response.end(body.includes("ListAccessKeys") ? keys : identity);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    env = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
  });
  beforeEach(() => {
    has = { objects: [], images: [] };
  });
  after(() => {
    server.close();
    removeFolders();
  });

  /** The PATH of a stack of these resources, of which the engine would delete all but the protected. */
  const pathOf = (resources: ReturnType<typeof resource>[]) => {
    const steps = resources
      .filter((each) => !("protect" in each))
      .map(({ urn }) => ({ op: "delete", urn }));
    const script = `case "$*" in
      *--preview-only*) echo '${JSON.stringify({ steps })}' ;;
      *) echo "ran $*" ;;
    esac`;
    const pulumi = fakePulumi({ region: "us-west-2" }, script, { resources });
    return commandsFolder({ pulumi });
  };
  const run = (resources: ReturnType<typeof resource>[], ...args: string[]) =>
    platform(["teardown", "dev", ...args], { ...env, PATH: pathOf(resources) });

  it("asks for the name on a terminal; another, none and Ctrl-C destroy nothing", async () => {
    const PATH = pathOf([bucket("data", true)]);
    // Stands between the test and the command as a terminal does.
    const terminal =
      "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    const command = join(root, "operations", "bin", "platform");
    const answers: [string, number, RegExp][] = [
      ["dev\r", 0, /^ran destroy --exclude-protected/m],
      ["qa\r", 3, /error: "qa" is not dev: nothing was destroyed/],
      ["\x04", 3, /error: "" is not dev: nothing was destroyed/],
      ["\x03", 130, /Interrupted\./],
    ];
    for (const [typed, expected, line] of answers) {
      const child = spawn(python, ["-c", terminal, command, "teardown", "dev"], {
        env: { ...process.env, ...env, PATH },
      });
      let shown = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
      await until(() => shown.includes("may go: "));
      child.stdin.write(typed);
      const [code] = (await once(child, "close")) as [number];
      assert.equal(code, expected, shown);
      assert.match(shown, line);
      assert.equal(/^ran/m.test(shown), expected === 0);
    }
  });

  it("says what is lost with how much, what leaves the stack and what stays, and asks", async () => {
    has = { objects: ["own", "a", "a"], images: [{ imageSizeInBytes: 2e9 }] };
    const { code, stdout, stderr } = await run([
      role,
      person,
      bucket("data", true),
      resource("aws:ecr/repository:Repository", "images", { name: "images", forceDelete: true }),
      bucket("old", false, { retainOnDelete: true }),
      bucket("kept", false, { protect: true }),
    ]);
    assert.equal(code, 3);
    assert.equal(
      stdout,
      `dev, in account 111122223333, region us-west-2
Lost:
  bucket data: 3 objects with all versions, 4.5 MB
  repository images: 1 image, 2,000 MB
  user ann: 1 access key, and password and MFA device, if any
  and 1 resource without data
Leaves the stack, and stays in the account:
  bucket old
Stays, as it is protected or something protected needs it; it may work no longer:
  bucket kept
`,
    );
    assert.equal(stderr, "error: nobody can be asked: --confirm dev says that all this may go\n");
  });

  it("destroys what is not protected once the name is said, and says what is left", async () => {
    const { code, stdout, stderr } = await run([bucket("data", true)], "--confirm", "dev");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ran destroy --exclude-protected --stack dev --yes --skip-preview$/m);
    assert.match(
      stderr,
      /^Left of dev, and billed as before:\n {2}bucket data\n.*dse:dataOnDestroy/,
    );
  });

  it("destroys nothing for another name, nor to say what would be", async () => {
    const other = await run([bucket("data", true)], "--confirm", "qa");
    assert.equal(other.code, 3);
    assert.match(other.stderr, /^error: "qa" is not dev: nothing was destroyed\n$/);
    const shown = await run([bucket("data", true)], "--dry-run");
    assert.equal(shown.code, 0);
    assert.doesNotMatch(other.stdout + shown.stdout, /^ran/m);
  });

  it("refuses what AWS would refuse in its midst: what is not empty, and not to be emptied", async () => {
    has = { objects: ["own", "own"], images: [] };
    const empty = await run([bucket("data", false), file, registry], "--dry-run");
    assert.deepEqual([empty.code, empty.stderr], [0, ""]);
    has = { objects: ["own", "a"], images: [] };
    const full = await run([bucket("data", false), file], "--confirm", "dev");
    has = { objects: [], images: [{ imageSizeInBytes: 1 }] };
    const images = await run([registry], "--confirm", "dev");
    for (const [{ code, stdout, stderr }, what] of [
      [full, "bucket data"],
      [images, "repository images"],
    ] as const) {
      assert.equal(code, 3);
      assert.match(stderr, new RegExp(`^error: ${what} is not empty, and AWS deletes no such one`));
      assert.doesNotMatch(stdout, /^ran/m);
    }
  });

  it("counts no longer than anybody wants to wait", async () => {
    has.objects = Array.from({ length: 10_001 }, () => "a");
    const { stdout } = await run([bucket("data", true)], "--dry-run");
    assert.match(stdout, /bucket data: more than 10,000 objects/);
  });

  it("refuses a stack that is not deployed", async () => {
    const { code, stderr } = await run([]);
    assert.equal(code, 3);
    assert.match(stderr, /^error: dev is not deployed: there is nothing to destroy\n$/);
  });
});
