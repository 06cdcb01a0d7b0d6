import assert from "node:assert/strict";
import { marginalCost } from "../../bench/growth.mts";
import { asJson, asTable } from "../../bench/report.mts";
import { took } from "./support.mts";

const series = { name: "plain", budget: 20, terraform: 60 };
const grown = (projects: number, seconds: number, memory?: number) =>
  took(
    `plain/${String(projects)}`,
    [seconds],
    { series, needs: { deployed: true, projects }, budget: { memory: 1536 } },
    memory,
  );

const report = {
  stack: "dev",
  load: 0.456,
  cores: 2,
  terraformSource: "measured once",
  results: [
    took("off", [5, 4, 9], { budget: { seconds: 4.5, beside: "waits" }, terraform: 11 }, 300.4),
    took("on", [6.5, 6.25, 8], { than: "off", budget: { more: 2 } }),
    grown(5, 3, 1536),
    grown(50, 4.125, 1600),
    grown(200, 7.875),
  ],
};

describe("the benchmark's report", () => {
  it("has medians, ranges, memory, budgets, and what one takes more than another", () => {
    assert.equal(
      asTable(report),
      `seconds    median  least  most   MiB    budget        Terraform
off          5.00   4.00  9.00   300     4.5 s  over         11
on           6.50   6.25  8.00            +2 s    ok             +1.50 than off
plain/5      3.00   3.00  3.00  1536  1536 MiB    ok
plain/50     4.13   4.13  4.13  1600  1536 MiB  over
plain/200    7.88   7.88  7.88        1536 MiB

ms per project  slope  budget        Terraform
plain           25.00      20  over         60  with 5, 50, 200 projects

dev on a local AWS, 2 cores, load of the machine 0.5.
Budget of off: beside waits.
Terraform: measured once.
`,
    );
  });

  it("is JSON with every time, where a program reads it", () => {
    const [off, on] = report.results;
    assert.ok(off && on);
    assert.deepEqual(JSON.parse(asJson({ ...report, results: [off, on] })), {
      stack: "dev",
      cores: 2,
      load: 0.46,
      measurements: [
        {
          name: "off",
          median: 5,
          least: 4,
          most: 9,
          memory: 300,
          seconds: [5, 4, 9],
          budget: { seconds: 4.5, beside: "waits" },
          ok: false,
          terraform: 11,
        },
        {
          name: "on",
          median: 6.5,
          least: 6.25,
          most: 8,
          more: { than: "off", seconds: 1.5 },
          seconds: [6.5, 6.25, 8],
          budget: { more: 2 },
          ok: true,
        },
      ],
      growth: [],
      terraformSource: "measured once",
    });
    const { growth } = JSON.parse(asJson(report)) as { growth: unknown };
    assert.deepEqual(growth, [
      {
        name: "plain",
        projects: [5, 50, 200],
        millisecondsPerProject: 25,
        budget: 20,
        ok: false,
        terraform: 60,
      },
    ]);
  });

  it("judges nothing by a comparison that was not made", () => {
    const alone = { ...report, results: [took("on", [6], { than: "off", budget: { more: 2 } })] };
    assert.doesNotMatch(asTable(alone), /\b(ok|over)\b/);
  });

  it("judges no slope without a budget", () => {
    const series = { name: "packs" };
    const results = [5, 200].map((projects) =>
      took(`packs/${String(projects)}`, [projects / 10], {
        series,
        needs: { deployed: true, projects },
      }),
    );
    assert.match(asTable({ ...report, results }), /^packs +100\.00 +with 5, 200 projects$/m);
    const { growth } = JSON.parse(asJson({ ...report, results })) as { growth: unknown };
    const packs = { name: "packs", projects: [5, 200], millisecondsPerProject: 100 };
    assert.deepEqual(growth, [packs]);
  });

  it("takes the slope of all sizes for what one project more takes", () => {
    const line = [5, 50, 200, 1000].map((projects) => ({ projects, seconds: 3 + projects / 50 }));
    assert.ok(Math.abs((marginalCost(line) ?? NaN) - 20) < 1e-9);
    assert.equal(marginalCost([{ projects: 5, seconds: 3 }]), undefined);
    assert.equal(marginalCost([]), undefined);
  });
});
