import assert from "node:assert/strict";
import { encryptionKeys, type EncryptionKeysArgs } from "../../components/data-key.ts";
import type { DataOnDestroy } from "../../components/lib/data.ts";
import type { DifferenceId } from "../../components/lib/differences.ts";
import { testContext } from "../support/context.ts";
import { runProgram } from "../support/mocks.ts";

const record = (
  keepReference: DifferenceId[] = [],
  asked: Partial<Omit<EncryptionKeysArgs, "context">> = {},
  dataOnDestroy: DataOnDestroy = "delete",
) =>
  runProgram(() => {
    const context = { ...testContext(keepReference), dataOnDestroy };
    const args = { context, kmsKeyArn: undefined, forAirflow: false, ...asked };
    const { data = "", airflow = "" } = encryptionKeys("data-key", args, {});
    return { data, airflow };
  });

const keyType = "aws:kms/key:Key";

interface Statement {
  Sid: string;
  Effect: string;
  Principal: Record<string, unknown>;
  Condition?: Record<string, Record<string, unknown>>;
}

const made = "arn:aws:kms:us-west-2:123456789012:key/key-data-key";

describe("data key", () => {
  it("is one key for buckets, logs and, where asked for, Airflow, rotated, with an alias", async () => {
    assert.deepEqual((await record()).outputs, { data: made, airflow: "" });
    const recording = await record([], { forAirflow: true });
    assert.deepEqual(recording.outputs, { data: made, airflow: made });
    assert.equal(recording.find(keyType).inputs["enableKeyRotation"], true);
    assert.deepEqual(recording.find("aws:kms/alias:Alias").inputs, {
      name: "alias/dse-infra-dev-us-west-2-data",
      targetKeyId: "key-data-key",
    });
  });

  it("is used by whom this account allows, through S3, by Airflow's role and for the stack's logs", async () => {
    const { inputs } = (await record()).find(keyType);
    const { Statement } = JSON.parse(String(inputs["policy"])) as { Statement: Statement[] };
    assert.deepEqual(
      Statement.map(({ Sid, Effect, Principal, Condition }) => [Sid, Effect, Principal, Condition]),
      [
        ["PoliciesOfTheAccount", "Allow", { AWS: "arn:aws:iam::123456789012:root" }, undefined],
        [
          "WhoMayUseTheBuckets",
          "Allow",
          { AWS: "*" },
          {
            StringEquals: {
              "kms:CallerAccount": "123456789012",
              "kms:ViaService": "s3.us-west-2.amazonaws.com",
            },
          },
        ],
        [
          "Airflow",
          "Allow",
          { AWS: "*" },
          {
            ArnEquals: {
              "aws:PrincipalArn":
                "arn:aws:iam::123456789012:role/dse-infra-dev-us-west-2-mwaa-execution-role",
            },
            StringEquals: {
              "kms:CallerAccount": "123456789012",
              "kms:ViaService": "sqs.us-west-2.amazonaws.com",
            },
          },
        ],
        [
          "LogGroups",
          "Allow",
          { Service: "logs.us-west-2.amazonaws.com" },
          {
            ArnLike: {
              "kms:EncryptionContext:aws:logs:arn": [
                "arn:aws:logs:us-west-2:123456789012:log-group:/aws/batch/dse-infra-dev-*",
                "arn:aws:logs:us-west-2:123456789012:log-group:/aws/vpc-flow-logs/dse-infra-dev-*",
                "arn:aws:logs:us-west-2:123456789012:log-group:airflow-dse-infra-dev-*",
              ],
            },
          },
        ],
      ],
    );
  });

  it("covers the log groups of all parts", () => {
    const { names } = testContext();
    for (const group of [names.batchLogs, names.flowLogs, names.mwaaLogs("Task")])
      assert.ok(
        names.anyLogGroups.some((pattern) => group.startsWith(pattern.replace("*", ""))),
        group,
      );
  });

  it("is not made where nothing would use it", async () => {
    const recording = await record(["data-key"]);
    assert.deepEqual(recording.outputs, { data: "", airflow: "" });
    assert.deepEqual(recording.findAll(keyType), []);
    const { outputs } = await record(["data-key"], { forAirflow: true });
    assert.deepEqual(outputs, { data: "", airflow: made });
  });

  it("is the team's own where one is given, whatever is kept", async () => {
    const kmsKeyArn = "arn:aws:kms:us-west-2:123456789012:key/own";
    const recording = await record(["data-key"], { kmsKeyArn, forAirflow: true });
    assert.deepEqual(recording.outputs, { data: kmsKeyArn, airflow: kmsKeyArn });
    assert.deepEqual(recording.findAll(keyType), []);
  });

  it("is protected as the data is", async () => {
    assert.equal((await record([], {}, "protect")).find(keyType).options.protect, true);
    assert.equal((await record([], {}, "retain")).find(keyType).options.retainOnDelete, true);
  });
});
