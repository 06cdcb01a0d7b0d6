import type { Instance, Say } from "../local/instance.mts";
import type { Measurement } from "./measurements.mts";

/** Seconds of each run. */
export interface Times {
  readonly measurement: Measurement;
  readonly seconds: readonly number[];
}

/**
 * Times all measurements by turns, so that a machine that is busy for a while is so for all of them. The first round
 * warms caches, and does not count.
 */
export async function measure(
  measurements: readonly Measurement[],
  instance: Instance,
  runs: number,
  say: Say,
  signal: AbortSignal,
): Promise<Times[]> {
  const times = measurements.map((measurement) => ({ measurement, seconds: [] as number[] }));
  for (let round = 0; round <= runs; round++)
    for (const { measurement, seconds } of times) {
      signal.throwIfAborted();
      const from = performance.now();
      await measurement.run(instance);
      const took = (performance.now() - from) / 1000;
      if (round > 0) seconds.push(took);
      say(`${round === 0 ? "warm-up" : `run ${round}`}: ${measurement.name} ${took.toFixed(1)} s`);
    }
  return times;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [below = NaN, above = NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}
