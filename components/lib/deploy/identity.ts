import type * as aws from "@pulumi/aws";
import { allow, document } from "../policies.ts";
import type { DeployPolicyArgs } from "./args.ts";
import { locations } from "./locations.ts";
import { boundary, sid, where } from "./statements.ts";

/** Policies of AWS that the platform's roles have, besides its own. */
const policiesOfAws = [
  "service-role/AWSBatchServiceRole",
  "service-role/AmazonECSTaskExecutionRolePolicy",
];

/** Services that work with the platform's roles. */
const roleUsers = [
  "airflow.amazonaws.com",
  "batch.amazonaws.com",
  "ecs-tasks.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
];

/**
 * What `pulumi up` changes of roles, groups and policies: the platform's own, by name, and never those of who
 * deploys. IAM cannot limit what is written into a policy or into whom a role trusts; a permissions boundary does.
 */
export function identityPolicy(args: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { context, deployed, deployers } = args;
  const { names, arns, permissionsBoundary } = context;
  const at = locations(context, deployed);
  const bounded = boundary(permissionsBoundary);
  const attachable = {
    ArnLike: {
      "iam:PolicyARN": [...at.policies, ...policiesOfAws.map((name) => arns.managedPolicy(name))],
    },
  };
  return document(
    where(
      bounded,
      allow(["iam:CreateRole", ...(bounded ? ["iam:PutRolePermissionsBoundary"] : [])], at.roles),
    ),
    where(
      { ...attachable, ...bounded },
      allow(["iam:AttachRolePolicy", "iam:DetachRolePolicy"], at.roles),
    ),
    where(attachable, allow(["iam:AttachGroupPolicy", "iam:DetachGroupPolicy"], at.groups)),
    allow(
      [
        "iam:DeleteRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      at.roles,
    ),
    allow(
      [
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:TagPolicy",
        "iam:UntagPolicy",
      ],
      at.policies,
    ),
    allow(
      [
        "iam:AddUserToGroup",
        "iam:CreateGroup",
        "iam:DeleteGroup",
        "iam:RemoveUserFromGroup",
        "iam:UpdateGroup",
      ],
      at.groups,
    ),
    where(
      { StringEquals: { "iam:PassedToService": roleUsers } },
      allow(
        "iam:PassRole",
        at.iam(
          "role",
          names.flowLogsRole,
          names.batchServiceRole,
          names.batchExecutionRole,
          names.batchJobRole,
          names.mwaaRole,
        ),
      ),
    ),
    where(
      { StringEquals: { "iam:AWSServiceName": ["airflow.amazonaws.com", "batch.amazonaws.com"] } },
      allow("iam:CreateServiceLinkedRole", at.serviceLinkedRoles),
    ),
    sid("NotOneself", {
      Effect: "Deny",
      Action: [
        "iam:AttachRolePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DeleteRole",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
      ],
      Resource: [
        ...at.iam("role", deployers),
        ...at.iam("policy", deployers),
        ...(permissionsBoundary ? [permissionsBoundary] : []),
      ],
    }),
  );
}
