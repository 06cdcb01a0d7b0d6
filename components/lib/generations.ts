import { createHash } from "node:crypto";
import type { BatchServiceRole } from "./fargate.ts";

/** What a resource cannot be updated in place for, as text by name. */
export type Immutables = Readonly<Record<string, string>>;

/**
 * What a compute environment cannot be updated in place for. Of Fargate, one page of AWS has subnets and security
 * groups updated in place under any service role, another under the service-linked one alone. A new environment is
 * right in either case.
 * https://docs.aws.amazon.com/batch/latest/userguide/scaling-updates.html
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResourceUpdate.html
 */
export function computeImmutables(environment: {
  readonly serviceRole: BatchServiceRole;
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}): Immutables {
  const { serviceRole, vpc, subnets, securityGroup } = environment;
  const network = { subnets: [...subnets].sort().join(","), securityGroups: securityGroup };
  return { serviceRole, vpc, ...(serviceRole === "custom" && network) };
}

/**
 * The name of a resource whose replacement must stand before it goes: `name` where it is as it was `first` made,
 * else `name` and eight hexadecimal digits of what it is `now`. Going back to the first gives the first name again.
 */
export function generationName(name: string, first: Immutables, now: Immutables): string {
  const [was, is] = [canonical(first), canonical(now)];
  return was === is ? name : `${name}-${createHash("sha256").update(is).digest("hex").slice(0, 8)}`;
}

function canonical(immutables: Immutables): string {
  const keys = Object.keys(immutables).sort();
  return JSON.stringify(keys.map((key) => [key, immutables[key]]));
}
