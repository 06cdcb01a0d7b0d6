// What every release deployed, previewed by the present program.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { clone } from "../../local/instance.mts";
import {
  freshInstance,
  pulumi,
  removeInstance,
  setReferenceSize,
  succeeds,
} from "../support/cli.mts";

const kept = join(clone, "test", "upgrade");
const releases = readdirSync(kept).filter((name) => /^v\d/.test(name));

interface Preview {
  /** Steps by operation. */
  changeSummary: Record<string, number>;
  steps: { op: string; urn: string }[];
}

describe("upgrade", function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    ({ folder } = await freshInstance("upgrade", "dev", "qa"));
    // dev became smaller by settings, which a stack that stands keeps or takes as it likes.
    await setReferenceSize(folder);
  });

  after(async () => {
    await removeInstance(folder);
  });

  it("has releases to upgrade from", () => {
    assert.notEqual(releases.length, 0);
  });

  for (const release of releases)
    for (const stack of ["dev", "qa"])
      it(`from ${release} replaces and deletes nothing of ${stack}`, async () => {
        const file = join(kept, release, `${stack}.json`);
        await succeeds(pulumi(folder, "stack", "import", "-s", stack, "--file", file));
        const output = await succeeds(pulumi(folder, "preview", "--json", "-s", stack));
        const preview = JSON.parse(output.slice(output.indexOf("{"))) as Preview;
        assert.ok(
          (preview.changeSummary["same"] ?? 0) > 100,
          JSON.stringify(preview.changeSummary),
        );
        const harmless = ["same", "create", "update"];
        const breaking = preview.steps
          .filter(({ op }) => !harmless.includes(op))
          .map(({ op, urn }) => `${op} ${urn}`);
        assert.deepEqual(breaking, []);
      });
});
