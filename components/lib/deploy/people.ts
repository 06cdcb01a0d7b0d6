import type * as aws from "@pulumi/aws";
import { allow, document } from "../policies.ts";
import type { DeployPolicyArgs } from "./args.ts";
import { locations } from "./locations.ts";
import { boundary, sid, where } from "./statements.ts";

/** What `pulumi up` changes of the people that it makes. None of it makes or opens anyone's credentials. */
export function peoplePolicy({ context, deployed }: DeployPolicyArgs): aws.iam.PolicyDocument {
  const { users, mfaDevices } = locations(context, deployed);
  const bounded = boundary(context.permissionsBoundary);
  return document(
    where(
      bounded,
      allow(["iam:CreateUser", ...(bounded ? ["iam:PutUserPermissionsBoundary"] : [])], users),
    ),
    // AWS knows no resource for it.
    sid("Devices", allow("iam:ListVirtualMFADevices", "*")),
    // Who leaves is deleted with keys and devices.
    allow(
      [
        "iam:DeactivateMFADevice",
        "iam:DeleteAccessKey",
        "iam:DeleteLoginProfile",
        "iam:DeleteSSHPublicKey",
        "iam:DeleteServiceSpecificCredential",
        "iam:DeleteSigningCertificate",
        "iam:DeleteUser",
        "iam:ListAccessKeys",
        "iam:ListMFADevices",
        "iam:ListSSHPublicKeys",
        "iam:ListServiceSpecificCredentials",
        "iam:ListSigningCertificates",
        "iam:ListUserPolicies",
        "iam:TagUser",
        "iam:UntagUser",
        "iam:UpdateUser",
      ],
      users,
    ),
    ...(mfaDevices.length ? [allow("iam:DeleteVirtualMFADevice", mfaDevices)] : []),
  );
}
