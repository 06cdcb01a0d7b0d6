import { type Finding, isOf, resourceRule } from "../../lib/rule";
import { ec2, vpc } from "../../lib/types";

export const noPublicIngress = resourceRule({
  name: "ec2-sg-no-public-ingress",
  description: "No security group lets the internet in.",
  severity: "critical",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["EC2.13", "EC2.14", "EC2.18"],
    cis5: ["5.3", "5.4"],
    cis3: ["5.2", "5.3"],
    checkov: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"],
    nag: ["AwsSolutions-EC23"],
  },
  remediationSteps: "Name the addresses or the security group that need to come in.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18",
  types: [ec2.SecurityGroup, ec2.SecurityGroupRule, vpc.SecurityGroupIngressRule],
  *check(resource) {
    if (isOf(resource, ec2.SecurityGroup))
      for (const { cidrBlocks = [], ipv6CidrBlocks = [] } of resource.props.ingress ?? [])
        yield* open([...cidrBlocks, ...ipv6CidrBlocks]);
    else if (isOf(resource, ec2.SecurityGroupRule)) {
      const { type, cidrBlocks = [], ipv6CidrBlocks = [] } = resource.props;
      if (type === "ingress") yield* open([...cidrBlocks, ...ipv6CidrBlocks]);
    } else {
      const { cidrIpv4 = "", cidrIpv6 = "" } = resource.props;
      yield* open([cidrIpv4, cidrIpv6]);
    }
  },
});

/** A range of half the addresses or more is the internet, however it is written. */
function* open(ranges: readonly string[]): Iterable<Finding> {
  for (const range of ranges)
    if (range && Number(range.split("/")[1]) <= 1)
      yield {
        wrong: `it lets ${range} in`,
        write: "the addresses or the security group that need to come in",
        detail: range,
      };
}
