// The built aws provider, which must never reach an AWS beyond this machine.
import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engine, Project, run, type Result } from "./support.mts";

const [plugin, binary] =
  Object.entries(engine.plugins).find(([name]) => name.startsWith("aws-")) ?? [];

// Calls nothing, so that it needs no AWS: the provider is configured, and that is all.
const program = (args = "") => `
const aws = require("@pulumi/aws");
const region = { region: "us-west-2", skipCredentialsValidation: true, skipRequestingAccountId: true };
const provider = new aws.Provider("aws", { ...region, ${args} });
`;
const local = { AWS_ENDPOINT_URL: "http://127.0.0.1:9" };

// An official provider is what it is.
if (plugin && binary) {
  const version = plugin.slice("aws-".length);

  describe("built aws provider", function () {
    this.timeout(60_000);
    let project: Project;

    async function stack(source: string, state?: object): Promise<void> {
      project = new Project({ "index.js": source, "state.json": JSON.stringify(state ?? {}) });
      const commands = [["stack", "init", "dev"]];
      if (state) commands.push(["stack", "import", "--file", "state.json"]);
      for (const command of commands) {
        const { code, stderr } = await project.pulumi(command);
        assert.equal(code, 0, stderr);
      }
    }

    afterEach(() => project.remove());

    function assertRefused({ code, stdout, stderr }: Result, why: RegExp): void {
      const said = stdout + stderr;
      assert.notEqual(code, 0, said);
      assert.match(
        said,
        /works with an AWS on this machine only, but .*; for a real account, use the official provider/,
      );
      assert.match(said, why);
    }

    it("accepts an endpoint on this machine", async () => {
      await stack(program());
      for (const endpoint of ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"]) {
        const { code, stdout } = await project.pulumi(["preview"], { AWS_ENDPOINT_URL: endpoint });
        assert.equal(code, 0, stdout);
      }
    });

    it("refuses any other", async () => {
      await stack(program());
      assertRefused(await project.pulumi(["preview"]), /AWS_ENDPOINT_URL is not set/);
      const elsewhere = { AWS_ENDPOINT_URL: "http://203.0.113.1" };
      assertRefused(await project.pulumi(["preview"], elsewhere), /is http:\/\/203\.0\.113\.1/);
      const oneElsewhere = { ...local, AWS_ENDPOINT_URL_STS: "https://sts.amazonaws.com" };
      assertRefused(await project.pulumi(["preview"], oneElsewhere), /AWS_ENDPOINT_URL_STS/);
    });

    it("refuses another in the program", async () => {
      await stack(program('endpoints: [{ s3: "http://localhost:9", ec2: "http://203.0.113.1" }]'));
      assertRefused(await project.pulumi(["preview"], local), /aws:endpoints\[0\]\.ec2/);
    });

    // Both take the provider's configuration from the state.
    it("refuses to refresh and to destroy elsewhere", async () => {
      await stack(program(), stateWithRole(version));
      for (const command of ["refresh", "destroy"]) {
        const tried = await project.pulumi([command, "--yes", "--skip-preview"]);
        assertRefused(tried, /AWS_ENDPOINT_URL is not set/);
      }
    });

    it("keeps what it found unchanged in the file that it is told, and sees what changes then", async () => {
      const withRole = (description: string) => `${program()}
        const role = { name: "role", assumeRolePolicy: "{}", description: "${description}" };
        new aws.iam.Role("role", role, { provider });`;
      await stack(withRole("as it is"), stateWithRole(version));
      const file = join(project.folder, "compared");
      const env = { ...local, LOCAL_AWS_COMPARED: file };
      for (const time of ["first", "second"]) {
        const { stdout } = await project.pulumi(["preview"], env);
        assert.match(stdout, / 1 unchanged\n/, time);
        assert.equal(statSync(file).size, 32, time);
      }
      writeFileSync(join(project.folder, "index.js"), withRole("another"));
      const { stdout } = await project.pulumi(["preview"], env);
      assert.match(stdout, /aws:iam:Role role update \[diff: ~description\]/);
      assert.equal(statSync(file).size, 32);
    });

    it("says what it is", async () => {
      project = new Project({});
      for (const option of ["--version", "--help"]) {
        const { code, stdout } = await run(binary, [option], {});
        assert.equal(code, 0);
        assert.match(
          stdout,
          new RegExp(`^${version.replaceAll(".", "\\.")} \\(cut-down local build\\)`),
        );
        for (const part of [
          /Waits are shortened/,
          /upbound/,
          /taken on first use/,
          /Never use it with a real account/,
        ]) {
          assert.match(stdout, part);
        }
      }
    });
  });
}

/** The state of a stack with the provider and one resource of it. */
function stateWithRole(pluginVersion: string): object {
  const prefix = "urn:pulumi:dev::test::";
  const config = {
    region: "us-west-2",
    skipCredentialsValidation: "true",
    skipRequestingAccountId: "true",
  };
  const inputs = { ...config, version: pluginVersion };
  const provider = {
    urn: `${prefix}pulumi:providers:aws::aws`,
    custom: true,
    id: "11111111-1111-4111-8111-111111111111",
    type: "pulumi:providers:aws",
    inputs,
    outputs: inputs,
  };
  const role = { name: "role", assumeRolePolicy: "{}" };
  const resource = {
    urn: `${prefix}aws:iam/role:Role::role`,
    custom: true,
    id: "role",
    type: "aws:iam/role:Role",
    inputs: role,
    outputs: {
      ...role,
      description: "as it is",
      forceDetachPolicies: false,
      id: "role",
      managedPolicyArns: [],
      maxSessionDuration: 3600,
      path: "/",
      tagsAll: {},
    },
    provider: `${provider.urn}::${provider.id}`,
  };
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  return { version: 3, deployment: { manifest, resources: [provider, resource] } };
}
