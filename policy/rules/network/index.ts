import { cidrDisjoint } from "./cidr-disjoint.ts";
import { defaultGroupClosed } from "./default-sg-closed.ts";
import { noAdminPorts } from "./nacl-no-admin-ports.ts";
import { natPerZone } from "./nat-per-az.ts";
import { described } from "./sg-described.ts";
import { egressNarrow } from "./sg-egress-narrow.ts";
import { noMixedRules } from "./sg-no-mixed-rules.ts";
import { noPublicIngress } from "./sg-no-public-ingress.ts";
import { noAutoPublicIp } from "./subnet-no-auto-public-ip.ts";
import { tierRoutes } from "./tier-routes.ts";
import { flowLogs } from "./vpc-flow-logs.ts";

export const network = [
  defaultGroupClosed,
  described,
  egressNarrow,
  noMixedRules,
  noPublicIngress,
  noAutoPublicIp,
  flowLogs,
  cidrDisjoint,
  noAdminPorts,
  natPerZone,
  tierRoutes,
];
