import type * as aws from "@pulumi/aws";
import type { Arns } from "./arn.ts";
import type { Posture } from "./differences.ts";
import { placesOf, projectPlaces } from "./places.ts";
import { fitsManagedPolicy, readWrite } from "./policies.ts";

/** What people may do with a project's bucket itself. */
export const projectBucketActions = [
  "s3:ListBucket",
  "s3:GetBucketVersioning",
  "s3:GetBucketTagging",
  "s3:GetBucketAcl",
];

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
    return fitsManagedPolicy(togetherDocument(at, together));
  };
  let most = Math.min(buckets.length, projectPlaces);
  while (most < buckets.length && fits(most + 1)) most += 1;
  return most;
}
