import { stackRule } from "../../lib/rule.ts";
import { ec2 } from "../../lib/types.ts";

export const flowLogs = stackRule({
  name: "ec2-vpc-flow-logs",
  description: "Every VPC has a flow log, of what it refuses at least.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["EC2.6"],
    cis5: ["3.7"],
    cis3: ["3.7"],
    nist: ["AU-12", "SI-4"],
    checkov: ["CKV2_AWS_11"],
    nag: ["AwsSolutions-VPC7"],
  },
  remediationSteps: "Give the VPC an aws.ec2.FlowLog with trafficType REJECT or ALL.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6",
  types: [ec2.Vpc],
  *check(vpc, { stack }) {
    const logs = stack.companions(vpc, ec2.FlowLog, "vpcId");
    if (!logs.some(({ props }) => ["ALL", "REJECT"].some((type) => type === props.trafficType)))
      yield {
        wrong: logs.length === 0 ? "it has no flow log" : "its flow log leaves out what is refused",
        write: 'an aws.ec2.FlowLog of it with trafficType "ALL"',
      };
  },
});
