import type * as aws from "@pulumi/aws";
import type { Context } from "../context.ts";
import { allow } from "../policies.ts";
import type { Deployed } from "./args.ts";

type Statement = aws.iam.PolicyStatement;
type Conditions = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function boundary(policyArn: string | undefined) {
  return policyArn ? { StringEquals: { "iam:PermissionsBoundary": policyArn } } : undefined;
}

export function sid(Sid: string, statement: Statement): Statement {
  return { Sid, ...statement };
}

export function where(condition: Statement["Condition"], statement: Statement): Statement {
  return condition ? { ...statement, Condition: condition } : statement;
}

export function tagged({ tags }: Deployed): Conditions {
  return { StringEquals: withPrefix("aws:ResourceTag/", tags) };
}

/** Allows `actions` on the stack's own keys, which its tags tell, and on the one that somebody else looks after. */
export function onKeys(
  actions: string[],
  { arns }: Context,
  deployed: Deployed,
  condition?: Conditions,
): Statement[] {
  const equals = { ...tagged(deployed)["StringEquals"], ...condition?.["StringEquals"] };
  return [
    where({ ...condition, StringEquals: equals }, allow(actions, arns.anyKey())),
    ...(deployed.keyArn ? [where(condition, allow(actions, deployed.keyArn))] : []),
  ];
}

/** Of requests that S3 makes for whoever reads and writes an encrypted object. */
export function throughS3({ arns }: Context): Conditions {
  const { region, dnsSuffix } = arns.cloud;
  return { StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix}` } };
}

export function withPrefix(prefix: string, tags: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [prefix + key, value]));
}
