import { ec2, vpc } from "../../../policy/lib/types.ts";
import { noMixedRules } from "../../../policy/rules/network/sg-no-mixed-rules.ts";
import { type Fixture, fixture, testRule, UNKNOWN } from "../support.ts";

const https = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"] };
const group = (props: object) => fixture(ec2.SecurityGroup, "group", props);
const rule = (of: Fixture, props: object) =>
  fixture(ec2.SecurityGroupRule, "rule", props, { refs: { securityGroupId: of } });
const mixed = (of: Fixture, props: object = { type: "ingress", ...https }) => [of, rule(of, props)];
const inline = group({ ingress: [https], egress: [] });
const otherRange = { ...https, cidrBlocks: ["10.1.0.0/16"] };
const otherPort = { ...https, fromPort: 80, toPort: 80 };

testRule(noMixedRules, {
  good: mixed(group({ egress: [https] })),
  bad: {
    "ingress of another range": {
      stack: mixed(inline, { type: "ingress", ...otherRange }),
      finds: ["group"],
    },
    "ingress of one more range": {
      stack: mixed(group({ ingress: [{ ...https, cidrBlocks: ["10.0.0.0/16", "10.1.0.0/16"] }] })),
      finds: ["group"],
    },
    "ingress of another port": {
      stack: mixed(inline, { type: "ingress", ...otherPort }),
      finds: ["group"],
    },
    "egress of another port, by an egress rule": {
      stack: [
        group({ egress: [https] }),
        fixture(
          vpc.SecurityGroupEgressRule,
          "rule",
          { ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "10.0.0.0/16" },
          { refs: { securityGroupId: inline } },
        ),
      ],
      finds: ["group"],
    },
    "ingress from itself, by an ingress rule": {
      stack: [
        group({ ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }] }),
        fixture(
          vpc.SecurityGroupIngressRule,
          "rule",
          { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "10.0.0.0/16" },
          { refs: { securityGroupId: inline } },
        ),
      ],
      finds: ["group"],
    },
  },
  nearMiss: {
    "inline ingress, separate egress": mixed(inline, { type: "egress", ...https }),
    "a separate rule of another group": [
      inline,
      rule(fixture(ec2.SecurityGroup, "other", {}), { type: "ingress", ...otherRange }),
    ],
    "the separate rule as AWS tells it of the group": mixed(inline),
    "the separate rule for all, as AWS tells it of the group": [
      group({ egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }] }),
      fixture(
        vpc.SecurityGroupEgressRule,
        "rule",
        { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
        { refs: { securityGroupId: inline } },
      ),
    ],
    "rules of the group that are not known yet": mixed(group({ ingress: UNKNOWN })),
  },
  unknown: { "the direction": mixed(inline, { type: UNKNOWN, ...https }) },
  missing: { rules: { stack: [group({})], finds: [] } },
});
