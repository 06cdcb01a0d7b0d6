import { z } from "zod";
import { stackRule } from "../../lib/rule.ts";
import { Stack } from "../../lib/types.ts";
import { daysLeft, hasExpired } from "../../lib/waivers.ts";

export const renewal = stackRule({
  name: "waiver-renewal",
  description: "A waiver that expires soon is repaired or renewed in time.",
  severity: "low",
  enforcementLevel: "advisory",
  controls: { nist: ["CA-5"] },
  remediationSteps:
    "Repair the finding and remove the waiver, or let its owner give it a new date.",
  url: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
  types: [Stack],
  waivable: false,
  settings: {
    noticeDays: z
      .int()
      .min(1)
      .default(30)
      .describe("Days before the end of a waiver on which the warnings begin."),
  },
  *check(_stack, { waivers, today, settings }) {
    for (const { rule, waiver } of waivers) {
      const { finding, expires, owner } = waiver;
      const left = daysLeft(waiver, today);
      if (hasExpired(waiver, today) || left > settings.noticeDays) continue;
      yield {
        wrong: `the waiver of ${rule} for ${finding} expires on ${expires}, in ${left} days`,
        write: `a later date, if ${owner} agrees, or repair it and remove the waiver`,
      };
    }
  },
});
