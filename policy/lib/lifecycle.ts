import type * as aws from "@pulumi/aws";
import type { Unwrap } from "@pulumi/pulumi";

type Rule = Unwrap<aws.types.input.s3.BucketLifecycleConfigurationRule>;

/** `prefix` beside the filter is an older form of it, which S3 still takes. */
type LifecycleRule = Pick<Rule, "status" | "filter"> & { readonly prefix?: string };

/**
 * Whether the rule is on, and about every object: with no filter, or one that narrows nothing.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html
 */
export function isOnEverything({ status, filter, prefix }: LifecycleRule): boolean {
  const { prefix: filtered, tag, and, objectSizeGreaterThan, objectSizeLessThan } = filter ?? {};
  return (
    status === "Enabled" &&
    !(filtered ?? prefix) &&
    !tag &&
    !and &&
    !objectSizeGreaterThan &&
    !objectSizeLessThan
  );
}
