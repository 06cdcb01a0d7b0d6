import { cidrDisjoint } from "./cidr-disjoint";
import { defaultGroupClosed } from "./default-sg-closed";
import { noAdminPorts } from "./nacl-no-admin-ports";
import { natPerZone } from "./nat-per-az";
import { described } from "./sg-described";
import { egressNarrow } from "./sg-egress-narrow";
import { noMixedRules } from "./sg-no-mixed-rules";
import { noPublicIngress } from "./sg-no-public-ingress";
import { noAutoPublicIp } from "./subnet-no-auto-public-ip";
import { tierRoutes } from "./tier-routes";
import { flowLogs } from "./vpc-flow-logs";

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
