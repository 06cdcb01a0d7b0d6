import * as pulumi from "@pulumi/pulumi";
import { Arns, partitionOf } from "../../components/lib/arn.ts";
import { postureOf } from "../../components/lib/differences.ts";
import { type Names, NamesError, platformNames } from "../../components/lib/names.ts";
import { mostProjects } from "../../components/lib/projects.ts";
import { environmentOf, keptDifferences, settings, type Settings } from "../settings.ts";
import { policyProblems } from "./policies.ts";
import type { Problem } from "./problem.ts";

export function identityProblems(values: Partial<Settings>): Problem[] {
  return [
    ...boundaryProblems(values),
    ...keyProblems(values),
    ...githubProblems(values),
    ...stackProblems(values),
    ...nameProblems(values),
  ];
}

function boundaryProblems({ accountId, permissionsBoundary }: Partial<Settings>): Problem[] {
  if (!accountId || !permissionsBoundary) return [];
  const owner = permissionsBoundary.split(":")[4];
  if (owner === accountId || owner === "aws") return [];
  const rule = `must be a policy of accountId, ${accountId}, or of AWS`;
  return [{ key: "permissionsBoundary", value: permissionsBoundary, rule }];
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html */
function keyProblems({ region, kmsKeyArn }: Partial<Settings>): Problem[] {
  if (!region || !kmsKeyArn || kmsKeyArn.split(":")[3] === region) return [];
  const rule = `must be a key of region ${region}: services use keys of their own region alone`;
  return [{ key: "kmsKeyArn", value: kmsKeyArn, rule }];
}

/** The stack's name stands in for an empty environment, and has to be one. */
function stackProblems({ environment }: Partial<Settings>): Problem[] {
  const stack = pulumi.getStack();
  const problem = environment === "" && settings.environment.safeParse(stack).error?.issues[0];
  if (!problem) return [];
  const rule = `the stack's name, ${JSON.stringify(stack)}, stands in for it, and ${problem.message}`;
  return [{ key: "environment", value: environment, rule }];
}

function githubProblems({ githubOwnerId, githubRepositoryId }: Partial<Settings>): Problem[] {
  if (githubOwnerId === undefined || githubRepositoryId === undefined) return [];
  if (Boolean(githubOwnerId) === Boolean(githubRepositoryId)) return [];
  const rule = "must be set together with githubOwnerId: GitHub sends both ids or none";
  return [{ key: "githubRepositoryId", value: githubRepositoryId, rule }];
}

function nameProblems(values: Partial<Settings>): Problem[] {
  const { owner, project, region, groupName, projectOwner, projects } = values;
  if (!owner || !project || !region || !groupName || !projectOwner || !projects) return [];
  // What is wrong with the stack's name is told already.
  if (stackProblems(values).length) return [];
  const environment = environmentOf({ environment: values.environment ?? "" });
  const identity = { owner, project, environment, region, groupName, projectOwner };
  try {
    const names = platformNames(identity, projects);
    return [
      ...projectProblems({ ...values, region }, names),
      ...peopleProblems(values, names),
      ...policyProblems(values, names),
    ];
  } catch (error) {
    if (!(error instanceof NamesError)) throw error;
    return error.problems.map(({ name, from, rule }) => ({ key: from, value: name, rule }));
  }
}

function projectProblems(
  { region, projectGrant, keepReference }: Partial<Settings> & Pick<Settings, "region">,
  names: Names,
): Problem[] {
  if (projectGrant !== "each" || !keepReference) return [];
  const posture = postureOf(keptDifferences(keepReference));
  // S3's ARNs have neither region nor account.
  const arns = new Arns({ partition: partitionOf(region), region, accountId: "", dnsSuffix: "" });
  const buckets = names.projects.map(({ bucket }) => bucket);
  const most = mostProjects({ arns, posture }, buckets);
  if (buckets.length <= most) return [];
  const rule = `must be at most ${String(most)}, with which the policy that the last ones share is full; projectGrant wildcard takes any number`;
  return [{ key: "projects", value: buckets.length, rule }];
}

/** Names of users are not told apart by case. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
function peopleProblems({ people = [] }: Partial<Settings>, { bot }: Names): Problem[] {
  const users = [bot, ...people].map((name) => name.toLowerCase());
  return people.flatMap((value, i): Problem[] => {
    const other = users.indexOf(value.toLowerCase());
    if (other > i) return [];
    const key = `people.${String(i)}`;
    if (other === 0) return [{ key, value, rule: "is the user of GitHub Actions, made anyway" }];
    return [{ key, value, rule: `is ${String(people[other - 1])} to IAM, which ignores case` }];
  });
}
