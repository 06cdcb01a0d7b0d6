import type { Say } from "../local/instance.mts";
import { watchMemory } from "./memory.mts";
import type { Group, Measurement } from "./measurement.mts";
import type { Stack } from "./stack.mts";

/** What each run took. */
export interface Sample {
  readonly seconds: number;
  /** MiB, of all processes together; undefined where the system does not tell. */
  readonly memory: number | undefined;
}

export interface Result {
  readonly measurement: Measurement;
  readonly samples: readonly Sample[];
}

/**
 * Times the measurements of a group by turns, so that a machine that is busy for a while is so for all of them. A first
 * round that warms caches does not count.
 */
export async function measure(
  { measurements, warmUp }: Group,
  stack: Stack,
  runs: number,
  say: Say,
  signal: AbortSignal,
): Promise<Result[]> {
  const results = measurements.map((measurement) => ({ measurement, samples: [] as Sample[] }));
  for (let round = warmUp ? 0 : 1; round <= runs; round++)
    for (const { measurement, samples } of results) {
      signal.throwIfAborted();
      if (measurement.needs) await stack.bring(measurement.needs);
      signal.throwIfAborted();
      const sample = await take(measurement, stack);
      if (round > 0) samples.push(sample);
      const when = round === 0 ? "warm-up" : `run ${String(round)}`;
      say(`${when}: ${measurement.name} ${sample.seconds.toFixed(1)} s`);
    }
  return results;
}

async function take(measurement: Measurement, stack: Stack): Promise<Sample> {
  const watch = watchMemory(new Set(stack.instance.processes.map(({ pid }) => pid)));
  const from = performance.now();
  try {
    await measurement.run(stack);
  } finally {
    watch.stop();
  }
  return { seconds: (performance.now() - from) / 1000, memory: watch.stop() };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [below = NaN, above = NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}
