import { isInternet } from "../../lib/network.ts";
import { isOf, type Resource } from "../../lib/resource.ts";
import { stackRule } from "../../lib/rule.ts";
import type { StackResources } from "../../lib/stack.ts";
import { type ArgsOf, ec2 } from "../../lib/types.ts";
import { known } from "../../lib/unknown.ts";

const ports = { SSH: 22, RDP: 3389 } as const;

export const noAdminPorts = stackRule({
  name: "net-nacl-no-admin-ports",
  description: "No network ACL lets the internet in to SSH or RDP.",
  severity: "medium",
  enforcementLevel: "advisory",
  controls: {
    fsbp: ["EC2.21"],
    cis5: ["5.2"],
    cis3: ["5.1"],
    nist: ["AC-4(21)", "SC-7(21)"],
    checkov: ["CKV_AWS_229", "CKV_AWS_230", "CKV_AWS_231", "CKV_AWS_232"],
  },
  remediationSteps:
    "Deny ports 22 and 3389 from 0.0.0.0/0 and ::/0 by rules with lower numbers than those that allow.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-21",
  types: [ec2.DefaultNetworkAcl, ec2.NetworkAcl, ec2.Vpc],
  *check(resource, { stack }) {
    if (isOf(resource, ec2.Vpc)) {
      if (stack.companions(resource, ec2.DefaultNetworkAcl, "defaultNetworkAclId").length === 0)
        yield {
          wrong: "its default network ACL lets everything in",
          write: "an aws.ec2.DefaultNetworkAcl of it that denies 22 and 3389 first",
        };
      return;
    }
    const rules = entriesOf(resource, stack).sort((a, b) => a.ruleNo - b.ruleNo);
    for (const [service, port] of Object.entries(ports))
      for (const everyone of ["0.0.0.0/0", "::/0"]) {
        const first = rules.find((rule) => decides(rule, port, everyone));
        if (first?.action === "allow")
          yield {
            wrong: `its rule ${first.ruleNo} lets ${first.range} in to ${service}`,
            write: `a rule below ${first.ruleNo} that denies ${port} from ${everyone}`,
            detail: `${service} from ${everyone}`,
          };
      }
  },
});

/** A rule for what comes in. */
interface Entry {
  readonly ruleNo: number;
  readonly action: string;
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly range: string;
}

type Acl = Resource<ArgsOf<typeof ec2.DefaultNetworkAcl> | ArgsOf<typeof ec2.NetworkAcl>>;

function entriesOf(acl: Acl, stack: StackResources): Entry[] {
  // A list left out is unknown before AWS answers; it is then empty, or has the rules below in it.
  const inline = known(() => acl.props.ingress) ?? [];
  // Of the two ranges AWS's answer has the one that is not given as an empty text.
  return [
    ...inline.map((rule) => ({ ...rule, range: rule.cidrBlock || rule.ipv6CidrBlock || "" })),
    ...stack
      .companions(acl, ec2.NetworkAclRule, "networkAclId")
      .filter(({ props }) => !props.egress)
      .map(({ props }) => ({
        ruleNo: props.ruleNumber,
        action: props.ruleAction,
        protocol: props.protocol,
        fromPort: props.fromPort ?? 0,
        toPort: props.toPort ?? 0,
        range: props.cidrBlock || props.ipv6CidrBlock || "",
      })),
  ];
}

/** Whether the rule says what becomes of a connection to the port: one that denies, only if it denies it everyone. */
function decides(rule: Entry, port: number, everyone: string): boolean {
  const isFamily = rule.range.includes(":") === everyone.includes(":");
  const isFrom = rule.action === "deny" ? rule.range === everyone : isInternet(rule.range);
  const isAll = rule.protocol === "-1" || rule.protocol === "all";
  const isTcp = rule.protocol === "6" || rule.protocol === "tcp";
  const isPort = rule.fromPort <= port && port <= rule.toPort;
  return isFamily && isFrom && (isAll || (isTcp && isPort));
}
