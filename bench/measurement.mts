// What a measurement is.
import type { Stack, Standing } from "./stack.mts";

/** What a measurement is to keep, on 2 cores with warm caches. The benchmark says so, and fails on none. */
export interface Budget {
  /** Of the median. */
  readonly seconds?: number;
  /** Of the median above that of the measurement it is compared with. */
  readonly more?: number;
  /** Of the most that any run took, in MiB. */
  readonly memory?: number;
  /** What the budget leaves out. @default nothing */
  readonly beside?: string;
}

/** The same measured with more and more projects. */
export interface Series {
  readonly name: string;
  /** Milliseconds that one project more may take. @default none */
  readonly budget?: number;
  /** Milliseconds that one project more takes Terraform, see `terraformSource`. */
  readonly terraform?: number;
}

export interface Measurement {
  /** As `--only` takes it. */
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  /** How the stack is to be before. @default as it is */
  readonly needs?: Standing;
  /** Name of the one that it is compared with. @default none */
  readonly than?: string;
  /** The series that it is a point of, at the projects that it needs. @default none */
  readonly series?: Series;
  readonly budget?: Budget;
  /** Seconds that the same takes Terraform, see `terraformSource`. */
  readonly terraform?: number;
  /** What is timed. Rejects where it goes wrong. */
  run(stack: Stack): Promise<unknown>;
}

/** Measurements that are timed by turns. */
export interface Group {
  /** Whether there is a first round that does not count. */
  readonly warmUp: boolean;
  /** How often each is timed where nothing else is asked for. */
  readonly runs: number;
  /** Whether it is measured only where asked for. */
  readonly long: boolean;
  readonly measurements: readonly Measurement[];
}
