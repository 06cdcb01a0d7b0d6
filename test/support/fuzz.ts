import type { Parameters } from "fast-check";

const { DSE_FUZZ_RUNS: times = "1", DSE_FUZZ_SEED: seed } = process.env;

/**
 * How often a property is tried, and from which seed: always the same in `make unit`. DSE_FUZZ_RUNS=50 tries fifty times as
 * often and, as the same again would be no use, from a seed of chance, unless DSE_FUZZ_SEED is the one of a failure.
 */
export function runs<T>(count: number): Parameters<T> {
  const numRuns = count * Number(times);
  if (seed !== undefined) return { numRuns, seed: Number(seed) };
  return times === "1" ? { numRuns, seed: 1 } : { numRuns };
}
