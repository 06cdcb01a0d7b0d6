import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { Bucket, type BucketArgs } from "../../components/bucket.ts";
import {
  createAccessLogBucket,
  createProjectBucket,
  createProjectBuckets,
  createScratchBucket,
} from "../../components/buckets.ts";
import type { DifferenceId } from "../../components/lib/differences.ts";
import { testContext } from "../support/context.ts";
import { runProgram } from "../support/mocks.ts";

const record = (args: Partial<BucketArgs> = {}, keepReference: DifferenceId[] = []) =>
  runProgram(() => {
    new Bucket("data", {
      context: testContext(keepReference),
      bucket: "dse-data",
      versioned: true,
      noncurrentVersionDays: 30,
      ...args,
    });
  });

const block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const encryptionType =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";

describe("bucket", () => {
  it("is closed, owned, encrypted and versioned", async () => {
    const recording = await record();
    const { inputs: closed } = recording.find(block);
    for (const flag of [
      "blockPublicAcls",
      "blockPublicPolicy",
      "ignorePublicAcls",
      "restrictPublicBuckets",
    ])
      assert.equal(closed[flag], true, flag);
    assert.deepEqual(
      recording.find("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs["rule"],
      { objectOwnership: "BucketOwnerEnforced" },
    );
    assert.deepEqual(
      recording.find("aws:s3/bucketVersioning:BucketVersioning").inputs["versioningConfiguration"],
      { status: "Enabled" },
    );
    assert.deepEqual(recording.find(encryptionType).inputs["rules"], [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
  });

  it("tells EventBridge of its changes", async () => {
    const type = "aws:s3/bucketNotification:BucketNotification";
    const { inputs } = (await record()).find(type);
    assert.deepEqual(inputs, { bucket: "dse-data", eventbridge: true });
    assert.deepEqual((await record({}, ["bucket-events"])).findAll(type), []);
  });

  it("denies what comes without TLS, to the bucket and to its objects", async () => {
    const { inputs } = (await record()).find("aws:s3/bucketPolicy:BucketPolicy");
    assert.deepEqual(inputs["policy"], {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: ["arn:aws:s3:::dse-data", "arn:aws:s3:::dse-data/*"],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });

  const everything = {
    id: "expiry",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  };

  it("keeps noncurrent versions and unfinished uploads for a time", async () => {
    const { inputs } = (await record()).find(lifecycle);
    assert.deepEqual(inputs["rules"], [
      { ...everything, noncurrentVersionExpiration: { noncurrentDays: 30 } },
    ]);
  });

  it("expires objects where asked to", async () => {
    const { inputs } = (await record({ expiryDays: 5, versioned: false })).find(lifecycle);
    assert.deepEqual(inputs["rules"], [{ ...everything, expiration: { days: 5 } }]);
  });

  it("sets its policy and lifecycle after versioning and the public access block", async () => {
    const recording = await record();
    for (const later of ["aws:s3/bucketPolicy:BucketPolicy", lifecycle])
      for (const earlier of [block, "aws:s3/bucketVersioning:BucketVersioning"])
        assert.ok(recording.standsBefore(recording.find(earlier), recording.find(later)), later);
  });

  it("is encrypted with a key of the team's where one is given", async () => {
    const kmsKeyArn = "arn:aws:kms:us-west-2:123456789012:key/k";
    const { inputs } = (await record({ kmsKeyArn })).find(encryptionType);
    assert.deepEqual(inputs["rules"], [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
        bucketKeyEnabled: true,
      },
    ]);
  });

  for (const [choice, options] of [
    ["protect", { protect: true, retainOnDelete: undefined, forceDestroy: undefined }],
    ["retain", { protect: undefined, retainOnDelete: true, forceDestroy: undefined }],
    ["delete", { protect: undefined, retainOnDelete: undefined, forceDestroy: undefined }],
    ["empty", { protect: undefined, retainOnDelete: undefined, forceDestroy: true }],
  ] as const)
    it(`on destroy: ${choice}`, async () => {
      const context = { ...testContext(), dataOnDestroy: choice };
      const recording = await record({ context });
      const { inputs, options: given } = recording.find("aws:s3/bucket:Bucket");
      const { protect, retainOnDelete } = given;
      // An option that is not set is false on the wire.
      assert.deepEqual(
        {
          protect: protect || undefined,
          retainOnDelete: retainOnDelete || undefined,
          forceDestroy: inputs["forceDestroy"],
        },
        options,
      );
      const closed = recording.find(block).options;
      assert.equal(
        closed.protect || undefined,
        options.protect,
        "the block goes as the bucket does",
      );
    });

  it("logs access to the bucket of logs, once that lets the service write", async () => {
    const recording = await runProgram(() => {
      const context = testContext();
      const accessLogs = createAccessLogBucket(
        "access-logs",
        { context, noncurrentVersionDays: 1, logRetentionDays: 14 },
        {},
      );
      new Bucket("data", {
        context,
        bucket: "dse-data",
        versioned: true,
        noncurrentVersionDays: 1,
        accessLogs,
      });
    });
    const logging = recording.find("aws:s3/bucketLogging:BucketLogging");
    assert.deepEqual(logging.inputs, {
      bucket: "dse-data",
      targetBucket: "dse-infra-dev-us-west-2-access-logs",
      targetPrefix: "dse-data/",
    });
    const policy = recording.find("aws:s3/bucketPolicy:BucketPolicy", "access-logs");
    assert.deepEqual((policy.inputs["policy"] as { Statement: unknown[] }).Statement[1], {
      Sid: "AccessLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::dse-infra-dev-us-west-2-access-logs/*",
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    });
    assert.ok(recording.standsBefore(policy, logging));
  });

  it("is a bare bucket where the reference is kept, public access blocked only if it must be", async () => {
    const kept: DifferenceId[] = [
      "bucket-encryption",
      "bucket-events",
      "bucket-lifecycle",
      "bucket-ownership",
      "bucket-public-access-block",
      "bucket-tls-only",
    ];
    const types = async (args: Partial<BucketArgs>) =>
      (await record({ versioned: false, ...args }, kept)).resources
        .filter(({ custom }) => custom)
        .map(({ type }) => type);
    assert.deepEqual(await types({}), ["aws:s3/bucket:Bucket"]);
    assert.deepEqual(await types({ alwaysBlockPublicAccess: true }), [
      "aws:s3/bucket:Bucket",
      block,
    ]);
  });

  it("grants reading, writing and deleting objects by one policy", async () => {
    const recording = await runProgram(() => {
      const context = testContext();
      const role = new aws.iam.Role("job", { name: "jobs", assumeRolePolicy: "{}" });
      const scratch = createScratchBucket(
        "scratch",
        { context, noncurrentVersionDays: 1, expiryDays: 9 },
        {},
      );
      scratch.grantReadWrite("job", role);
    });
    const policy = recording.find("aws:iam/policy:Policy");
    assert.equal(policy.inputs["name"], "dse-infra-dev-us-west-2-s3-scratch-policy");
    assert.deepEqual((policy.inputs["policy"] as { Statement: unknown }).Statement, [
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::dse-infra-dev-us-west-2-scratch",
      },
      {
        Effect: "Allow",
        Action: [
          "s3:GetObject",
          "s3:PutObject",
          "s3:DeleteObject",
          "s3:RestoreObject",
          "s3:AbortMultipartUpload",
        ],
        Resource: "arn:aws:s3:::dse-infra-dev-us-west-2-scratch/*",
      },
    ]);
    assert.deepEqual(
      recording.find("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "scratch-job").inputs,
      { role: "jobs", policyArn: policy.outputs["arn"] },
    );
  });

  it("refuses to grant what it has no policy for", async () => {
    await assert.rejects(
      runProgram(() => {
        const bucket = new Bucket("data", {
          context: testContext(),
          bucket: "dse-data",
          versioned: true,
          noncurrentVersionDays: 30,
        });
        bucket.grantReadWrite("x", new aws.iam.Group("x"));
      }),
      /bucket data has no readWritePolicy to grant/,
    );
  });

  it("tags a project's bucket and policy with the project", async () => {
    const recording = await runProgram(() => {
      const context = testContext();
      const [project] = context.names.projects;
      assert.ok(project);
      createProjectBucket(
        "project-water",
        { context, project, owner: "aae", noncurrentVersionDays: 1 },
        {},
      );
    });
    const tags = { Owner: "aae", Project: "water" };
    const bucket = recording.find("aws:s3/bucket:Bucket");
    assert.deepEqual(bucket.inputs, { bucket: "aae-water-dev-us-west-2", tags });
    assert.deepEqual(recording.find("aws:iam/policy:Policy").inputs["tags"], tags);
    assert.ok(recording.find("aws:s3/bucketVersioning:BucketVersioning"));
  });

  it("of many projects are registered some at a time, in their order", async () => {
    const ids = Array.from({ length: 45 }, (_, i) => `project-${String(i + 1)}`);
    let begun: number | undefined;
    const recording = await runProgram(async () => {
      const context = testContext([], {}, ids);
      const constructed: string[] = [];
      const projects = context.names.projects.map((project) => ({
        ...project,
        get bucket() {
          constructed.push(project.id);
          return project.bucket;
        },
      }));
      const args = { context, owner: "aae", noncurrentVersionDays: 1 };
      const all = createProjectBuckets(projects, args, {});
      begun = new Set(constructed).size;
      await all;
    });
    assert.equal(begun, 20);
    assert.deepEqual(
      recording.findAll("aws:s3/bucket:Bucket").map(({ name }) => name),
      ids.map((id) => `project-${id}`),
    );
    const at = (type: string, i: number) =>
      recording.resources.indexOf(recording.find(type, `project-project-${String(i)}`));
    for (const last of [20, 40])
      assert.ok(at("aws:s3/bucket:Bucket", last) < at("dse:platform:Bucket", last + 1));
  });
});
