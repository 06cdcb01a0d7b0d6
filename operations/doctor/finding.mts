// What doctor says of one thing.
import type { Stack } from "../lib/stack.mts";

export interface Finding {
  readonly check: string;
  readonly result: "ok" | "warn" | "fail";
  readonly detail: string;
}

export type Outcome = Omit<Finding, "check">;

export const ok = (detail: string): Outcome => ({ result: "ok", detail });
export const warn = (detail: string): Outcome => ({ result: "warn", detail });
export const fail = (detail: string): Outcome => ({ result: "fail", detail });

/** A setting that is no text. */
export const parsed = <T,>(stack: Stack, key: string, otherwise: T): T => {
  const text = stack.setting(key);
  return text ? (JSON.parse(text) as T) : otherwise;
};
