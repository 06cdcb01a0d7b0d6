// Waivers of the policy pack: which are over, soon will be, or are for nothing that the stack has.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { packConfig } from "../../policy/pack.mts";
import { daysLeft, hasExpired, matches, type Waiver } from "../../policy/lib/waivers.ts";
import { clone } from "../lib/pulumi.mts";
import { fail, type Finding, ok, warn } from "./finding.mts";

/** Time enough to ask whoever answers for it. */
const SOON_DAYS = 30;

type Config = Readonly<Record<string, string | { readonly waivers?: readonly Waiver[] }>>;

/** `urns` are those of the state, none where the stack is not deployed. */
export function waivers(
  stack: string,
  urns: readonly string[],
  today = new Date().toISOString().slice(0, 10),
): Finding[] {
  const file = packConfig(stack);
  const config = JSON.parse(readFileSync(file, "utf8")) as Config;
  const all = Object.entries(config).flatMap(([rule, settings]) =>
    typeof settings === "string"
      ? []
      : (settings.waivers ?? []).map((waiver) => ({ rule, waiver })),
  );
  const found = all.flatMap(({ rule, waiver }): Finding[] => {
    const check = `waiver ${rule}`;
    const of = `of ${waiver.owner}, for ${waiver.finding}`;
    if (hasExpired(waiver, today))
      return [
        { check, ...fail(`ended on ${waiver.expires}, ${of}: mend what it is for, or renew it`) },
      ];
    const days = daysLeft(waiver, today);
    if (days <= SOON_DAYS)
      return [{ check, ...warn(`ends in ${days} days, on ${waiver.expires}, ${of}`) }];
    // Which of a resource's findings it is for, the pack knows, not the state.
    const [finding = ""] = waiver.finding.split("#");
    const isNeeded = urns.some((urn) => matches({ ...waiver, finding }, urn, undefined));
    if (urns.length > 0 && !isNeeded)
      return [{ check, ...warn(`for nothing that ${stack} has, ${of}: take it out`) }];
    return [];
  });
  if (found.length > 0) return found;
  return [
    {
      check: "waivers",
      ...ok(`${all.length} in ${relative(clone, file)}, none ends within ${SOON_DAYS} days`),
    },
  ];
}
