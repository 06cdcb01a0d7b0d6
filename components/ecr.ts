import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy, type Grantee } from "./attachment.ts";
import type { Context } from "./lib/context.ts";
import { dataOptions } from "./lib/data.ts";
import { atPath } from "./lib/iam.ts";
import { allow, document } from "./lib/policies.ts";

export interface RegistryArgs {
  readonly context: Context;
  /** Days after which an image without a tag is deleted. */
  readonly untaggedImageDays: number;
  /** ARN of the KMS key that images are encrypted with. @default ECR's own encryption, AES256 */
  readonly kmsKeyArn?: string | undefined;
}

/**
 * What `docker push` and `docker pull` need of a repository.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
 */
const pushActions = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:CompleteLayerUpload",
  "ecr:GetDownloadUrlForLayer",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];

/** The ECR repository of job images, scanned on push. Storage costs by the GB and month. */
export class Registry extends pulumi.ComponentResource {
  readonly repository: aws.ecr.Repository;
  /** `account.dkr.ecr.region.amazonaws.com/name`, known before the repository is made. */
  readonly url: string;
  readonly #name: string;
  readonly #pushPolicy: aws.iam.Policy;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Registry", name, {}, opts);
    const { names, arns, posture, dataOnDestroy } = args.context;
    this.#name = name;
    this.url = arns.repositoryUrl(names.repository);
    this.repository = new aws.ecr.Repository(
      name,
      {
        name: names.repository,
        // Jobs run the moving tag `latest`.
        ...(posture["ecr-tag-immutability"]
          ? {
              imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
              imageTagMutabilityExclusionFilters: [{ filter: "latest", filterType: "WILDCARD" }],
            }
          : { imageTagMutability: "MUTABLE" }),
        imageScanningConfiguration: { scanOnPush: true },
        ...(args.kmsKeyArn && {
          encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.kmsKeyArn }],
        }),
        ...(dataOnDestroy === "empty" && { forceDelete: true }),
      },
      { parent: this, ...dataOptions(dataOnDestroy) },
    );
    if (posture["ecr-lifecycle"])
      new aws.ecr.LifecyclePolicy(
        name,
        { repository: this.repository.name, policy: untaggedExpire(args.untaggedImageDays) },
        { parent: this },
      );
    this.#pushPolicy = new aws.iam.Policy(
      `${name}-push`,
      {
        ...atPath(args.context),
        name: names.repositoryPushPolicy,
        description: `Policy allowing pushing to the default ecr repository for ${names.prefix}`,
        policy: document(
          allow(pushActions, arns.repository(names.repository)),
          // The token is the registry's, not a repository's: AWS knows no narrower resource.
          allow("ecr:GetAuthorizationToken", "*"),
        ),
      },
      { parent: this },
    );
    this.registerOutputs();
  }

  /** Lets `grantee` push and pull images. */
  grantPush(granteeName: string, grantee: Grantee): void {
    attachPolicy(`${this.#name}-push-${granteeName}`, this.#pushPolicy, grantee, { parent: this });
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html */
function untaggedExpire(days: number): string {
  const selection = {
    tagStatus: "untagged",
    countType: "sinceImagePushed",
    countUnit: "days",
    countNumber: days,
  };
  const description = `Images without a tag are deleted after ${days} days`;
  return JSON.stringify({
    rules: [{ rulePriority: 1, description, selection, action: { type: "expire" } }],
  });
}
