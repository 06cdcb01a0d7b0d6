// A folder of DAGs and a bucket, and an environment that is waited for.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "@aws-sdk/client-mwaa";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { start } from "../../local/instance.mts";
import { carryOut, filesOf, planDags } from "../../operations/lib/dags.mts";
import { staleFiles, waitUntilAvailable } from "../../operations/lib/environment.mts";
import { cleanUp, sdk, temporaryFolder } from "../local/support.mts";
import { platform } from "./support.mts";

const write = (folder: string, files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
};

describe("deploy-dags", () => {
  let s3: S3Client;
  let folder: string;
  let bucket: string;
  let made = 0;

  before(async () => {
    s3 = new S3Client(sdk(await start({ folder: temporaryFolder() })));
  });
  beforeEach(async () => {
    folder = temporaryFolder();
    bucket = `airflow-${made++}`;
    await s3.send(
      new CreateBucketCommand({
        Bucket: bucket,
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    );
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: bucket,
        VersioningConfiguration: { Status: "Enabled" },
      }),
    );
  });
  after(cleanUp);

  const deploy = async (prefix = "", keepAll = false) => {
    const scope = { bucket, prefix };
    const files = filesOf(folder);
    const plan = await planDags(s3, scope, files, keepAll);
    await carryOut(s3, scope, plan, files);
    return plan;
  };
  const keys = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key }) => Key).sort();
  };
  const put = (Key: string, Body: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

  it("uploads what is new or changed, of the same length too, and deletes what is gone", async () => {
    write(folder, { "a.py": "1", "b.py": "1", "sub/c.py": "1" });
    const first = { upload: ["a.py", "b.py", "sub/c.py"], remove: [], kept: [], unchanged: 0 };
    assert.deepEqual(await deploy(), first);
    write(folder, { "b.py": "2" });
    rmSync(join(folder, "sub"), { recursive: true });
    const second = { upload: ["b.py"], remove: ["sub/c.py"], kept: [], unchanged: 1 };
    assert.deepEqual(await deploy(), second);
    assert.deepEqual(await keys(), ["dags/a.py", "dags/b.py"]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "dags/b.py" }));
    assert.equal(await Body?.transformToString(), "2");
    assert.deepEqual(await deploy(), { upload: [], remove: [], kept: [], unchanged: 2 });
  });

  it("takes what other tools have put there for changed, and touches nothing outside of dags/", async () => {
    await put("requirements.txt", "1");
    await put("dags/a.py", "1");
    await put("dags/old.py", "1");
    write(folder, { "a.py": "1" });
    const { upload, remove } = await deploy();
    assert.deepEqual([upload, remove], [["a.py"], ["old.py"]]);
    assert.deepEqual(await keys(), ["dags/a.py", "requirements.txt"]);
  });

  it("leaves hidden files and caches out, but for .airflowignore", async () => {
    const out = { ".git/x": "", ".env": "", "__pycache__/a.pyc": "", "b.pyc": "" };
    write(folder, { ...out, ".airflowignore": "tests", "a.py": "" });
    assert.deepEqual([...(await deploy()).upload].sort(), [".airflowignore", "a.py"]);
  });

  it("keeps to its sub-folder, and out of those of others", async () => {
    write(folder, { "a.py": "1" });
    await put("dags/team-b/b.py", "1");
    await deploy("team-a/");
    assert.deepEqual(await keys(), ["dags/team-a/a.py", "dags/team-b/b.py"]);
    write(folder, { "all.py": "1" });
    rmSync(join(folder, "a.py"));
    const plan = await deploy();
    assert.deepEqual([plan.remove, plan.kept], [["team-b/b.py"], ["team-a/a.py"]]);
    assert.deepEqual(await keys(), ["dags/all.py", "dags/team-a/a.py"]);
    write(folder, { "team-a/a.py": "2" });
    await assert.rejects(deploy(), /team-a\/a\.py was deployed with --prefix team-a\//);
  });

  it("keeps everything with --no-delete", async () => {
    write(folder, { "a.py": "1" });
    await put("dags/old.py", "1");
    assert.deepEqual((await deploy("", true)).kept, ["old.py"]);
    assert.deepEqual(await keys(), ["dags/a.py", "dags/old.py"]);
  });

  it("follows links to files, and refuses those to folders and to nothing", () => {
    write(folder, { "a.py": "1" });
    symlinkSync(join(folder, "a.py"), join(folder, "b.py"));
    assert.deepEqual([...filesOf(folder).keys()].sort(), ["a.py", "b.py"]);
    symlinkSync(folder, join(folder, "again"));
    assert.throws(() => filesOf(folder), /again is a link to a folder/);
    rmSync(join(folder, "again"));
    symlinkSync(join(folder, "none"), join(folder, "again"));
    assert.throws(() => filesOf(folder), /again is a link to nothing/);
  });

  it("knows files of which the environment has an older version than the bucket", async () => {
    const { VersionId: old } = await put("requirements.txt", "1");
    const environment = {
      RequirementsS3Path: "requirements.txt",
      RequirementsS3ObjectVersion: old,
    };
    assert.deepEqual(await staleFiles(s3, bucket, environment), []);
    await put("requirements.txt", "2");
    assert.deepEqual(await staleFiles(s3, bucket, environment), ["requirements.txt"]);
  });

  describe("--wait", () => {
    const wait = async (minutes: number, ...states: Environment[]) => {
      const said: string[] = [];
      const get = async () => ({ Name: "e", ...(states.length > 1 ? states.shift() : states[0]) });
      const say = (line: string) => void said.push(line);
      await waitUntilAvailable(get, { minutes, say, interval: 0.01 });
      return said;
    };

    it("ends when the environment is AVAILABLE, and says what it waits for", async () => {
      const said = await wait(
        60,
        { Status: "CREATING_SNAPSHOT" },
        { Status: "UPDATING" },
        { Status: "AVAILABLE" },
      );
      assert.deepEqual(said, [
        "e is CREATING_SNAPSHOT, 0 of 60 minutes",
        "e is UPDATING, 0 of 60 minutes",
      ]);
    });

    it("fails with the cause that AWS names", async () => {
      const Error = { ErrorCode: "INCORRECT_CONFIGURATION", ErrorMessage: "it is wrong" };
      const LastUpdate = { Status: "FAILED", Error } as const;
      await assert.rejects(
        wait(60, { Status: "UPDATING" }, { Status: "UPDATE_FAILED", LastUpdate }),
        {
          message: "e is UPDATE_FAILED: INCORRECT_CONFIGURATION: it is wrong",
          exitCode: 1,
        },
      );
      await assert.rejects(wait(60, { Status: "CREATE_FAILED" }), /AWS names no cause/);
    });

    it("fails when the time is over", async () => {
      await assert.rejects(wait(0.0005, { Status: "UPDATING" }), /e is still UPDATING after/);
    });
  });

  const refused: [string, string[], number, RegExp][] = [
    ["no folder", ["none"], 2, /^error: none is no folder/],
    ["an empty folder", ["."], 3, /^error: there is no file to deploy in/],
    ["a prefix outside of dags/", ["dags", "--prefix", "../a"], 2, /It names a sub-folder of dags/],
    ["a prefix that is all of it", ["dags", "--prefix", "/"], 2, /It names a sub-folder of dags/],
    ["no time", ["dags", "--wait", "--timeout", "0"], 2, /It is a number of minutes/],
  ];
  for (const [what, args, code, line] of refused)
    it(`refuses ${what} before it looks at the stack`, async () => {
      const given = args[0] === "." ? [folder] : args;
      const result = await platform(["deploy-dags", "dev", ...given]);
      assert.equal(result.code, code);
      assert.match(result.stderr, line);
    });
});
