import type { Result } from "../../bench/measure.mts";
import type { Group, Measurement } from "../../bench/measurement.mts";

/** A measurement that takes no time. */
export const fake = (name: string, more: Partial<Measurement> = {}): Measurement => ({
  name,
  description: name,
  run: () => Promise.resolve(),
  ...more,
});

/** A result as if each run had taken these seconds. */
export const took = (
  name: string,
  seconds: readonly number[],
  more: Partial<Measurement> = {},
  memory?: number,
): Result => ({
  measurement: fake(name, more),
  samples: seconds.map((one) => ({ seconds: one, memory })),
});

export const groupOf = (
  measurements: readonly Measurement[],
  more: Partial<Group> = {},
): Group => ({
  warmUp: true,
  runs: 1,
  long: false,
  measurements,
  ...more,
});
