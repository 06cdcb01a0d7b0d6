// What the benchmark does and in which order; the times themselves are the machine's.
import assert from "node:assert/strict";
import { choose } from "../../bench/choose.mts";
import { measure, median } from "../../bench/measure.mts";
import { groups } from "../../bench/measurements.mts";
import { descendants } from "../../bench/memory.mts";
import { Stack } from "../../bench/stack.mts";
import type { Instance } from "../../local/instance.mts";
import { fake, groupOf } from "./support.mts";

const instance = { processes: [] as Instance["processes"] } as Instance;
const { signal } = new AbortController();
const quiet = () => undefined;

/** A stack whose engine does nothing, and what was asked of it. */
function recordedStack() {
  const asked: string[] = [];
  const engine = (_: Instance, args: string[]) => {
    asked.push(args.slice(0, args[0] === "config" || args[0] === "stack" ? 2 : 1).join(" "));
    return Promise.resolve("");
  };
  return { asked, stack: new Stack(instance, "dev", engine) };
}

describe("the benchmark's measurements", () => {
  it("are taken by turns, after a round that does not count where one is asked for", async () => {
    for (const [warmUp, rounds] of [
      [true, 3],
      [false, 2],
    ] as const) {
      const ran: string[] = [];
      const run = (name: string) => fake(name, { run: () => Promise.resolve(ran.push(name)) });
      const group = groupOf([run("off"), run("on")], { warmUp });
      const said: string[] = [];
      const say = (line: string) => void said.push(line);
      const found = await measure(group, recordedStack().stack, 2, say, signal);
      assert.deepEqual(ran, Array.from({ length: rounds }, () => ["off", "on"]).flat());
      const counts = found.map(({ measurement, samples }) => [measurement.name, samples.length]);
      assert.deepEqual(counts, [
        ["off", 2],
        ["on", 2],
      ]);
      assert.equal(said.length, 2 * rounds);
    }
  });

  it("end at what goes wrong, and when they are interrupted", async () => {
    const { stack } = recordedStack();
    const wrong = fake("wrong", { run: () => Promise.reject(new Error("no preview")) });
    await assert.rejects(measure(groupOf([wrong]), stack, 1, quiet, signal), /no preview/);
    const aborted = AbortSignal.abort(new Error("interrupted"));
    const never = fake("never", { run: () => assert.fail("it ran") });
    await assert.rejects(measure(groupOf([never]), stack, 1, quiet, aborted), /interrupted/);
  });

  it("find the stack as they need it, by as little as it takes", async () => {
    const { asked, stack } = recordedStack();
    const needs = async (deployed: boolean, projects?: number) => {
      asked.length = 0;
      await stack.bring({ deployed, ...(projects !== undefined && { projects }) });
      return asked;
    };
    assert.deepEqual(await needs(false), ["stack init"]);
    assert.deepEqual(await needs(false), []);
    assert.deepEqual(await needs(true), ["up"]);
    assert.deepEqual(await needs(true), []);
    assert.deepEqual(await needs(true, 5), ["config set-all", "up"]);
    assert.deepEqual(await needs(true, 5), []);
    assert.deepEqual(await needs(false, 50), ["destroy", "config set-all"]);
    assert.deepEqual(await needs(false, 200), ["config set-all"]);
  });

  it("of memory are of what the benchmark started, and not of the local AWS", () => {
    const processes = [
      { pid: 1, parent: 0 },
      { pid: 10, parent: 1 },
      { pid: 11, parent: 10 },
      { pid: 12, parent: 11 },
      { pid: 13, parent: 10 },
      { pid: 14, parent: 13 },
      { pid: 20, parent: 1 },
    ];
    assert.deepEqual(descendants(processes, 10, new Set([13])), [11, 12]);
  });

  it("are compared with ones that are taken, under names of their own", () => {
    const all = groups.flatMap(({ measurements }) => measurements);
    const names = all.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { than } of all) assert.ok(than === undefined || names.includes(than));
  });

  it("are chosen by name, else those that take no long time, or all", () => {
    const all = [groupOf([fake("a"), fake("b")]), groupOf([fake("c")], { long: true })];
    const chosen = (only: string[] | undefined, everything: boolean) =>
      choose(all, only, everything).map(({ measurements }) => measurements.map(({ name }) => name));
    assert.deepEqual(chosen(undefined, false), [["a", "b"]]);
    assert.deepEqual(chosen(undefined, true), [["a", "b"], ["c"]]);
    assert.deepEqual(chosen(["c", "b"], false), [["b"], ["c"]]);
    assert.throws(() => chosen(["c", "d"], false), /--only d: there are a, b, c/);
  });

  it("have a median", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([10, 1, 2, 4]), 3);
    assert.equal(median([7]), 7);
  });
});
