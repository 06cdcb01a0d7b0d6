/**
 * How the people are granted the projects: by the name of each, all that are named as one, or as many as the reference
 * could, the first by the name of each.
 */
export const projectGrants = ["each", "wildcard", "first"] as const;
export type ProjectGrant = (typeof projectGrants)[number];

/**
 * Managed policies that a group takes, and AWS raises it for none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const groupPolicies = 10;
/** What people may do besides: list buckets, look after their own credentials. */
const otherPolicies = 2;
export const projectPlaces = groupPolicies - otherPolicies;

/**
 * Which projects have a place of their own, and which share the last one. Those that come later change nothing for
 * those before them but the eighth, whose place the others then share. By the name of each where `grant` is left out.
 */
export function placesOf<T>(
  projects: readonly T[],
  grant?: ProjectGrant,
): {
  readonly alone: readonly T[];
  readonly together: readonly T[];
} {
  if (grant === "wildcard") return { alone: [], together: projects };
  if (grant === "first") return { alone: projects.slice(0, projectPlaces), together: [] };
  const alone = projects.length > projectPlaces ? projectPlaces - 1 : projectPlaces;
  return { alone: projects.slice(0, alone), together: projects.slice(alone) };
}
