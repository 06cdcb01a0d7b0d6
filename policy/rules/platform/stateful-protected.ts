import { isOf } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { ecr, kms, mwaa, s3, secretsmanager } from "../../lib/types.ts";

export const statefulProtected = resourceRule({
  name: "stateful-protected",
  description: "What holds data is protected from deletion, and is not emptied to be deleted.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["CP-9"] },
  remediationSteps:
    "Set protect in the resource's options, and leave forceDestroy or forceDelete out.",
  url: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
  types: [s3.Bucket, ecr.Repository, kms.Key, mwaa.Environment, secretsmanager.Secret],
  *check(resource) {
    if (!resource.opts.protect)
      yield {
        wrong: "a deployment may delete it",
        write: "protect: true in its options",
        detail: "protect",
      };
    if (isOf(resource, s3.Bucket) && resource.props.forceDestroy)
      yield {
        wrong: "it is emptied to be deleted",
        write: "forceDestroy: false",
        detail: "forceDestroy",
      };
    if (isOf(resource, ecr.Repository) && resource.props.forceDelete)
      yield {
        wrong: "it is deleted with its images",
        write: "forceDelete: false",
        detail: "forceDelete",
      };
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
    if (isOf(resource, secretsmanager.Secret) && resource.props.recoveryWindowInDays === 0)
      yield {
        wrong: "it is deleted at once",
        write: "recoveryWindowInDays: 7 to 30",
        detail: "recoveryWindowInDays",
      };
  },
});
