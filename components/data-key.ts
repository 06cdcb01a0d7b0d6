import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./lib/context.ts";
import { dataOptions } from "./lib/data.ts";
import { allow, document } from "./lib/policies.ts";

/** ARNs of the keys that encrypt what; undefined where AWS's own do. */
export interface EncryptionKeys {
  /** Of buckets and log groups. */
  readonly data: pulumi.Input<string> | undefined;
  /** Of the Airflow environment and its bucket. */
  readonly airflow: pulumi.Input<string> | undefined;
}

export interface EncryptionKeysArgs extends DataKeyArgs {
  /** ARN of a key of the team's own. @default one is made */
  readonly kmsKeyArn: string | undefined;
  /** Whether Airflow and its bucket use the key too, or AWS's own. */
  readonly forAirflow: boolean;
}

/** The keys of a stack. None is made where nothing would use it, as in the reference. */
export function encryptionKeys(
  name: string,
  { kmsKeyArn, forAirflow, ...args }: EncryptionKeysArgs,
  opts: pulumi.ComponentResourceOptions,
): EncryptionKeys {
  const forData = kmsKeyArn !== undefined || args.context.posture["data-key"];
  if (!forData && !forAirflow) return { data: undefined, airflow: undefined };
  const arn = kmsKeyArn ?? new DataKey(name, args, opts).key.arn;
  return { data: forData ? arn : undefined, airflow: forAirflow ? arn : undefined };
}

export interface DataKeyArgs {
  readonly context: Context;
}

/** What encrypting and decrypting takes, by a service on somebody's behalf. */
const useKey = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncrypt*",
  "kms:GenerateDataKey*",
  "kms:DescribeKey",
];

/**
 * The KMS key of the environment's buckets, logs and Airflow, rotated every year. Who may use a bucket may use the
 * key through it, as with S3's own key, so that no role or person needs a grant besides. Costs about a dollar a
 * month and by the call; deleted, it can be had back for 30 days.
 */
export class DataKey extends pulumi.ComponentResource {
  readonly key: aws.kms.Key;

  constructor(name: string, args: DataKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:DataKey", name, {}, opts);
    const { names, dataOnDestroy } = args.context;
    this.key = new aws.kms.Key(
      name,
      {
        description: `Data of ${names.prefix}`,
        enableKeyRotation: true,
        policy: JSON.stringify(keyPolicy(args.context)),
      },
      { parent: this, ...dataOptions(dataOnDestroy) },
    );
    new aws.kms.Alias(
      name,
      { name: names.dataKeyAlias, targetKeyId: this.key.keyId },
      { parent: this },
    );
    this.registerOutputs();
  }
}

function keyPolicy({ names, arns }: Context): aws.iam.PolicyDocument {
  const { region, dnsSuffix, accountId } = arns.cloud;
  return document(
    {
      Sid: "PoliciesOfTheAccount",
      ...allow("kms:*", "*"),
      Principal: { AWS: arns.accountRoot() },
    },
    {
      // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
      Sid: "WhoMayUseTheBuckets",
      ...allow(useKey, "*"),
      Principal: { AWS: "*" },
      Condition: {
        StringEquals: {
          "kms:CallerAccount": accountId,
          "kms:ViaService": `s3.${region}.${dnsSuffix}`,
        },
      },
    },
    {
      // Airflow's own queues. By a condition: a principal must exist before a policy can name it.
      // https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
      Sid: "Airflow",
      ...allow(useKey, "*"),
      Principal: { AWS: "*" },
      Condition: {
        ArnEquals: { "aws:PrincipalArn": arns.role(names.mwaaRole) },
        StringEquals: {
          "kms:CallerAccount": accountId,
          "kms:ViaService": `sqs.${region}.${dnsSuffix}`,
        },
      },
    },
    {
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
      Sid: "LogGroups",
      ...allow(useKey, "*"),
      Principal: { Service: `logs.${region}.${dnsSuffix}` },
      Condition: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": names.anyLogGroups.map((group) =>
            arns.logGroup(group),
          ),
        },
      },
    },
  );
}
