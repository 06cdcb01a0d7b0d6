import type * as aws from "@pulumi/aws";
import type { Arns } from "./arn.ts";
import type { Posture } from "./differences.ts";
import { documentLength, policyLength, readWrite } from "./policies.ts";

/** How the people are granted the projects: by the name of each, or all that are named as one. */
export const projectGrants = ["each", "wildcard"] as const;
export type ProjectGrant = (typeof projectGrants)[number];

/**
 * Managed policies that a group takes, and AWS raises it for none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const groupPolicies = 10;
/** What people may do besides: list buckets, look after their own credentials. */
const otherPolicies = 2;
export const projectPlaces = groupPolicies - otherPolicies;

/** What people may do with a project's bucket itself. */
export const projectBucketActions = [
  "s3:ListBucket",
  "s3:GetBucketVersioning",
  "s3:GetBucketTagging",
  "s3:GetBucketAcl",
];

/**
 * Which projects have a place of their own, and which share the last one. Those that come later change nothing for
 * those before them but the eighth, whose place the others then share.
 */
export function placesOf<T>(projects: readonly T[]): {
  readonly alone: readonly T[];
  readonly together: readonly T[];
} {
  const alone = projects.length > projectPlaces ? projectPlaces - 1 : projectPlaces;
  return { alone: projects.slice(0, alone), together: projects.slice(alone) };
}

interface Place {
  readonly arns: Arns;
  readonly posture: Posture;
}

/** Grants the buckets that share the last place. */
export function togetherDocument(at: Place, buckets: readonly string[]): aws.iam.PolicyDocument {
  return readWrite(at, projectBucketActions, buckets);
}

/** Grants every bucket of this account that is named like `pattern`: others' may be named so too. */
export function wildcardDocument(at: Place, pattern: string): aws.iam.PolicyDocument {
  return readWrite(at, projectBucketActions, pattern, {
    StringEquals: { "aws:ResourceAccount": at.arns.cloud.accountId },
  });
}

/** How many of the buckets, from the first, can be granted each by its name. */
export function mostProjects(at: Place, buckets: readonly string[]): number {
  const fits = (count: number) => {
    const { together } = placesOf(buckets.slice(0, count));
    return documentLength(togetherDocument(at, together)) <= policyLength;
  };
  let most = Math.min(buckets.length, projectPlaces);
  while (most < buckets.length && fits(most + 1)) most += 1;
  return most;
}
