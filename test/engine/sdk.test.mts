import assert from "node:assert/strict";
import { join } from "node:path";
import { Project, root } from "./support.mts";

/** As the platform's own, whose types Node strips. */
const settings = `name: test
main: index.js
runtime: { name: nodejs, options: { typescript: false } }
`;

/** Its id waits for what never comes, and so does what is made of it. */
const waiting = `
const random = require("@pulumi/random");
require(${JSON.stringify(join(root, "sdk.ts"))}).quietSdk();
const id = new random.RandomId("id", { byteLength: 8, prefix: new Promise(() => {}) });
exports.hex = id.hex;
`;

describe("the quiet SDK, on a real engine", function () {
  this.timeout(120_000);

  it("fails a program that waits for what never comes, as before", async () => {
    const project = new Project({ "Pulumi.yaml": settings, "index.js": waiting });
    try {
      assert.equal((await project.pulumi(["stack", "init", "dev"])).code, 0);
      const failures = await Promise.all(
        ["false", "true"].map((DSE_SDK_DEBUG) => project.pulumi(["preview"], { DSE_SDK_DEBUG })),
      );
      for (const { code, stdout, stderr } of failures) {
        assert.notEqual(code, 0);
        assert.match(stdout + stderr, /promises? (was|were) still active|registrations/);
      }
    } finally {
      project.remove();
    }
  });
});
