// What each project more takes.
import { packOptions } from "../policy/pack.mts";
import type { Group, Measurement, Series } from "./measurement.mts";

const first: Series = { name: "first-preview", budget: 30, terraform: 60 };
const plain: Series = { name: "preview", budget: 20 };
const refreshed: Series = { name: "refresh", budget: 88, terraform: 220 };
const checked: Series = { name: "packs" };

const deployedSizes = [5, 50, 200];
/** Only previewed: moto would take many minutes to make all of these. */
const largest = 1000;

function firstPreview(projects: number): Measurement {
  return {
    name: `first-preview/${String(projects)}`,
    description: `the first preview with ${String(projects)} projects`,
    needs: { deployed: false, projects },
    series: first,
    ...(projects === largest && { budget: { memory: 1536 } }),
    run: (stack) => stack.preview(),
  };
}

function nextPreviews(projects: number): Measurement[] {
  const needs = { deployed: true, projects };
  return [
    {
      name: `preview/${String(projects)}`,
      description: `the preview with nothing to change and ${String(projects)} projects`,
      needs,
      series: plain,
      run: (stack) => stack.preview("--expect-no-changes"),
    },
    {
      name: `refresh/${String(projects)}`,
      description: `the same with --refresh`,
      needs,
      series: refreshed,
      run: (stack) => stack.preview("--expect-no-changes", "--refresh"),
    },
    {
      name: `packs/${String(projects)}`,
      description: `the same with the policy pack instead`,
      needs,
      series: checked,
      run: (stack) => stack.preview("--expect-no-changes", ...packOptions(stack.name)),
    },
  ];
}

/** A size is deployed once, on top of the one before it. */
export const growth: readonly Group[] = [
  [...deployedSizes, largest].map(firstPreview),
  ...deployedSizes.map(nextPreviews),
].map((measurements) => ({ warmUp: false, runs: 3, long: true, measurements }));

export interface Point {
  readonly projects: number;
  readonly seconds: number;
}

/** Milliseconds that one project more takes: the slope of the line of least squares. Undefined of a single size. */
export function marginalCost(points: readonly Point[]): number | undefined {
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const x = mean(points.map(({ projects }) => projects));
  const y = mean(points.map(({ seconds }) => seconds));
  const spread = mean(points.map(({ projects }) => (projects - x) ** 2));
  if (points.length === 0 || spread === 0) return undefined;
  const together = mean(points.map(({ projects, seconds }) => (projects - x) * (seconds - y)));
  return (together / spread) * 1000;
}
