import assert from "node:assert/strict";
import platform from "../../index.ts";
import { ACCOUNT_ID, type Recorded, type Recording, runProgram } from "../support/mocks.ts";

const permissionsBoundary = `arn:aws:iam::${ACCOUNT_ID}:policy/elsewhere/boundary`;

const digest = `sha256:${"0".repeat(64)}`;

/** dev with all of its optional parts. */
let recording: Recording;
before(async () => {
  recording = await runProgram(platform, {
    stack: "dev",
    config: {
      iamPath: "/data/",
      permissionsBoundary,
      githubRepository: "state/infra",
      alarmEmails: ["ann@example.org"],
      monthlyBudgetUsd: 500,
      interfaceEndpoints: ["ecr.api"],
      natStrategy: "single",
      batchCapacity: ["FARGATE", "FARGATE_SPOT"],
      jobs: { tagged: { imageTag: "v1" }, pinned: { imageDigest: digest } },
    },
  });
});

describe("dev with all of its parts", () => {
  it("has each resource in a part, made through the one provider", () => {
    const provider = recording.find("pulumi:providers:aws");
    const made = recording.resources.filter(({ custom, urn }) => custom && urn !== provider.urn);
    assert.ok(made.length > 100);
    for (const { urn, parent, type, provider: by } of made) {
      assert.match(parent ?? "", /[:$]dse:platform:\w+::/, urn);
      if (type.startsWith("aws:")) assert.equal(by, provider.urn, urn);
    }
  });
});

describe("jobs with images of their own", () => {
  it("run them from the registry, by tag or digest", () => {
    const images = recording
      .findAll("aws:batch/jobDefinition:JobDefinition")
      .map(({ inputs }) => JSON.parse(String(inputs["containerProperties"])) as { image: string })
      .map(({ image }) => image.replace(/^\d+\.dkr\.ecr\.us-west-2\.amazonaws\.com/, ""));
    assert.deepEqual(images.filter((image) => /v1$|0{64}$/.test(image)).sort(), [
      `/dse-infra-dev-us-west-2-default:v1`,
      `/dse-infra-dev-us-west-2-default@${digest}`,
    ]);
  });
});

describe("a path and a boundary in IAM", () => {
  const ofIam = (...types: string[]) =>
    recording.resources.filter(({ type }) => types.includes(type));

  it("every role and user has the boundary", () => {
    const bounded = ofIam("aws:iam/role:Role", "aws:iam/user:User");
    assert.ok(bounded.length > 10);
    for (const { inputs, urn } of bounded)
      assert.equal(inputs["permissionsBoundary"], permissionsBoundary, urn);
  });

  it("every role, user, group and policy has the path", () => {
    const types = ["role:Role", "user:User", "group:Group", "policy:Policy"];
    const placed = ofIam(...types.map((type) => `aws:iam/${type}`));
    assert.ok(placed.length > 25);
    for (const { inputs, urn } of placed) assert.equal(inputs["path"], "/data/", urn);
  });

  it("no ARN of them is without it, in any document or property", () => {
    const arn = /arn:aws:iam::(?:\d{12}|\*):(?:role|user|group|policy)\/[^"\\ ]*/g;
    const found = recording.resources.flatMap(({ inputs, urn }) =>
      [...JSON.stringify(inputs).matchAll(arn)].map(([match]) => ({ match, urn })),
    );
    assert.ok(found.length > 50);
    for (const { match, urn } of found) {
      if (match === permissionsBoundary || match.includes(":role/aws-service-role/")) continue;
      assert.match(match, /:(role|user|group|policy)\/data\//, urn);
    }
  });
});

/** What AWS's provider calls to make, change and delete a resource of each type, its creation first. */
const calls: Record<string, string> = {
  "batch/computeEnvironment":
    "batch:CreateComputeEnvironment batch:UpdateComputeEnvironment batch:DeleteComputeEnvironment iam:PassRole",
  "batch/jobDefinition":
    "batch:RegisterJobDefinition batch:DeregisterJobDefinition batch:TagResource iam:PassRole",
  "batch/jobQueue": "batch:CreateJobQueue batch:UpdateJobQueue batch:DeleteJobQueue",
  "budgets/budget": "budgets:ModifyBudget budgets:ViewBudget budgets:TagResource",
  "cloudwatch/eventRule": "events:PutRule events:DeleteRule events:TagResource",
  "cloudwatch/eventTarget": "events:PutTargets events:RemoveTargets",
  "cloudwatch/logGroup":
    "logs:CreateLogGroup logs:PutRetentionPolicy logs:AssociateKmsKey logs:DisassociateKmsKey logs:DeleteLogGroup logs:TagResource",
  "cloudwatch/metricAlarm":
    "cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms cloudwatch:TagResource",
  "ec2/defaultNetworkAcl":
    "ec2:CreateNetworkAclEntry ec2:DeleteNetworkAclEntry ec2:ReplaceNetworkAclAssociation ec2:CreateTags",
  "ec2/defaultSecurityGroup":
    "ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress ec2:CreateTags",
  "ec2/eip": "ec2:AllocateAddress ec2:ReleaseAddress ec2:CreateTags",
  "ec2/flowLog": "ec2:CreateFlowLogs ec2:DeleteFlowLogs iam:PassRole",
  "ec2/internetGateway":
    "ec2:CreateInternetGateway ec2:AttachInternetGateway ec2:DetachInternetGateway ec2:DeleteInternetGateway",
  "ec2/natGateway": "ec2:CreateNatGateway ec2:DeleteNatGateway",
  "ec2/route": "ec2:CreateRoute ec2:ReplaceRoute ec2:DeleteRoute",
  "ec2/routeTable": "ec2:CreateRouteTable ec2:DeleteRouteTable",
  "ec2/routeTableAssociation":
    "ec2:AssociateRouteTable ec2:ReplaceRouteTableAssociation ec2:DisassociateRouteTable",
  "ec2/securityGroup":
    "ec2:CreateSecurityGroup ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress ec2:DeleteSecurityGroup",
  "ec2/subnet": "ec2:CreateSubnet ec2:ModifySubnetAttribute ec2:DeleteSubnet",
  "ec2/vpc": "ec2:CreateVpc ec2:ModifyVpcAttribute ec2:DeleteVpc",
  "ec2/vpcEndpoint": "ec2:CreateVpcEndpoint ec2:ModifyVpcEndpoint ec2:DeleteVpcEndpoints",
  "ecr/lifecyclePolicy": "ecr:PutLifecyclePolicy ecr:DeleteLifecyclePolicy",
  "ecr/repository":
    "ecr:CreateRepository ecr:PutImageTagMutability ecr:PutImageScanningConfiguration ecr:DeleteRepository kms:CreateGrant kms:DescribeKey",
  "iam/group": "iam:CreateGroup iam:UpdateGroup iam:DeleteGroup",
  "iam/groupMembership": "iam:AddUserToGroup iam:RemoveUserFromGroup",
  "iam/groupPolicyAttachment": "iam:AttachGroupPolicy iam:DetachGroupPolicy",
  "iam/policy": "iam:CreatePolicy iam:CreatePolicyVersion iam:DeletePolicyVersion iam:DeletePolicy",
  "iam/role":
    "iam:CreateRole iam:UpdateAssumeRolePolicy iam:PutRolePermissionsBoundary iam:DeleteRole iam:TagRole",
  "iam/rolePolicyAttachment": "iam:AttachRolePolicy iam:DetachRolePolicy",
  "iam/user":
    "iam:CreateUser iam:UpdateUser iam:PutUserPermissionsBoundary iam:DeleteAccessKey iam:DeactivateMFADevice iam:DeleteVirtualMFADevice iam:DeleteUser",
  "kms/alias": "kms:CreateAlias kms:UpdateAlias kms:DeleteAlias",
  "kms/key": "kms:CreateKey kms:PutKeyPolicy kms:EnableKeyRotation kms:ScheduleKeyDeletion",
  "mwaa/environment":
    "airflow:CreateEnvironment airflow:UpdateEnvironment airflow:DeleteEnvironment iam:PassRole kms:CreateGrant",
  "s3/bucket": "s3:CreateBucket s3:DeleteBucket s3:PutBucketTagging",
  "s3/bucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
  "s3/bucketLogging": "s3:PutBucketLogging",
  "s3/bucketNotification": "s3:PutBucketNotification",
  "s3/bucketObjectv2": "s3:PutObject s3:DeleteObject s3:DeleteObjectVersion kms:GenerateDataKey",
  "s3/bucketOwnershipControls": "s3:PutBucketOwnershipControls",
  "s3/bucketPolicy": "s3:PutBucketPolicy s3:DeleteBucketPolicy",
  "s3/bucketPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
  "s3/bucketServerSideEncryptionConfiguration": "s3:PutEncryptionConfiguration",
  "s3/bucketVersioning": "s3:PutBucketVersioning",
  "sns/topic": "sns:CreateTopic sns:SetTopicAttributes sns:DeleteTopic sns:TagResource",
  "sns/topicPolicy": "sns:SetTopicAttributes",
  "sns/topicSubscription": "sns:Subscribe sns:Unsubscribe sns:SetSubscriptionAttributes",
};

/** Types that a person makes, and no role of GitHub's. */
const byHand = ["iam/openIdConnectProvider"];

describe("the role that deploys", () => {
  const list = (value: string | string[]) => (typeof value === "string" ? [value] : value);
  const kind = ({ type }: Recorded) => type.split(":")[1] ?? type;

  /** Patterns of ARNs on which an action is allowed. */
  const allowed = (action: string) =>
    recording
      .findAll("aws:iam/policy:Policy")
      .filter(({ name }) => name.startsWith("github-"))
      .flatMap(({ inputs }) => (inputs["policy"] as { Statement: Statement[] }).Statement)
      .filter(({ Effect, Action }) => Effect === "Allow" && list(Action).includes(action))
      .flatMap(({ Resource }) => list(Resource));

  interface Statement {
    Effect: string;
    Action: string | string[];
    Resource: string | string[];
  }

  const ofAws = () =>
    recording.resources.filter(
      (resource) =>
        resource.custom && resource.type.startsWith("aws:") && !byHand.includes(kind(resource)),
    );

  it("may do all that the platform's resources need", () => {
    for (const resource of ofAws()) {
      const actions = calls[kind(resource)];
      assert.ok(actions, `${kind(resource)}: what does its deployment call?`);
      for (const action of actions.split(" "))
        assert.notDeepEqual(allowed(action), [], `${kind(resource)}: ${action}`);
    }
  });

  it("may do it to each of them, where names are known before", () => {
    const named =
      /^(batch|iam|mwaa)\/(?!.*(Attachment|Membership))|^(ecr\/repository|s3\/bucket|sns\/topic|cloudwatch\/logGroup)$/;
    const checked = ofAws().filter((resource) => named.test(kind(resource)));
    assert.ok(checked.length > 40);
    for (const resource of checked) {
      const [creation = ""] = (calls[kind(resource)] ?? "").split(" ");
      const arn = String(resource.outputs["arn"]);
      const matches = (pattern: string) =>
        new RegExp(`^${pattern.replace(/[.+]/g, "\\$&").replaceAll("*", ".*")}$`).test(arn);
      assert.ok(allowed(creation).some(matches), `${creation} of ${arn}`);
    }
  });
});
