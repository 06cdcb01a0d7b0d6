import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { descendants, engine, isAlive, Project, until } from "./support.mts";

// Never ends, so that it must be ended; has both providers at work.
const endless = `
const aws = require("@pulumi/aws");
const random = require("@pulumi/random");
const id = new random.RandomId("id", { byteLength: 4 });
const region = { region: "us-west-2", skipCredentialsValidation: true, skipRequestingAccountId: true };
const provider = new aws.Provider("aws", region);
new aws.s3.Bucket("bucket", {}, { provider }).urn.apply(() =>
  require("node:fs").writeFileSync("started", ""));
setInterval(() => {}, 1000);
`;

const policyPack = {
  "pack/PulumiPolicy.yaml": "runtime: nodejs\nmain: index.js\n",
  "pack/package.json": JSON.stringify({ name: "pack", version: "1.0.0" }),
  "pack/index.js": `
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("pack", { policies: [{
  name: "long-ids",
  description: "Ids are long.",
  enforcementLevel: "mandatory",
  validateResource: (args, report) => {
    if (args.type === "random:index/randomId:RandomId" && args.props.byteLength < 8) {
      report("this id is short, in stack " + args.getConfig.name);
    }
  },
}] });
`,
};

const ids = `
const pulumi = require("@pulumi/pulumi");
const random = require("@pulumi/random");
const config = new pulumi.Config();
exports.hex = new random.RandomId("id", { byteLength: config.requireNumber("bytes"), prefix: "p-" }).hex;
exports.password = config.requireSecret("password");
`;

describe("language host", function () {
  this.timeout(120_000);
  const projects: Project[] = [];

  async function stack(files: Record<string, string>): Promise<Project> {
    const project = new Project(files);
    projects.push(project);
    const { code, stderr } = await project.pulumi(["stack", "init", "dev"]);
    assert.equal(code, 0, stderr);
    return project;
  }

  afterEach(() => {
    for (const project of projects.splice(0)) project.remove();
  });

  async function endlessPreview() {
    const project = await stack({ "index.js": endless });
    const preview = project.start(["preview"], { AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
    const hasEnded = (): boolean => preview.child.exitCode !== null;
    await until(() => hasEnded() || existsSync(join(project.folder, "started")));
    const below = await descendants(preview.child.pid ?? 0);
    if (hasEnded()) assert.fail((await preview.ended).stdout);
    return { ...preview, below };
  }

  // The official host and providers look for their engine only every five minutes.
  if (engine.source === "built") {
    it("leaves no process when the engine is killed", async () => {
      const { child, ended, below } = await endlessPreview();
      assert.ok(
        below.length >= 4,
        `host, program and two providers, not ${below.length} processes`,
      );
      child.kill("SIGKILL");
      await ended;
      await until(() => !below.some(isAlive));
    });
  }

  it("ends its program on Ctrl-C", async () => {
    const { child, ended, below } = await endlessPreview();
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    assert.notEqual(code, 0);
    assert.match(stdout, /canceled/);
    await until(() => !below.some(isAlive));
  });

  it("runs a program with its settings, and tells what it is", async () => {
    const project = await stack({ "index.js": ids });
    await project.pulumi(["config", "set", "bytes", "4"]);
    await project.pulumi(["config", "set", "--secret", "password", "hunter2"]);
    const up = await project.pulumi(["up", "--yes", "--skip-preview"]);
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.match(up.stdout, /hex *: "p-[0-9a-f]{8}"/);
    assert.match(up.stdout, /password *: \[secret\]/);

    const shown = await project.pulumi(["stack", "output", "--json", "--show-secrets"]);
    assert.equal((JSON.parse(shown.stdout) as { password: string }).password, "hunter2");
    const again = await project.pulumi(["preview", "--expect-no-changes"]);
    assert.equal(again.code, 0, again.stdout);

    const about = await project.pulumi(["about"]);
    assert.match(about.stdout, new RegExp(`Version +v?${engine.version.replaceAll(".", "\\.")}`));
    assert.match(about.stdout, /written in nodejs: .*version='v\d+/);
    assert.match(about.stdout, /@pulumi\/pulumi +3\./);
  });

  it("shows a program's error with its place", async () => {
    const project = await stack({ "index.js": '\nthrow new Error("broken on purpose");\n' });
    const { code, stdout } = await project.pulumi(["preview"]);
    assert.equal(code, 1);
    assert.match(stdout, /broken on purpose/);
    assert.match(stdout, /index\.js:2:/);
  });

  it("runs policy packs, which see the stack's configuration", async () => {
    const project = await stack({ "index.js": ids, ...policyPack });
    await project.pulumi(["config", "set", "--secret", "password", "x"]);
    for (const [bytes, allowed] of [
      ["4", false],
      ["8", true],
    ] as const) {
      await project.pulumi(["config", "set", "bytes", bytes]);
      const { code, stdout } = await project.pulumi(["preview", "--policy-pack", "pack"]);
      assert.equal(code === 0, allowed, stdout);
      assert.equal(stdout.includes("this id is short"), !allowed, stdout);
    }
  });

  if (engine.source === "built") {
    it("leaves the installation of packages to npm", async () => {
      const project = await stack({ "index.js": "" });
      const { code, stdout, stderr } = await project.pulumi(["install"]);
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, /run npm ci/);
    });
  }
});
