/** Where Fargate takes its capacity from. Spot is cheaper, and may end a job with two minutes' notice. */
export const fargateCapacities = ["FARGATE", "FARGATE_SPOT"] as const;
export type FargateCapacity = (typeof fargateCapacities)[number];

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);

/**
 * Memory in MiB that Fargate offers with each number of vCPUs.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
 */
export const fargateMemory: Readonly<Record<string, readonly number[]>> = {
  "0.25": [512, 1024, 2048],
  "0.5": range(1024, 4096, 1024),
  "1": range(2048, 8192, 1024),
  "2": range(4096, 16384, 1024),
  "4": range(8192, 30720, 1024),
  "8": range(16384, 61440, 4096),
  "16": range(32768, 122880, 8192),
  "32": [61440, 122880, 249856],
};
