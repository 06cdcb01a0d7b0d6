import type { Arns } from "./arn";
import type { Posture } from "./differences";
import type { Names } from "./names";

/** What every component is told of the stack that it is part of. */
export interface Context {
  readonly names: Names;
  readonly arns: Arns;
  readonly posture: Posture;
}
