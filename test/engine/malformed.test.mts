// What the engine itself refuses of a stack's file, before the program runs, and what it makes of odd values.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { malformed } from "../support/malformed.ts";
import { Project, root } from "./support.mts";

describe("a malformed Pulumi.<stack>.yaml, to the engine", function () {
  this.timeout(120_000);
  let project: Project;
  let salt: string;
  const file = () => join(project.folder, "Pulumi.test.yaml");

  before(async () => {
    const settings = readFileSync(join(root, "Pulumi.yaml"), "utf8");
    project = new Project({
      "Pulumi.yaml": settings.replace(/^name: .*/, `$&\nmain: ${root}`),
    });
    assert.equal((await project.pulumi(["stack", "init", "test"])).code, 0);
    salt = readFileSync(file(), "utf8");
  });
  after(() => {
    project.remove();
  });

  const preview = async (text: string) => {
    writeFileSync(file(), text);
    const { code, stdout, stderr } = await project.pulumi(["preview", "--stack", "test"]);
    assert.notEqual(code, 0, text);
    return stdout + stderr;
  };

  for (const { name, file: path, refusedBy, lines } of malformed())
    if (refusedBy === "engine")
      it(`is refused: ${name}`, async () => {
        const output = await preview(readFileSync(path, "utf8"));
        for (const line of lines) assert.ok(output.includes(line), output);
      });

  it("reaches the program where settings stand beside config, over which the engine passes", async () => {
    // Without its salt, the engine writes the file anew, and leaves them out.
    assert.match(salt, /^encryptionsalt: /);
    assert.match(
      await preview(`${salt}\nconfig:\ndse:owner: lab\n`),
      /dse:owner: stands beside config in Pulumi\.test\.yaml/,
    );
  });
});
