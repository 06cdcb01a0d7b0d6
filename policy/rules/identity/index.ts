import { actionMatchesResource } from "./action-matches-resource";
import { groupRequiresMfa } from "./group-requires-mfa";
import { noAccessKey } from "./no-access-key";
import { noActionWildcard } from "./no-action-wildcard";
import { noBroadOrInline } from "./no-broad-or-inline";
import { noNotElement } from "./no-not-element";
import { noPrivilegeEscalation } from "./no-privilege-escalation";
import { noServiceWildcard } from "./no-service-wildcard";
import { noStarResource } from "./no-star-resource";
import { noUserAttachment } from "./no-user-attachment";
import { oidcSubScoped } from "./oidc-sub-scoped";
import { trustScoped } from "./trust-scoped";

export const identity = [
  actionMatchesResource,
  groupRequiresMfa,
  noAccessKey,
  noActionWildcard,
  noBroadOrInline,
  noNotElement,
  noPrivilegeEscalation,
  noServiceWildcard,
  noStarResource,
  noUserAttachment,
  oidcSubScoped,
  trustScoped,
];
