// What the benchmark makes of its times; the times themselves are the machine's.
import assert from "node:assert/strict";
import type { Instance } from "../../local/instance.mts";
import { measure, median, type Times } from "../../bench/measure.mts";
import { type Measurement, measurements } from "../../bench/measurements.mts";
import { asJson, asTable } from "../../bench/report.mts";

const instance = {} as Instance;
const fake = (name: string, run: () => Promise<unknown>, than?: string): Measurement => ({
  name,
  description: name,
  run,
  ...(than !== undefined && { than }),
});
const times = (name: string, seconds: number[], than?: string): Times => ({
  measurement: fake(name, () => Promise.resolve(), than),
  seconds,
});

describe("the benchmark", () => {
  it("times by turns, after a round that does not count", async () => {
    const ran: string[] = [];
    const run = (name: string) => fake(name, () => Promise.resolve(ran.push(name)));
    const signal = new AbortController().signal;
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const found = await measure([run("off"), run("on")], instance, 2, say, signal);
    assert.deepEqual(ran, ["off", "on", "off", "on", "off", "on"]);
    assert.deepEqual(
      found.map(({ measurement, seconds }) => [measurement.name, seconds.length]),
      [
        ["off", 2],
        ["on", 2],
      ],
    );
    assert.equal(said.length, 6);
  });

  it("stops at what goes wrong, and when it is interrupted", async () => {
    const { signal } = new AbortController();
    const wrong = fake("wrong", () => Promise.reject(new Error("no preview")));
    await assert.rejects(
      measure([wrong], instance, 1, () => undefined, signal),
      /no preview/,
    );
    const aborted = AbortSignal.abort(new Error("interrupted"));
    const never = fake("never", () => assert.fail("it ran"));
    await assert.rejects(
      measure([never], instance, 1, () => undefined, aborted),
      /interrupted/,
    );
  });

  it("takes the median", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([10, 1, 2, 4]), 3);
    assert.equal(median([7]), 7);
  });

  it("reports medians, ranges, and what one takes more than another", () => {
    const report = {
      stack: "dev",
      runs: 3,
      load: 0.456,
      times: [times("off", [5, 4, 9]), times("on", [6.5, 6.25, 8], "off")],
    };
    assert.equal(
      asTable(report),
      `seconds  median  least  most
off        5.00   4.00  9.00
on         6.50   6.25  8.00  +1.50 than off

dev on a local AWS, 3 runs each, by turns; load of the machine 0.5.
`,
    );
    assert.deepEqual(JSON.parse(asJson(report)), {
      stack: "dev",
      runs: 3,
      load: 0.46,
      measurements: [
        { name: "off", median: 5, least: 4, most: 9, seconds: [5, 4, 9] },
        {
          name: "on",
          median: 6.5,
          least: 6.25,
          most: 8,
          more: { than: "off", seconds: 1.5 },
          seconds: [6.5, 6.25, 8],
        },
      ],
    });
  });

  it("compares measurements with ones that there are, under names of their own", () => {
    const names = measurements.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { than } of measurements) assert.ok(than === undefined || names.includes(than));
  });
});
