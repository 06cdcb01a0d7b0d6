import { actionMatchesResource } from "./action-matches-resource.ts";
import { groupRequiresMfa } from "./group-requires-mfa.ts";
import { noAccessKey } from "./no-access-key.ts";
import { noActionWildcard } from "./no-action-wildcard.ts";
import { noBroadOrInline } from "./no-broad-or-inline.ts";
import { noNotElement } from "./no-not-element.ts";
import { noPrivilegeEscalation } from "./no-privilege-escalation.ts";
import { noServiceWildcard } from "./no-service-wildcard.ts";
import { noStarResource } from "./no-star-resource.ts";
import { noUserAttachment } from "./no-user-attachment.ts";
import { oidcSubScoped } from "./oidc-sub-scoped.ts";
import { trustScoped } from "./trust-scoped.ts";

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
