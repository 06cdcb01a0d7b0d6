import { stackRule } from "../../lib/rule.ts";
import { ec2 } from "../../lib/types.ts";
import { known } from "../../lib/unknown.ts";

export const defaultGroupClosed = stackRule({
  name: "ec2-default-sg-closed",
  description: "The default security group of every VPC has no rules.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["EC2.2"],
    cis5: ["5.5"],
    cis3: ["5.4"],
    nist: ["SC-7(5)"],
    checkov: ["CKV2_AWS_12"],
  },
  remediationSteps:
    "Adopt the group as an aws.ec2.DefaultSecurityGroup of the VPC with ingress: [] and egress: [].",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2",
  types: [ec2.Vpc],
  *check(vpc, { stack }) {
    const groups = stack.companions(vpc, ec2.DefaultSecurityGroup, "vpcId");
    const write = "an aws.ec2.DefaultSecurityGroup of it with ingress: [] and egress: []";
    if (groups.length === 0)
      yield { wrong: "its default security group is open to itself and outwards", write };
    for (const { props } of groups)
      for (const direction of ["ingress", "egress"] as const)
        // Its adoption takes every rule away; a list left out is unknown till then.
        if ((known(() => props[direction]) ?? []).length > 0)
          yield {
            wrong: `its default security group has rules of ${direction}`,
            write,
            detail: direction,
          };
  },
});
