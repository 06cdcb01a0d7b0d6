import type { Arns } from "./arn";
import type { DataOnDestroy } from "./data";
import type { Posture } from "./differences";
import type { Names } from "./names";

/** What every component is told of the stack that it is part of. */
export interface Context {
  readonly names: Names;
  readonly arns: Arns;
  readonly posture: Posture;
  readonly dataOnDestroy: DataOnDestroy;
}
