// Calls that would have left this machine: kept in a file, so that `make` can show them.
import { appendFileSync, readFileSync, statSync } from "node:fs";

export const REFUSALS = "refused.log";

export function refusalMessage(host: string): string {
  return `refused a call to ${host}: the local AWS lets no call leave this machine`;
}

export function recordRefusal(file: string, how: string, host: string): void {
  appendFileSync(file, `${new Date().toISOString()} ${how} ${host}\n`);
}

export function refusalsEnd(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Hosts refused since the file ended at `from`, each with how often. */
export function refusedSince(file: string, from: number): Map<string, number> {
  const counts = new Map<string, number>();
  if (refusalsEnd(file) <= from) return counts;
  for (const line of readFileSync(file).subarray(from).toString().trim().split("\n")) {
    const host = line.split(" ")[2];
    if (host) counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return counts;
}
