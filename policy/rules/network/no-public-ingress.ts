import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";

/** Security Hub EC2.18: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html */
export const noPublicIngress: ResourceValidationPolicy = {
  name: "ec2-sg-no-public-ingress",
  description: "No security group lets the internet in.",
  enforcementLevel: "mandatory",
  validateResource: [
    validateResourceOfType(aws.ec2.SecurityGroup, ({ ingress = [] }, _args, report) => {
      for (const { cidrBlocks = [], ipv6CidrBlocks = [] } of ingress)
        for (const range of [...cidrBlocks, ...ipv6CidrBlocks]) refuse(range, report);
    }),
    validateResourceOfType(aws.ec2.SecurityGroupRule, (rule, _args, report) => {
      if (rule.type !== "ingress") return;
      for (const range of [...(rule.cidrBlocks ?? []), ...(rule.ipv6CidrBlocks ?? [])])
        refuse(range, report);
    }),
    validateResourceOfType(aws.vpc.SecurityGroupIngressRule, (rule, _args, report) => {
      for (const range of [rule.cidrIpv4, rule.cidrIpv6]) if (range) refuse(range, report);
    }),
  ],
};

/** A range of half the addresses or more is the internet, however it is written. */
function refuse(range: string, report: (message: string) => void): void {
  if (Number(range.split("/")[1]) <= 1)
    report(`It lets ${range} in: name the addresses or the security group that need it.`);
}
