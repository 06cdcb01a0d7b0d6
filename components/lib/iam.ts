import type { Context } from "./context.ts";

/** What every group and policy of the stack has. */
export function atPath({ arns }: Context) {
  return { path: arns.cloud.iamPath };
}

/**
 * What every role and user of the stack has: IAM knows boundaries of these two alone.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function bounded(context: Context) {
  return { ...atPath(context), permissionsBoundary: context.permissionsBoundary };
}
