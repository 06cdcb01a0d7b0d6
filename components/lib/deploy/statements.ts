import type * as aws from "@pulumi/aws";
import type { Deployed } from "./args";

type Statement = aws.iam.PolicyStatement;

export function boundary(policyArn: string | undefined) {
  return policyArn ? { StringEquals: { "iam:PermissionsBoundary": policyArn } } : undefined;
}

export function sid(Sid: string, statement: Statement): Statement {
  return { Sid, ...statement };
}

export function where(condition: Statement["Condition"], statement: Statement): Statement {
  return condition ? { ...statement, Condition: condition } : statement;
}

export function tagged({ tags }: Deployed): Statement["Condition"] {
  return { StringEquals: withPrefix("aws:ResourceTag/", tags) };
}

export function withPrefix(prefix: string, tags: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [prefix + key, value]));
}
