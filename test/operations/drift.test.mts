// What drift makes of a previewed refresh. That this neither locks nor writes is seen in test/integration/.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import { accountServer, commandsFolder, fakePulumi, platform, removeFolders } from "./support.mts";

const urn = (type: string, name: string) =>
  `urn:pulumi:dev::dse::dse:platform:Part$${type}::${name}`;
const same = { op: "refresh", urn: urn("aws:s3/bucket:Bucket", "a") };
const changed = {
  op: "update",
  urn: urn("aws:s3/bucket:Bucket", "b"),
  newState: { outputs: { tags: { secret: "hunter2" } } },
  detailedDiff: { "tags.secret": { kind: "update" }, arn: { kind: "update" } },
};
const gone = { op: "delete", urn: urn("aws:iam/role:Role", "c"), detailedDiff: null };

describe("platform drift", () => {
  let server: Server;
  let aws: NodeJS.ProcessEnv;
  before(async () => {
    ({ server, env: aws } = await accountServer("111122223333"));
  });
  after(() => {
    server.close();
    removeFolders();
  });

  const run = (script: string, ...args: string[]) =>
    platform(["drift", "dev", ...args], {
      ...aws,
      PATH: commandsFolder({ pulumi: fakePulumi({}, script) }),
    });
  const refreshed = (...steps: object[]) =>
    `[ "$1 $2 $3" = "refresh --preview-only --json" ] && echo '${JSON.stringify({ steps })}'`;

  it("ends with 0 where AWS has what the state says", async () => {
    const { code, stdout } = await run(refreshed(same, same));
    assert.deepEqual([code, stdout], [0, "no drift: 2 resources are as dev left them\n"]);
  });

  it("ends with 1 and says what changed, by property and without a value", async () => {
    const { code, stdout } = await run(refreshed(same, changed, gone));
    const lines =
      "changed: aws:s3/bucket:Bucket b: arn, tags.secret\ndeleted: aws:iam/role:Role c\n";
    assert.deepEqual([code, stdout], [1, lines]);
  });

  it("says the same as JSON", async () => {
    const { code, stdout } = await run(refreshed(same, changed), "--json");
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout), {
      stack: "dev",
      resources: 2,
      drifted: [{ urn: changed.urn, change: "changed", properties: ["arn", "tags.secret"] }],
    });
  });

  it("ends with 3 where it cannot be told, or nothing is deployed", async () => {
    const broken = await run("echo 'error: AccessDenied: not authorized' >&2; exit 1");
    assert.deepEqual([broken.code, broken.stdout], [3, ""]);
    assert.match(
      broken.stderr,
      /^error: it cannot be told whether dev has drifted: these credentials may not/m,
    );
    const empty = await run(refreshed());
    assert.equal(empty.code, 3);
    assert.match(empty.stderr, /^error: dev is not deployed/m);
  });
});
