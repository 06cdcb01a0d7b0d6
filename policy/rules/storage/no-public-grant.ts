import { isPublic, statementsOf } from "../../lib/document.ts";
import { isOf } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { s3 } from "../../lib/types.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee */
const publicAcls = ["public-read", "public-read-write", "authenticated-read"];
const publicGroups = [
  "http://acs.amazonaws.com/groups/global/AllUsers",
  "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

export const noPublicGrant = resourceRule({
  name: "s3-bucket-no-public-grant",
  description: "No bucket policy or ACL opens a bucket to the public.",
  severity: "critical",
  enforcementLevel: "mandatory",
  controls: {
    fsbp: ["S3.2", "S3.3"],
    nist: ["AC-3", "AC-6"],
    checkov: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_70"],
  },
  remediationSteps:
    "Name the accounts or roles as the principal, or bind the statement by aws:PrincipalOrgID.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-2",
  types: [s3.BucketPolicy, s3.BucketAcl],
  *check(resource) {
    if (isOf(resource, s3.BucketPolicy)) {
      for (const statement of statementsOf(resource.props.policy))
        if (isPublic(statement))
          yield {
            wrong: `its policy allows anyone ${statement.actions.join(", ")}`,
            write: "the accounts or roles as Principal, or a condition on aws:PrincipalOrgID",
            ...(statement.sid && { detail: statement.sid }),
          };
      return;
    }
    const { acl, accessControlPolicy } = resource.props;
    const uris = accessControlPolicy?.grants?.map(({ grantee }) => grantee?.uri);
    const groups = publicGroups.filter((group) => uris?.includes(group));
    for (const grant of [...publicAcls.filter((name) => name === acl), ...groups])
      yield {
        wrong: `its ACL opens the bucket by ${grant}`,
        write: "a bucket policy with the accounts or roles as Principal",
        detail: grant,
      };
  },
});
