import type * as aws from "@pulumi/aws";
import { document } from "./policies.ts";

/** Where GitHub Actions' tokens come from; an account has one provider for it. */
export const githubIssuer = "token.actions.githubusercontent.com";

/** Whom the tokens are for: AWS's own action asks for this audience. */
export const githubAudience = "sts.amazonaws.com";

/** A repository as GitHub's tokens name it. */
export interface Repository {
  /** `owner/name`, in the case that GitHub has it in. */
  readonly name: string;
  /** Its numeric ids; without them it is known by name alone. */
  readonly ids?: { readonly owner: string; readonly repository: string };
}

/**
 * What tokens of jobs of the repository have as their subject. A repository made, renamed or transferred since
 * 2026-07-15 sends its ids too, others when they opt in: both spellings, so that none of this locks it out.
 * https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
export function githubSubjects({ name, ids }: Repository, jobs: readonly string[]): string[] {
  const spellings = [name];
  if (ids) spellings.push(`${name.replace("/", `@${ids.owner}/`)}@${ids.repository}`);
  return spellings.flatMap((spelling) => jobs.map((job) => `repo:${spelling}:${job}`));
}

/** A trust policy for the jobs with exactly these subjects. */
export function githubTrust(
  providerArn: string,
  subjects: readonly string[],
): aws.iam.PolicyDocument {
  return document({
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: providerArn },
    // Not ForAllValues or StringLike: the one also passes without the claim, the other takes wildcards.
    Condition: {
      StringEquals: {
        [`${githubIssuer}:aud`]: githubAudience,
        [`${githubIssuer}:sub`]: [...subjects],
      },
    },
  });
}
