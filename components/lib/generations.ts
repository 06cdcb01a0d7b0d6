import { createHash } from "node:crypto";

/** What a resource cannot be updated in place for, as text by name. */
export type Immutables = Readonly<Record<string, string>>;

/**
 * The name of a resource whose replacement must stand before it goes: `name` where it is as it was `first` made,
 * else `name` and eight hexadecimal digits of what it is `now`. Going back to the first gives the first name again.
 */
export function generationName(name: string, first: Immutables, now: Immutables): string {
  const [was, is] = [canonical(first), canonical(now)];
  return was === is ? name : `${name}-${createHash("sha256").update(is).digest("hex").slice(0, 8)}`;
}

function canonical(immutables: Immutables): string {
  return JSON.stringify(Object.entries(immutables).sort(([a], [b]) => (a < b ? -1 : 1)));
}
