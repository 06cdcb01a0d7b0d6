import { oidcSubScoped } from "../../../policy/rules/identity/oidc-sub-scoped.ts";
import { roleStack } from "../fixtures.ts";
import { testRule, UNKNOWN } from "../support.ts";

const github = "token.actions.githubusercontent.com";
const federated = (issuer: string, Condition?: object) =>
  roleStack({
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
    ...(Condition && { Condition }),
  });
const subject = (sub: unknown, operator = "StringLike") =>
  federated(github, { [operator]: { [`${github}:sub`]: sub } });
const found = (stack: ReturnType<typeof federated>) => ({ stack, finds: ["role"] });
const prod = "repo:org/name:environment:prod";

testRule(oidcSubScoped, {
  good: subject(prod, "StringEquals"),
  bad: {
    "no condition": found(federated(github)),
    "the audience alone": found(
      federated(github, { StringEquals: { [`${github}:aud`]: "sts.amazonaws.com" } }),
    ),
    "any repository of the organization": found(subject("repo:org/*")),
    "any organization": found(subject("repo:*/name:environment:prod")),
    "repositories that begin alike": found(subject("repo:org/name*:environment:prod")),
    "anything of the repository": found(subject("repo:org/name:*")),
    "anything, beside one": found(subject([prod, "repo:org/*"])),
    "any subject": found(subject("*")),
    "a subject that a token may lack": found(subject(prod, "StringEqualsIfExists")),
    "all subjects of none": found(subject(prod, "ForAllValues:StringEquals")),
    "any other subject": found(subject(prod, "StringNotEquals")),
    "any repository of an enterprise": found(
      federated(`${github}/acme`, { StringLike: { [`${github}/acme:sub`]: "repo:org/*" } }),
    ),
    "a repository that the subject does not begin with": found(
      subject("environment:prod:repo:org/name:ref:refs/heads/main", "StringEquals"),
    ),
    "another provider's subjects of any beginning": found(
      federated("gitlab.com", { StringLike: { "gitlab.com:sub": "?roject_path:org/name:*" } }),
    ),
    "another provider's audience alone": found(
      federated("gitlab.com", { StringEquals: { "gitlab.com:aud": "https://gitlab.com" } }),
    ),
  },
  nearMiss: {
    "an environment": subject(prod),
    "one job and, besides, any of the organization": federated(github, {
      StringLike: { [`${github}:sub`]: "repo:org/*" },
      StringEquals: { [`${github}:sub`]: prod },
    }),
    "several jobs": subject([prod, "repo:org/name:ref:refs/heads/main"], "StringEquals"),
    "branches that begin alike": subject("repo:org/name:ref:refs/heads/release/*"),
    "a repository by its ids": subject("repo:org@12/name@34:environment:prod", "StringEquals"),
    "another provider's project": federated("gitlab.com", {
      StringLike: { "gitlab.com:sub": "project_path:org/name:*" },
    }),
    "a service": roleStack({
      Action: "sts:AssumeRole",
      Principal: { Service: "ecs.amazonaws.com" },
    }),
    "a provider of SAML": roleStack({
      Action: "sts:AssumeRoleWithSAML",
      Principal: { Federated: "arn:aws:iam::123456789012:saml-provider/org" },
    }),
    "the provider, denied": roleStack({
      Effect: "Deny",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${github}` },
    }),
  },
  unknown: { "the subject": subject(UNKNOWN) },
  missing: { "a principal": { stack: roleStack({ Action: "sts:AssumeRole" }), finds: [] } },
});
