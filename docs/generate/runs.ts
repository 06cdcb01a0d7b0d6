import platform from "../../index.ts";
import { keptInAdopted } from "../../operations/adopt/settings.mts";
import { type Recording, runProgram } from "../../test/support/mocks.ts";

/** What the program makes, as it asks the engine for it. */
export interface Runs {
  readonly dev: Recording;
  readonly qa: Recording;
  /** dev with every part that a setting adds. */
  readonly full: Recording;
  /** A new stack of the reference's size and grants, in a preview. */
  readonly adopted: Recording;
}

export async function recordedRuns(): Promise<Runs> {
  // One after the other: the SDK holds one stack at a time.
  return {
    dev: await runProgram(platform, { stack: "dev" }),
    qa: await runProgram(platform, { stack: "qa" }),
    full: await runProgram(platform, {
      stack: "dev",
      config: {
        githubRepository: "owner/name",
        alarmEmails: ["team@example.org"],
        monthlyBudgetUsd: 500,
      },
    }),
    adopted: await runProgram(platform, {
      stack: "dev",
      preview: true,
      config: { natStrategy: "perZone", keepReference: keptInAdopted },
    }),
  };
}
