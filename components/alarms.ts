import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./lib/context.ts";
import { allow, document } from "./lib/policies.ts";

export interface AlarmsArgs {
  readonly context: Context;
  /** Physical names; the topic's is also that of its key. */
  readonly names: {
    readonly topic: string;
    readonly failedJobs: string;
    readonly airflow: string;
    readonly budget: string;
  };
  /** Who is told. Each has to confirm by the link in a first mail. */
  readonly emails: readonly string[];
  /** A monthly budget for what carries all of these tags. */
  readonly budget?: {
    readonly usd: number;
    readonly tags: Readonly<Record<string, string>>;
  };
}

/**
 * Tells people of failed jobs, of an Airflow whose scheduler is silent and of a budget that is running
 * out: an encrypted SNS topic and what publishes to it. Costs the key, about a dollar a month.
 */
export class Alarms extends pulumi.ComponentResource {
  /** For further alarms of this account. */
  readonly topic: aws.sns.Topic;
  readonly #name: string;

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Alarms", name, {}, opts);
    this.#name = name;
    this.topic = this.#createTopic(args);
    for (const endpoint of args.emails)
      new aws.sns.TopicSubscription(
        `${name}-${endpoint}`,
        { topic: this.topic.arn, protocol: "email", endpoint },
        { parent: this },
      );
    this.#watchJobs(args);
    this.#watchAirflow(args);
    if (args.budget) this.#watchCost(args.names.budget, args.budget);
    this.registerOutputs();
  }

  #createTopic({ context, names }: AlarmsArgs) {
    const { partition, region, accountId } = context.arns.cloud;
    const arn = `arn:${partition}:sns:${region}:${accountId}:${names.topic}`;
    // Not AWS's own key for SNS: neither CloudWatch nor EventBridge nor Budgets may use that one.
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    const key = new aws.kms.Key(
      this.#name,
      {
        description: `Messages of ${names.topic}`,
        enableKeyRotation: true,
        policy: JSON.stringify(
          document(
            {
              Effect: "Allow",
              Action: "kms:*",
              Resource: "*",
              Principal: { AWS: context.arns.accountRoot() },
            },
            ...publishers(accountId, ["kms:Decrypt", "kms:GenerateDataKey*"], "*"),
          ),
        ),
      },
      { parent: this },
    );
    new aws.kms.Alias(
      this.#name,
      { name: `alias/${names.topic}`, targetKeyId: key.keyId },
      { parent: this },
    );
    return new aws.sns.Topic(
      this.#name,
      {
        name: names.topic,
        kmsMasterKeyId: key.arn,
        policy: JSON.stringify(
          document(...publishers(accountId, "sns:Publish", arn), {
            Effect: "Deny",
            Action: "sns:Publish",
            Resource: arn,
            Principal: "*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          }),
        ),
      },
      { parent: this },
    );
  }

  #watchJobs({ context, names }: AlarmsArgs) {
    const jobQueue = context.arns.jobQueue(context.names.batch);
    const rule = new aws.cloudwatch.EventRule(
      `${this.#name}-jobs`,
      {
        name: names.failedJobs,
        description: "Failed jobs, after their last attempt",
        // https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html
        eventPattern: JSON.stringify({
          source: ["aws.batch"],
          "detail-type": ["Batch Job State Change"],
          detail: { jobQueue: [jobQueue], status: ["FAILED"] },
        }),
      },
      { parent: this },
    );
    const describe = `aws batch describe-jobs --region ${context.arns.cloud.region} --jobs <id>`;
    new aws.cloudwatch.EventTarget(
      `${this.#name}-jobs`,
      {
        rule: rule.name,
        // Without one the provider makes up another each time it is created, so that one after a crash would be a second.
        targetId: "topic",
        arn: this.topic.arn,
        // The whole event has the job's command and environment, which are not for a mail.
        inputTransformer: {
          inputPaths: {
            id: "$.detail.jobId",
            job: "$.detail.jobName",
            reason: "$.detail.statusReason",
          },
          inputTemplate: JSON.stringify(`Job <job> has failed: <reason>. See: ${describe}`),
        },
      },
      { parent: this },
    );
  }

  #watchAirflow({ context, names }: AlarmsArgs) {
    new aws.cloudwatch.MetricAlarm(
      `${this.#name}-airflow`,
      {
        name: names.airflow,
        alarmDescription: "Airflow's scheduler has been silent for 15 minutes",
        // https://docs.aws.amazon.com/mwaa/latest/userguide/access-metrics-cw.html
        namespace: "AmazonMWAA",
        metricName: "SchedulerHeartbeat",
        dimensions: { Function: "Scheduler", Environment: context.names.mwaa },
        statistic: "Sum",
        period: 300,
        evaluationPeriods: 3,
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        // A scheduler that is down sends nothing at all.
        treatMissingData: "breaching",
        alarmActions: [this.topic.arn],
        okActions: [this.topic.arn],
      },
      { parent: this },
    );
  }

  #watchCost(name: string, { usd, tags }: NonNullable<AlarmsArgs["budget"]>) {
    const tell = (notificationType: string, threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: "PERCENTAGE",
      comparisonOperator: "GREATER_THAN",
      subscriberSnsTopicArns: [this.topic.arn],
    });
    new aws.budgets.Budget(
      `${this.#name}-cost`,
      {
        name,
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: String(usd),
        limitUnit: "USD",
        // `user:` stands before tags of one's own: without it the budget sees no cost at all.
        // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
        costFilters: [
          {
            name: "TagKeyValue",
            values: Object.entries(tags).map(([key, value]) => `user:${key}$${value}`),
          },
        ],
        notifications: [tell("FORECASTED", 80), tell("ACTUAL", 100)],
      },
      { parent: this },
    );
  }
}

/** Lets CloudWatch, Budgets and EventBridge do `actions`, the former two for this account alone. */
function publishers(accountId: string, actions: string | string[], resource: string) {
  return [
    {
      ...allow(actions, resource),
      Principal: { Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] },
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    // EventBridge sends no source account: with a condition nothing would ever arrive.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    { ...allow(actions, resource), Principal: { Service: "events.amazonaws.com" } },
  ];
}
