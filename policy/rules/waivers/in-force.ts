import { stackRule } from "../../lib/rule.ts";
import { Stack } from "../../lib/types.ts";
import { hasExpired } from "../../lib/waivers.ts";

export const inForce = stackRule({
  name: "waiver-in-force",
  description: "A waiver has not expired, and a finding needs it.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["CA-5"] },
  remediationSteps:
    "Repair the finding and remove the waiver; or, where it must stay, let its owner give it a new date.",
  url: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
  types: [Stack],
  waivable: false,
  *check(_stack, { waivers, today }) {
    for (const { rule, waiver, used } of waivers) {
      const { finding, expires, owner } = waiver;
      if (hasExpired(waiver, today))
        yield {
          wrong: `the waiver of ${rule} for ${finding} expired on ${expires}`,
          write: `a later date, if ${owner} agrees, or repair it and remove the waiver`,
        };
      else if (!used)
        yield {
          wrong: `the waiver of ${rule} for ${finding} matches no finding`,
          write: "the URN of the finding, or remove the waiver",
        };
    }
  },
});
