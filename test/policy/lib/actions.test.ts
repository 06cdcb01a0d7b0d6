import assert from "node:assert/strict";
import { isAbout, isMadeBy, namesNothing, takesResources } from "../../../policy/lib/actions.ts";

const here = (service: string, resource: string) =>
  `arn:aws:${service}:us-west-2:123456789012:${resource}`;

describe("what AWS knows of actions", () => {
  it("tells those that can be limited to resources", () => {
    for (const action of ["batch:SubmitJob", "batch:*", "glue:StartJobRun", "s3:GetObject", "*"])
      assert.ok(takesResources(action), action);
    for (const action of ["batch:ListJobs", "batch:DescribeJob*", "s3:GetBucketLocation"])
      assert.ok(!takesResources(action), action);
  });

  it("tells what an action makes, of which no name is known", () => {
    assert.ok(isMadeBy("batch:SubmitJob", here("batch", "job/*")));
    assert.ok(isMadeBy("ec2:CreateVpc", here("ec2", "vpc/*")));
    assert.ok(!isMadeBy("batch:SubmitJob", here("batch", "job-queue/*")));
    assert.ok(!isMadeBy("batch:CancelJob", here("batch", "job/*")));
  });

  it("tells what an action is about", () => {
    for (const [action, resource] of [
      ["batch:SubmitJob", here("batch", "job-queue/dse")],
      ["batch:SubmitJob", here("batch", "*")],
      ["batch:SubmitJob", here("*", "job-queue/dse")],
      ["batch:SubmitJob", "*"],
      ["batch:SubmitJob", "arn:aws:batch:*"],
      ["batch:ListJobs", "*"],
      ["batch:*", here("batch", "job-queue/dse")],
      ["s3:ListBucket", "arn:aws:s3:::data"],
      ["s3:GetObject", "arn:aws:s3:::data/water/*"],
      ["s3:GetObject", "arn:aws:s3:::data*"],
      ["logs:DescribeLogStreams", here("logs", "log-group:dse:*")],
      ["batch:CancelJob", here("batch", "j?b/1")],
      ["glue:StartJobRun", here("batch", "job-queue/dse")],
    ] as const)
      assert.ok(isAbout(action, resource), `${action} ${resource}`);
    for (const [action, resource] of [
      ["batch:SubmitJob", here("batch", "compute-environment/dse")],
      ["batch:SubmitJob", here("batch", "compute-environment/*")],
      ["batch:SubmitJob", here("ecs", "job-queue/dse")],
      ["batch:ListJobs", here("batch", "job-queue/dse")],
      ["batch:CancelJob", here("batch", "jo")],
      ["s3:ListBucket", "arn:aws:s3:::data/*"],
      ["s3:GetObject", "arn:aws:s3:::data"],
    ] as const)
      assert.ok(!isAbout(action, resource), `${action} ${resource}`);
  });

  it("tells patterns that name nothing but a kind", () => {
    for (const all of [
      ...["*", "arn:aws:iam::*", "arn:aws:iam::123456789012:role/*", here("sns", "*")],
      ...[here("secretsmanager", "secret:*"), "arn:aws:s3:::*", "arn:aws:s3:::*/*"],
      ...[here("logs", "log-group:*:*"), here("Batch", "Job/??*")],
    ])
      assert.ok(namesNothing(all), all);
    for (const one of [
      ...["arn:aws:iam::123456789012:role/dse-*", here("sns", "dse*"), "arn:aws:s3:::data/*"],
      ...["arn:aws:s3:::data", here("secretsmanager", "secret:dse/*"), here("sns", "*-dse")],
      "arn:aws:iam::123456789012:*team/*",
    ])
      assert.ok(!namesNothing(one), one);
  });
});
