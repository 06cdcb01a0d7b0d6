import assert from "node:assert/strict";
import { fargateMemory } from "../../components/lib/fargate.ts";

describe("fargate", () => {
  it("has the pairs of vCPU and memory that Batch's API names", () => {
    const ends = Object.entries(fargateMemory).map(([vcpus, sizes]) => [
      vcpus,
      sizes[0],
      sizes.at(-1),
      sizes.length,
    ]);
    assert.deepEqual(
      ends.sort((a, b) => Number(a[0]) - Number(b[0])),
      [
        ["0.25", 512, 2048, 3],
        ["0.5", 1024, 4096, 4],
        ["1", 2048, 8192, 7],
        ["2", 4096, 16384, 13],
        ["4", 8192, 30720, 23],
        ["8", 16384, 61440, 12],
        ["16", 32768, 122880, 12],
        ["32", 61440, 249856, 3],
      ],
    );
  });
});
