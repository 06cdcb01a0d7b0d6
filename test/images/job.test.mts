// The job of images/, run for real against the local AWS, without its container.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { start, type Instance } from "../../local/instance.mts";
import { cleanUp, root, sdk, shellEnvironment, temporaryFolder } from "../local/support.mts";

describe("images/job.py", () => {
  let instance: Instance;
  let s3: S3Client;
  const Bucket = "scratch";
  before(async () => {
    instance = await start({ folder: temporaryFolder() });
    s3 = new S3Client(sdk(instance));
    const CreateBucketConfiguration = { LocationConstraint: "us-west-2" } as const;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  });
  after(cleanUp);

  function run(variables: NodeJS.ProcessEnv) {
    const python = join(root, ".local", "venv", "bin", "python");
    const { status, stdout, stderr } = spawnSync(python, [join(root, "images", "job.py")], {
      env: { ...shellEnvironment(instance), ...variables },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  async function read(Key: string) {
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    assert.equal(ContentType, "application/json");
    return JSON.parse((await Body?.transformToString()) ?? "") as unknown;
  }

  it("writes an object that is named after the run, again where the run is repeated", async () => {
    for (const job of ["1", "2"]) {
      assert.deepEqual(run({ BUCKET: Bucket, RUN: "a:b+c", AWS_BATCH_JOB_ID: job }), {
        status: 0,
        stdout: "wrote s3://scratch/run_job/a:b+c.json\n",
        stderr: "",
      });
      assert.deepEqual(await read("run_job/a:b+c.json"), { run: "a:b+c", job });
    }
  });

  it("names it after the job where there is no run", async () => {
    assert.equal(run({ BUCKET: Bucket, AWS_BATCH_JOB_ID: "3" }).status, 0);
    assert.deepEqual(await read("run_job/3.json"), { run: "3", job: "3" });
  });

  it("says what is missing, and ends with 2", () => {
    const missing = (stderr: string) => ({ status: 2, stdout: "", stderr });
    assert.deepEqual(
      run({ RUN: "a" }),
      missing("BUCKET is not set: the name of the bucket to write to\n"),
    );
    assert.deepEqual(
      run({ BUCKET: Bucket }),
      missing("RUN is not set, nor AWS_BATCH_JOB_ID: what to name the object after\n"),
    );
  });

  it("says why S3 refused the object, and ends with 1", () => {
    const { status, stderr } = run({ BUCKET: "nowhere", RUN: "a" });
    assert.equal(status, 1);
    assert.match(stderr, /^s3:\/\/nowhere\/run_job\/a\.json was not written: .*NoSuchBucket/);
  });
});
