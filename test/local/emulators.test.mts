import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./support.mts";

describe("moto's mends", () => {
  /** Starts moto_local.py after a change to moto, as an update might bring it. */
  const startAfter = (change: string) => {
    const server = join(root, "local", "emulators", "moto_local.py");
    const script = `import runpy, sys\n${change}\nsys.argv = ["moto", "--help"]\nrunpy.run_path(${JSON.stringify(server)}, run_name="__main__")`;
    const python = join(root, ".local", "venv", "bin", "python");
    const { status, stderr } = spawnSync(python, ["-c", script], { encoding: "utf8" });
    return { status, stderr };
  };

  it("fit the moto that is installed", () => {
    assert.deepEqual(startAfter(""), { status: 0, stderr: "" });
  });

  it("stop the server in one line when what they mend has changed", () => {
    const changes: [string, RegExp][] = [
      [
        "from moto.s3.responses import S3Response as R\ndel R._bucket_response_put",
        /_bucket_response_put is gone/,
      ],
      [
        "from moto.iam.access_control import IAMPolicyStatement as S\nS.is_action_permitted = lambda self, action: None",
        /is_action_permitted has parameters \['self', 'action'\]/,
      ],
      [
        "from moto.iam.responses import IamResponse as R\nR.list_service_specific_credentials = None",
        /has list_service_specific_credentials: remove its mend/,
      ],
    ];
    for (const [change, message] of changes) {
      const { status, stderr } = startAfter(change);
      assert.equal(status, 1);
      assert.match(stderr, message);
      assert.match(stderr, /^moto 5\.\d+\.\d+.*local\/emulators\/moto_local\.py\n$/);
    }
  });
});
