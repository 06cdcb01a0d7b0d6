import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy, type Grantee } from "./attachment";
import type { Context } from "./lib/context";
import { allow, document } from "./lib/policies";

export interface RegistryArgs {
  readonly context: Context;
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
    const { names, arns } = args.context;
    this.#name = name;
    this.url = arns.repositoryUrl(names.repository);
    this.repository = new aws.ecr.Repository(
      name,
      {
        name: names.repository,
        // Jobs run the moving tag `latest`.
        imageTagMutability: "MUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      },
      { parent: this },
    );
    this.#pushPolicy = new aws.iam.Policy(
      `${name}-push`,
      {
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
