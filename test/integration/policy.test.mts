// The policy pack on a local AWS: what `make preview` and `make up` say, and what they do not make.
import assert from "node:assert/strict";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeComputeEnvironmentsCommand, BatchClient } from "@aws-sdk/client-batch";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { stackState } from "../../local/state.mts";
import { packOptions } from "../../policy/pack.mts";
import {
  accountOf,
  freshInstanceFolder,
  make,
  pulumi,
  removeInstance,
  runningInstance,
  setConfig,
  succeeds,
} from "../support/cli.mts";
import type { Account } from "../support/inventory.mts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("the policy pack on a local AWS", function () {
  this.timeout(180_000);
  let folder: string;
  let sdk: Account;

  before(async () => {
    folder = await freshInstanceFolder("policy");
  });

  after(async () => {
    await removeInstance(folder);
  });

  const settings = (values: Record<string, unknown>) => setConfig(folder, "dev", values);
  const unset = (key: string) =>
    succeeds(pulumi(folder, "config", "rm", `dse:${key}`, "-s", "dev"));
  const made = () => stackState(folder, "dev")?.resources ?? 0;

  for (const stack of ["dev", "qa"])
    it(`judges a new ${stack} by every rule, and has nothing to say`, async () => {
      const output = await succeeds(make(folder, "preview", stack));
      assert.match(output, /\+ \d+ to create/);
      assert.doesNotMatch(output, /can't (run|be known) during preview|Policies:|warning/);
    });

  it("judges images by their digest, with the same settings for all jobs and one's own", async () => {
    sdk = accountOf(runningInstance(folder));
    await settings({
      jobs: { default: { imageDigest: digest }, load: { imageDigest: digest, timeout: 60 } },
    });
    const { output } = await make(folder, "preview", "dev");
    assert.doesNotMatch(output, /can't (run|be known) during preview/);
    // Nothing is left of what the waiver is for, which is itself a violation.
    assert.match(output, /the waiver of batch-image-pinned for \S+ matches no finding/);
    await unset("jobs");
  });

  it("ends a preview, and an update before anything is made, at what one resource breaks", async () => {
    await settings({ jobs: { default: { environment: { GITHUB_TOKEN: "hush" } } } });
    for (const command of ["preview", "up"]) {
      const { code, output } = await make(folder, command, "dev");
      assert.equal(code, 1, output);
      assert.match(
        output,
        /\[mandatory\] +\[severity: \w+\] +batch-no-plaintext-secret +\(aws:batch:JobDefinition: batch\)\n.+\n +batch: .*GITHUB_TOKEN.*; write .+\./,
      );
      assert.doesNotMatch(output, /hush/);
    }
    assert.equal(made(), 0);
    await unset("jobs");
  });

  it("ends both at what only the stack as a whole breaks", async () => {
    await settings({ batchMaxVcpus: 64 });
    for (const command of ["preview", "up"]) {
      const { code, output } = await make(folder, command, "dev");
      assert.equal(code, 1, output);
      assert.match(
        output,
        /\[mandatory\] +\[severity: medium\] +cost-ceiling +\(aws:batch:ComputeEnvironment: batch\)\n.+\n +batch: with it jobs may use 64 vCPUs; write maxVcpus that come to 16 at most\./,
      );
    }
    assert.equal(made(), 0);
    const { Buckets = [] } = await new S3Client({ ...sdk, forcePathStyle: true }).send(
      new ListBucketsCommand({}),
    );
    assert.deepEqual(Buckets, []);
    const { computeEnvironments } = await new BatchClient(sdk).send(
      new DescribeComputeEnvironmentsCommand({}),
    );
    assert.deepEqual(computeEnvironments, []);
    await unset("batchMaxVcpus");
  });

  it("leaves the plain CLI to those who ask for it", async () => {
    await succeeds(pulumi(folder, "preview", "-s", "dev"));
  });

  it("repairs once and for all", async () => {
    await settings({ logRetentionDays: 7 });
    await succeeds(make(folder, "up", "dev"));
    const { logGroups = [] } = await new CloudWatchLogsClient(sdk).send(
      new DescribeLogGroupsCommand({}),
    );
    assert.notEqual(logGroups.length, 0);
    assert.deepEqual([...new Set(logGroups.map(({ retentionInDays }) => retentionInDays))], [14]);
    await succeeds(
      pulumi(folder, "preview", "--expect-no-changes", "-s", "dev", ...packOptions("dev")),
    );
    assert.match(await succeeds(make(folder, "up", "dev")), /Resources:\n\s+\d+ unchanged\n/);
    await succeeds(make(folder, "down", "dev"));
  });
});
