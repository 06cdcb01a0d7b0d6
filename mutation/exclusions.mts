import type { Exclusion } from "./judge.mts";

/** Mutants that may survive. One that matches no survivor any more fails the run, as an unexplained survivor does. */
export const exclusions: readonly Exclusion[] = [];
