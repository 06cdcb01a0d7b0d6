import { trustScoped } from "../../../policy/rules/identity/trust-scoped.ts";
import { roleStack } from "../fixtures.ts";
import { testRule, UNKNOWN } from "../support.ts";

const service = { Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } };
const fromHere = { StringEquals: { "aws:SourceAccount": "123456789012" } };
const found = (...statements: object[]) => ({ stack: roleStack(...statements), finds: ["role"] });

testRule(trustScoped, {
  good: roleStack({ ...service, Condition: fromHere }),
  bad: {
    anyone: found({ ...service, Principal: "*" }),
    "any account": found({ ...service, Principal: { AWS: "*" } }),
    "all but one": found({
      ...service,
      Principal: undefined,
      NotPrincipal: { AWS: "123456789012" },
    }),
    "a service on behalf of any account": {
      ...found(service),
      says: /^role: ecs-tasks\.amazonaws\.com may assume it/,
    },
    "two services on behalf of any account, one of them waived by its name": {
      stack: roleStack({
        ...service,
        Principal: { Service: ["ecs-tasks.amazonaws.com", "airflow.amazonaws.com"] },
      }),
      settings: {
        waivers: [
          {
            finding: "*::role#ecs-tasks.amazonaws.com",
            reason: "It is about to be replaced.",
            owner: "platform",
            expires: "2026-06-30",
          },
        ],
      },
      finds: ["role"],
      says: /^role: airflow\.amazonaws\.com may/,
    },
    "two services on behalf of any account": {
      stack: roleStack({
        ...service,
        Principal: { Service: ["airflow.amazonaws.com", "airflow-env.amazonaws.com"] },
      }),
      finds: ["role", "role"],
    },
    "a service on behalf of any account, in one of two statements": found(
      { ...service, Condition: fromHere },
      service,
    ),
    "a source that a request may lack": found({
      ...service,
      Condition: { StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } },
    }),
    "any source": found({ ...service, Condition: { StringLike: { "aws:SourceAccount": "*" } } }),
    "another condition": found({
      ...service,
      Condition: { StringEquals: { "sts:ExternalId": "123456789012" } },
    }),
  },
  nearMiss: {
    "a service on behalf of a resource": roleStack({
      ...service,
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:ecs:us-west-2:123456789012:*" } },
    }),
    "a service on behalf of the organization": roleStack({
      ...service,
      Condition: { StringEquals: { "aws:SourceOrgID": "o-1234567890" } },
    }),
    "a service on behalf of a part of the organization": roleStack({
      ...service,
      Condition: {
        "ForAnyValue:StringLike": { "aws:SourceOrgPaths": "o-1234567890/r-ab12/ou-ab12-1/*" },
      },
    }),
    "a provider of identities": roleStack({
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: {
        Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
      },
      Condition: {
        StringEquals: {
          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
          "token.actions.githubusercontent.com:sub": "repo:org/name:environment:prod",
        },
      },
    }),
    "an account": roleStack({ ...service, Principal: { AWS: "123456789012" } }),
    "any account of the organization": roleStack({
      ...service,
      Principal: { AWS: "*" },
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } },
    }),
    "a service, denied": roleStack({ ...service, Effect: "Deny" }),
  },
  unknown: {
    "the account": roleStack({
      ...service,
      Condition: { StringEquals: { "aws:SourceAccount": UNKNOWN } },
    }),
  },
  missing: { "a principal": { stack: roleStack({ Action: "sts:AssumeRole" }), finds: [] } },
});
