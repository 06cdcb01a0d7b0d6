import assert from "node:assert/strict";
import { Alarms, type AlarmsArgs } from "../../components/alarms.ts";
import type { Arns } from "../../components/lib/arn.ts";
import { testContext } from "../support/context.ts";
import { runProgram } from "../support/mocks.ts";

const record = (args: Partial<AlarmsArgs> = {}, cloud: Partial<Arns["cloud"]> = {}) =>
  runProgram(() => {
    const context = testContext([], cloud);
    const names = {
      topic: "dse-alarms",
      failedJobs: "dse-failed-jobs",
      airflow: "dse-airflow",
      budget: "dse-monthly",
    };
    new Alarms("alarms", {
      context,
      names,
      emails: [],
      ...args,
    });
  });

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string;
  Principal: "*" | { Service?: string | string[]; AWS?: string };
  Condition?: unknown;
}
const statements = (policy: unknown) =>
  (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;

const topicArn = "arn:aws:sns:us-west-2:123456789012:dse-alarms";

describe("alarms", () => {
  it("are told to every address by mail", async () => {
    const recording = await record({ emails: ["ann@example.org", "bob@example.org"] });
    assert.deepEqual(
      recording.findAll("aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs),
      ["ann@example.org", "bob@example.org"].map((endpoint) => ({
        topic: topicArn,
        protocol: "email",
        endpoint,
      })),
    );
  });

  it("lets what publishes them do so, and nothing else, over TLS alone", async () => {
    const { inputs } = (await record()).find("aws:sns/topic:Topic");
    assert.deepEqual(statements(inputs["policy"]), [
      {
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: topicArn,
        Principal: { Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] },
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
      {
        // With any condition EventBridge could not publish.
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: topicArn,
        Principal: { Service: "events.amazonaws.com" },
      },
      {
        Effect: "Deny",
        Action: "sns:Publish",
        Resource: topicArn,
        Principal: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("are encrypted with a key that those who publish may use", async () => {
    const recording = await record();
    const key = recording.find("aws:kms/key:Key");
    const topic = recording.find("aws:sns/topic:Topic");
    assert.equal(topic.inputs["kmsMasterKeyId"], key.outputs["arn"]);
    assert.equal(key.inputs["enableKeyRotation"], true);
    assert.equal(key.inputs["description"], "Messages of dse-alarms");
    const publishers = statements(topic.inputs["policy"]).slice(0, 2);
    assert.deepEqual(statements(key.inputs["policy"]), [
      // Without it nobody could ever change the key.
      {
        Effect: "Allow",
        Action: "kms:*",
        Resource: "*",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
      },
      ...publishers.map((statement) => ({
        ...statement,
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
      })),
    ]);
    assert.deepEqual(recording.find("aws:kms/alias:Alias").inputs, {
      name: "alias/dse-alarms",
      targetKeyId: key.outputs["keyId"],
    });
  });

  it("tell of failed jobs of the queue, without their command and environment", async () => {
    const recording = await record();
    const rule = recording.find("aws:cloudwatch/eventRule:EventRule");
    assert.equal(rule.inputs["description"], "Failed jobs, after their last attempt");
    assert.deepEqual(JSON.parse(rule.inputs["eventPattern"] as string), {
      source: ["aws.batch"],
      "detail-type": ["Batch Job State Change"],
      detail: {
        jobQueue: [
          "arn:aws:batch:us-west-2:123456789012:job-queue/dse-infra-dev-us-west-2-default",
        ],
        status: ["FAILED"],
      },
    });
    const { inputs } = recording.find("aws:cloudwatch/eventTarget:EventTarget");
    assert.equal(inputs["rule"], "dse-failed-jobs");
    assert.equal(inputs["targetId"], "topic");
    assert.equal(inputs["arn"], topicArn);
    const { inputPaths, inputTemplate } = inputs["inputTransformer"] as {
      inputPaths: Record<string, string>;
      inputTemplate: string;
    };
    assert.deepEqual(Object.values(inputPaths), [
      "$.detail.jobId",
      "$.detail.jobName",
      "$.detail.statusReason",
    ]);
    const text = JSON.parse(inputTemplate) as string;
    assert.deepEqual(
      [...text.matchAll(/<(\w+)>/g)].map(([, variable]) => variable).sort(),
      Object.keys(inputPaths).sort(),
    );
  });

  it("tell of an Airflow whose scheduler is silent, or not there", async () => {
    const { inputs } = (await record()).find("aws:cloudwatch/metricAlarm:MetricAlarm");
    assert.deepEqual(inputs, {
      name: "dse-airflow",
      alarmDescription: "Airflow's scheduler has been silent for 15 minutes",
      namespace: "AmazonMWAA",
      metricName: "SchedulerHeartbeat",
      dimensions: {
        Function: "Scheduler",
        Environment: "dse-infra-dev-us-west-2-mwaa-environment",
      },
      statistic: "Sum",
      period: 300,
      evaluationPeriods: 3,
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  });

  it("tell of a budget for what has its tags, at 80 % forecast and at all of it spent", async () => {
    const budget = { usd: 500, tags: { Project: "infra", Environment: "dev" } };
    const { inputs } = (await record({ budget })).find("aws:budgets/budget:Budget");
    assert.deepEqual(
      [inputs["budgetType"], inputs["limitAmount"], inputs["limitUnit"], inputs["timeUnit"]],
      ["COST", "500", "USD", "MONTHLY"],
    );
    assert.deepEqual(inputs["costFilters"], [
      { name: "TagKeyValue", values: ["user:Project$infra", "user:Environment$dev"] },
    ]);
    const notification = {
      thresholdType: "PERCENTAGE",
      comparisonOperator: "GREATER_THAN",
      subscriberSnsTopicArns: [topicArn],
    };
    assert.deepEqual(inputs["notifications"], [
      { ...notification, notificationType: "FORECASTED", threshold: 80 },
      { ...notification, notificationType: "ACTUAL", threshold: 100 },
    ]);
  });

  it("have no budget where none is set", async () => {
    assert.deepEqual((await record()).findAll("aws:budgets/budget:Budget"), []);
  });

  it("stand in any partition", async () => {
    const { inputs } = (await record({}, { partition: "aws-us-gov" })).find("aws:sns/topic:Topic");
    assert.ok(!(inputs["policy"] as string).includes("arn:aws:"));
  });
});
