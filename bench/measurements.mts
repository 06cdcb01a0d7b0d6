// What is timed. A further measurement is one entry here.
import type { Instance } from "../local/instance.mts";
import { pulumi } from "../local/pulumi.mts";
import { packOptions } from "../policy/pack.mts";

export interface Measurement {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  /** Name of the one that it is compared with. @default none */
  readonly than?: string;
  /** What is timed, on an instance where the stack is deployed. Rejects where it goes wrong. */
  run(instance: Instance): Promise<unknown>;
}

export const stack = "dev";

const preview = ["preview", "--expect-no-changes", "--stack", stack];

export const measurements: readonly Measurement[] = [
  {
    name: "preview",
    description: `pulumi preview of ${stack}, with nothing to change`,
    run: (instance) => pulumi(instance, preview),
  },
  {
    name: "preview, packs",
    description: "the same with the policy pack",
    than: "preview",
    run: (instance) => pulumi(instance, [...preview, ...packOptions(stack)]),
  },
];
