import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";

/** Security Hub IAM.3: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html */
export const noAccessKey: ResourceValidationPolicy = {
  name: "iam-no-access-key",
  description: "No program makes an access key: its secret would stand in the stack's state.",
  enforcementLevel: "mandatory",
  validateResource: validateResourceOfType(aws.iam.AccessKey, (key, _args, report) => {
    report(
      `An access key of ${key.user}: make it by hand and keep it where it is used, or use a role.`,
    );
  }),
};
