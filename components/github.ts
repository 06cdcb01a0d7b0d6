import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachPolicy } from "./attachment.ts";
import type { Context } from "./lib/context.ts";
import type { Deployed, StateBackend } from "./lib/deploy/args.ts";
import { changePolicies, readPolicies } from "./lib/deploy/policies.ts";
import {
  githubAudience,
  githubIssuer,
  githubSubjects,
  githubTrust,
  type Repository,
} from "./lib/github-trust.ts";
import { atPath, bounded } from "./lib/iam.ts";
import { documentLength, fitsManagedPolicy, policyLength } from "./lib/policies.ts";

export interface GithubRolesArgs {
  readonly context: Context;
  /** Names of the roles; those of the policies begin with their role's. */
  readonly names: {
    readonly preview: string;
    readonly deploy: string;
    readonly jobs: string;
    /** Of all of them, and of nothing else. */
    readonly all: string;
  };
  readonly repository: Repository;
  /** GitHub's environment whose jobs may deploy: its protection rules decide which do. */
  readonly environment: string;
  /** Branch whose jobs may preview, besides pull requests. */
  readonly branch: string;
  /** Whether this stack makes the account's one OIDC provider. False where it stands already. */
  readonly createProvider: boolean;
  readonly deployed: Deployed;
  readonly state?: StateBackend;
}

/**
 * Seconds for which a job may ask for a role. An hour, the least that AWS takes, but for deployments: MWAA takes 20 to 30
 * minutes to make an environment, and one that is replaced has to go first.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 * https://docs.aws.amazon.com/mwaa/latest/userguide/create-environment.html
 */
const sessions = { preview: 3600, deploy: 7200, jobs: 3600 } as const;

/**
 * Roles that GitHub Actions takes by OIDC, without a stored key: `preview` reads, for pull requests and
 * the branch; `deploy` deploys and `jobs` is granted what pushes images and submits jobs, both for jobs
 * of the environment. Costs nothing. None of them can change any of them: a person does.
 */
export class GithubRoles extends pulumi.ComponentResource {
  readonly preview: aws.iam.Role;
  readonly deploy: aws.iam.Role;
  /** Has no rights of its own: grant them to it. */
  readonly jobs: aws.iam.Role;

  constructor(name: string, args: GithubRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:GithubRoles", name, {}, opts);
    const { names, environment, branch } = args;
    const provider = args.createProvider ? [this.#createProvider(name)] : [];

    const createRole = (what: "preview" | "deploy" | "jobs", jobs: string[], description: string) =>
      new aws.iam.Role(
        `${name}-${what}`,
        {
          ...bounded(args.context),
          name: names[what],
          description,
          assumeRolePolicy: githubTrust(
            args.context.arns.openIdProvider(githubIssuer),
            githubSubjects(args.repository, jobs),
          ),
          maxSessionDuration: sessions[what],
        },
        // The trust policy names the provider, and so depends on it by no value.
        { parent: this, dependsOn: provider },
      );
    const environmentJobs = [`environment:${environment}`];
    this.preview = createRole(
      "preview",
      ["pull_request", `ref:refs/heads/${branch}`],
      "GitHub Actions: previews deployments, changes nothing",
    );
    this.deploy = createRole("deploy", environmentJobs, "GitHub Actions: deploys");
    this.jobs = createRole("jobs", environmentJobs, "GitHub Actions: pushes images, submits jobs");

    const policyArgs = { ...args, deployers: names.all };
    const createPolicy = (what: string, policyName: string, policy: aws.iam.PolicyDocument) => {
      checkLength(policyName, policy);
      return new aws.iam.Policy(
        `${name}-${what}`,
        { ...atPath(args.context), name: policyName, policy },
        { parent: this },
      );
    };
    const attach = (role: "preview" | "deploy", what: string, policy: aws.iam.Policy) =>
      attachPolicy(`${name}-${role}-${what}`, policy, this[role], { parent: this });

    for (const [what, document] of Object.entries(readPolicies(policyArgs))) {
      const policy = createPolicy(what, `${names.preview}-${what}`, document);
      attach("preview", what, policy);
      attach("deploy", what, policy);
    }
    for (const [what, policy] of Object.entries(changePolicies(policyArgs)))
      attach("deploy", what, createPolicy(what, `${names.deploy}-${what}`, policy));
    this.registerOutputs();
  }

  #createProvider(name: string) {
    // Without thumbprints: AWS checks GitHub's certificate by its own list of authorities.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    return new aws.iam.OpenIdConnectProvider(
      name,
      { url: `https://${githubIssuer}`, clientIdLists: [githubAudience] },
      { parent: this },
    );
  }
}

/** People are named in them one by one. */
function checkLength(name: string, policy: aws.iam.PolicyDocument): void {
  if (fitsManagedPolicy(policy)) return;
  const length = documentLength(policy);
  throw new pulumi.RunError(
    `the policy ${name} has ${String(length)} characters, AWS takes ${String(policyLength)}: have this stack make fewer people`,
  );
}
