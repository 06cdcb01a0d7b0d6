import { resourceRule } from "../../lib/rule.ts";
import { ec2 } from "../../lib/types.ts";

export const noAutoPublicIp = resourceRule({
  name: "ec2-subnet-no-auto-public-ip",
  description: "No subnet gives a public address to whatever starts in it.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["EC2.15"], nist: ["AC-4(21)"], checkov: ["CKV_AWS_130"] },
  remediationSteps:
    "Leave mapPublicIpOnLaunch off. A Fargate task asks for its public address itself, by assignPublicIp.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-15",
  types: [ec2.Subnet],
  *check({ props }) {
    if (props.mapPublicIpOnLaunch)
      yield {
        wrong: "it gives a public address to whatever starts in it",
        write: "mapPublicIpOnLaunch: false",
      };
  },
});
