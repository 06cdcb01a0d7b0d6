import * as pulumi from "@pulumi/pulumi";
import { Arns, partitionOf } from "../../components/lib/arn.ts";
import { postureOf } from "../../components/lib/differences.ts";
import { type Names, NamesError, platformNames } from "../../components/lib/names.ts";
import { mostProjects } from "../../components/lib/projects.ts";
import { keptDifferences, type Settings } from "../settings.ts";
import type { Problem } from "./problem.ts";

export function identityProblems(values: Partial<Settings>): Problem[] {
  return [...boundaryProblems(values), ...githubProblems(values), ...nameProblems(values)];
}

function boundaryProblems({ accountId, permissionsBoundary }: Partial<Settings>): Problem[] {
  if (!accountId || !permissionsBoundary) return [];
  const [, , , , owner = ""] = permissionsBoundary.split(":");
  if (owner === accountId || owner === "aws") return [];
  const rule = `must be a policy of accountId, ${accountId}, or of AWS`;
  return [{ key: "permissionsBoundary", value: permissionsBoundary, rule }];
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
  const environment = values.environment || pulumi.getStack();
  const identity = { owner, project, environment, region, groupName, projectOwner };
  try {
    return projectProblems(values, platformNames(identity, projects));
  } catch (error) {
    if (!(error instanceof NamesError)) throw error;
    return error.problems.map(({ name, from, rule }) => ({ key: from, value: name, rule }));
  }
}

function projectProblems(values: Partial<Settings>, names: Names): Problem[] {
  const { region = "", projectGrant, keepReference } = values;
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
