import type { Group } from "./measurement.mts";

/** The groups to measure, with what is named of them, or what takes no long time. */
export function choose(
  groups: readonly Group[],
  only: readonly string[] | undefined,
  all: boolean,
): Group[] {
  if (!only) return groups.filter(({ long }) => all || !long);
  const known = groups.flatMap(({ measurements }) => measurements.map(({ name }) => name));
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`--only ${unknown.join(",")}: there are ${known.join(", ")}`);
  return groups
    .map((group) => ({
      ...group,
      measurements: group.measurements.filter(({ name }) => only.includes(name)),
    }))
    .filter(({ measurements }) => measurements.length > 0);
}
