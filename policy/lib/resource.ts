import type { PolicyResource } from "@pulumi/policy";
import type { Type } from "./types.ts";

/** What both the SDK's rules of a resource and those of a stack know of one. */
export interface Resource<Args = unknown> extends Pick<
  PolicyResource,
  "type" | "urn" | "name" | "opts" | "provider"
> {
  readonly props: Args;
}

/** Whether a resource is of the type; tells its arguments apart in a rule of several types. */
export const isOf = <Args>(resource: Resource, type: Type<Args>): resource is Resource<Args> =>
  resource.type === type.token;
