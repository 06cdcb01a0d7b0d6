import type { Arns } from "./arn.ts";
import type { DataOnDestroy } from "./data.ts";
import type { Posture } from "./differences.ts";
import type { Names } from "./names.ts";

/** What every component is told of the stack that it is part of. */
export interface Context {
  readonly names: Names;
  readonly arns: Arns;
  readonly posture: Posture;
  readonly dataOnDestroy: DataOnDestroy;
  /** ARN of the policy beyond whose rights no role or user of the stack gets. @default none */
  readonly permissionsBoundary?: string | undefined;
}
