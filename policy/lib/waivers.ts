import { z } from "zod";

/**
 * A finding that stays for now. `finding` is its URN, in which `*` stands for any characters; `#detail` after it
 * narrows it to one of the resource's findings.
 */
export const waiverSchema = z.strictObject({
  finding: z
    .string()
    .regex(/::[^:#]*[^:#*][^:#]*(#.+)?$/, "must be the URN of a resource, with its name"),
  reason: z.string().min(20, "must say why, in a sentence"),
  owner: z.string().min(1, "must name who answers for it"),
  /** The last day on which it holds. */
  expires: z.iso.date("must be a date such as 2027-06-30"),
});

export type Waiver = z.output<typeof waiverSchema>;

/** A day as YYYY-MM-DD, of which the earlier is the smaller text. */
export type Day = string;

export const hasExpired = ({ expires }: Waiver, today: Day): boolean => expires < today;

export function daysLeft({ expires }: Waiver, today: Day): number {
  return Math.round((Date.parse(expires) - Date.parse(today)) / 86_400_000);
}

export function matches({ finding }: Waiver, urn: string, detail: string | undefined): boolean {
  const whole = detail !== undefined && finding.includes("#") ? `${urn}#${detail}` : urn;
  const parts = finding.split("*").map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(whole);
}

/** A waiver that a rule was given, and whether one of the rule's findings needs it. */
export interface GivenWaiver {
  readonly rule: string;
  readonly waiver: Waiver;
  readonly used: boolean;
}

/** What rules were given of waivers, and which of them they needed. */
export class Ledger {
  readonly #given = new Map<string, GivenWaiver>();

  give(rule: string, waivers: readonly Waiver[]): void {
    for (const waiver of waivers) {
      const key = idOf(rule, waiver);
      if (!this.#given.has(key)) this.#given.set(key, { rule, waiver, used: false });
    }
  }

  use(rule: string, waiver: Waiver): void {
    this.#given.set(idOf(rule, waiver), { rule, waiver, used: true });
  }

  /** A rule that met an unknown value may have missed what its waivers are for: none of them is in vain. */
  spare(rule: string): void {
    for (const given of this.given) if (given.rule === rule) this.use(rule, given.waiver);
  }

  get given(): GivenWaiver[] {
    return [...this.#given.values()];
  }
}

const idOf = (rule: string, waiver: Waiver): string => JSON.stringify([rule, waiver]);
