import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { attachPolicy } from "./attachment.ts";
import type { Context } from "./lib/context.ts";
import { atPath, bounded } from "./lib/iam.ts";
import { allow, document, serviceTrust } from "./lib/policies.ts";

export interface FlowLogsArgs {
  readonly context: Context;
  readonly vpc: aws.ec2.Vpc;
  /** Days for which they are kept. */
  readonly logRetentionDays: number;
  /** ARN of the KMS key that they are encrypted with. @default a key of CloudWatch Logs */
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
}

/** Flow logs of all traffic of the VPC, their log group, and the role that writes there alone. */
export function createFlowLogs(
  name: string,
  { context, vpc, logRetentionDays, kmsKeyArn }: FlowLogsArgs,
  opts: Pick<pulumi.CustomResourceOptions, "parent">,
): void {
  const { names, arns } = context;
  const group = new aws.cloudwatch.LogGroup(
    name,
    {
      name: names.flowLogs,
      retentionInDays: logRetentionDays,
      kmsKeyId: kmsKeyArn,
    },
    opts,
  );
  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
  const role = new aws.iam.Role(
    name,
    {
      ...bounded(context),
      name: names.flowLogsRole,
      description: "Role for VPC flow logs",
      assumeRolePolicy: serviceTrust(context, "vpc-flow-logs.amazonaws.com", arns.vpcFlowLogs()),
    },
    opts,
  );
  const policy = new aws.iam.Policy(
    name,
    {
      ...atPath(context),
      name: names.flowLogsPolicy,
      description: `Policy allowing VPC flow logs to be written for ${names.prefix}`,
      policy: document(
        allow(
          ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          `${arns.logGroup(names.flowLogs)}:*`,
        ),
      ),
    },
    opts,
  );
  const attached = attachPolicy(name, policy, role, opts);
  new aws.ec2.FlowLog(
    name,
    {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: { Name: names.vpc },
    },
    { ...opts, dependsOn: [attached] },
  );
}
