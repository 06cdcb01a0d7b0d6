import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Who a policy can be attached to. */
export type Grantee = aws.iam.Role | aws.iam.Group | aws.iam.User;

/** Attaches `policy` to `grantee`. */
export function attachPolicy(
  name: string,
  policy: aws.iam.Policy,
  grantee: Grantee,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const policyArn = policy.arn;
  const { name: granteeName } = grantee;
  if (aws.iam.Role.isInstance(grantee))
    return new aws.iam.RolePolicyAttachment(name, { role: granteeName, policyArn }, opts);
  if (aws.iam.Group.isInstance(grantee))
    return new aws.iam.GroupPolicyAttachment(name, { group: granteeName, policyArn }, opts);
  return new aws.iam.UserPolicyAttachment(name, { user: granteeName, policyArn }, opts);
}
