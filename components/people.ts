import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy } from "./attachment.ts";
import type { Bucket } from "./bucket.ts";
import type { Context } from "./lib/context.ts";
import { atPath, bounded } from "./lib/iam.ts";
import { allow, document } from "./lib/policies.ts";
import {
  placesOf,
  type ProjectGrant,
  projectPlaces,
  togetherDocument,
  wildcardDocument,
} from "./lib/projects.ts";

export interface PeopleArgs {
  readonly context: Context;
  /** User names of the analysts. */
  readonly userNames: readonly string[];
  /** Whether to make the users. False where another stack of the account does. */
  readonly createUsers: boolean;
}

/**
 * The analysts: IAM users in a group that may list buckets and manage its members' own credentials,
 * and nothing else without MFA. What they may do besides is granted to the group.
 */
export class People extends pulumi.ComponentResource {
  readonly group: aws.iam.Group;
  readonly #name: string;
  readonly #context: Context;

  constructor(name: string, args: PeopleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:People", name, {}, opts);
    this.#name = name;
    this.#context = args.context;
    const { names, arns, posture } = args.context;
    const users = args.createUsers
      ? args.userNames.map(
          (user) =>
            new aws.iam.User(
              `${name}-${user}`,
              {
                ...bounded(args.context),
                name: user,
                forceDestroy: posture["people-force-destroy"],
              },
              { parent: this },
            ).name,
        )
      : args.userNames;
    this.group = new aws.iam.Group(
      name,
      { ...atPath(args.context), name: names.group },
      { parent: this },
    );
    if (users.length)
      new aws.iam.GroupMembership(
        name,
        { name: `${names.group}-membership`, group: this.group.name, users: [...users] },
        { parent: this },
      );
    const policies = {
      "list-buckets": {
        ...atPath(args.context),
        name: names.listBucketsPolicy,
        description: "Policy allowing S3 bucket listing in the console",
        policy: document(
          ...(posture["list-buckets-resource"]
            ? [allow("s3:ListAllMyBuckets", "*"), allow("s3:GetBucketLocation", arns.bucket("*"))]
            : [allow(["s3:ListAllMyBuckets", "s3:GetBucketLocation"], arns.bucket("*"))]),
        ),
      },
      "self-manage": {
        ...atPath(args.context),
        name: names.selfManagePolicy,
        description: "Allow a user to manage their own credentials",
        policy: selfManage(args.context),
      },
    };
    for (const [what, policyArgs] of Object.entries(policies)) {
      const policy = new aws.iam.Policy(`${name}-${what}`, policyArgs, { parent: this });
      attachPolicy(`${name}-${what}`, policy, this.group, { parent: this });
    }
    this.registerOutputs();
  }

  /**
   * Lets the people see the projects' buckets, and read, write and delete their objects. The group has places for
   * eight policies: one for each project, or the eighth for all that come after the seventh.
   */
  grantProjects(projects: readonly Bucket[], grant: ProjectGrant): void {
    const { alone, together } =
      grant === "each" ? placesOf(projects) : { alone: [], together: projects };
    const last = alone[projectPlaces - 1];
    const granted = alone
      .slice(0, projectPlaces - 1)
      .map((project) => project.grantReadWrite(grantee, this.group));
    const eighth = projects[projectPlaces - 1];
    // With all places taken, what is in the last one must leave before another comes. The projects before it have
    // their own by then, so that nobody is without any but those of the last place, and for that moment.
    const swap = { dependsOn: granted, deleteBeforeReplace: true };
    const shared = `${this.#name}-projects`;
    if (last) {
      const aliases = [{ name: shared, parent: this }];
      last.grantReadWrite(grantee, this.group, { ...swap, aliases });
    }
    if (!together.length) return;
    const { names } = this.#context;
    const buckets = together.map(({ bucketName }) => bucketName);
    const policy = new aws.iam.Policy(
      shared,
      {
        ...atPath(this.#context),
        name: names.projectsPolicy,
        description: "Policy allowing read/write for the buckets of several projects",
        policy:
          grant === "each"
            ? togetherDocument(this.#context, buckets)
            : wildcardDocument(this.#context, names.anyProject.buckets),
      },
      // A project that gets a place of its own leaves the shared one afterwards.
      { parent: this, dependsOn: granted },
    );
    const aliases = eighth && [eighth.grantAlias(grantee)];
    attachPolicy(shared, policy, this.group, { ...swap, parent: this, aliases });
  }
}

/** The group, in the names of attachments. */
const grantee = "people";

/** What a person without MFA needs to set it up. */
const beforeMfa = [
  "iam:CreateVirtualMFADevice",
  "iam:EnableMFADevice",
  "iam:GetUser",
  "iam:ListMFADevices",
  "iam:ListVirtualMFADevices",
  "iam:ResyncMFADevice",
  "iam:ChangePassword",
  "iam:GetAccountPasswordPolicy",
  "sts:GetSessionToken",
];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html */
function selfManage({ arns, posture }: Context): aws.iam.PolicyDocument {
  const self = arns.self();
  const mfa = ["iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice"];
  const statements: aws.iam.PolicyStatement[] = [
    {
      Sid: "AllowViewAccountInfo",
      ...allow(
        ["iam:GetAccountPasswordPolicy", "iam:GetAccountSummary", "iam:ListVirtualMFADevices"],
        "*",
      ),
    },
    {
      Sid: "AllowManageOwnPasswords",
      ...allow(
        [
          "iam:ChangePassword",
          "iam:GetUser",
          "iam:CreateLoginProfile",
          "iam:DeleteLoginProfile",
          "iam:GetLoginProfile",
          "iam:UpdateLoginProfile",
        ],
        self,
      ),
    },
    {
      Sid: "AllowManageOwnAccessKeys",
      ...allow(
        ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey"],
        self,
      ),
    },
    {
      Sid: "AllowManageOwnVirtualMFADevice",
      ...allow("iam:CreateVirtualMFADevice", arns.anyMfaDevice()),
    },
    { Sid: "AllowManageOwnUserMFA", ...allow([...mfa, "iam:DeactivateMFADevice"], self) },
  ];
  if (posture["people-mfa"])
    statements.push({
      Sid: "DenyAllButMfaSetupWithoutMfa",
      Effect: "Deny",
      NotAction: beforeMfa,
      Resource: "*",
      // BoolIfExists: requests signed with a plain access key carry no such key at all.
      Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
    });
  return document(...statements);
}
