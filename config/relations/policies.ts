import { Arns, partitionOf } from "../../components/lib/arn.ts";
import type { Context } from "../../components/lib/context.ts";
import { changePolicies, readPolicies } from "../../components/lib/deploy/policies.ts";
import { postureOf } from "../../components/lib/differences.ts";
import type { Names } from "../../components/lib/names.ts";
import { documentLength, policyLength, readSecrets } from "../../components/lib/policies.ts";
import { githubOf } from "../github.ts";
import { jobsOf } from "../jobs.ts";
import { environmentOf, type Key, keptDifferences, type Settings, settings } from "../settings.ts";
import type { Problem } from "./problem.ts";

/** Policies that AWS would refuse for their length, once much else is made. */
export function policyProblems(values: Partial<Settings>, names: Names): Problem[] {
  if (!isComplete(values)) return [];
  const { region, iamPath, permissionsBoundary, dataOnDestroy, keepReference } = values;
  const partition = partitionOf(region);
  // Of the account and the domain only the length is of interest here.
  const cloud = { partition, region, accountId: "0".repeat(12), dnsSuffix: "amazonaws.com.cn" };
  const context = {
    names,
    arns: new Arns({ ...cloud, iamPath }),
    posture: postureOf(keptDifferences(keepReference)),
    dataOnDestroy,
    permissionsBoundary: permissionsBoundary || undefined,
  };
  return [...secretProblems(values, context), ...deployProblems(values, context)];
}

function isComplete(values: Partial<Settings>): values is Settings {
  return (Object.keys(settings) as Key[]).every((key) => values[key] !== undefined);
}

function secretProblems(values: Settings, { arns, posture }: Context): Problem[] {
  if (!posture["secret-scope"]) return [];
  const named = Object.values(jobsOf(values)).flatMap(({ secret }) => secret?.name ?? []);
  const secrets = [...new Set(named)].map((name) =>
    name.startsWith("arn:") ? name : arns.secrets(`${name}-000000`),
  );
  const length = documentLength(readSecrets(secrets));
  if (length <= policyLength) return [];
  const rule = `name ${secrets.length} secrets, with which the policy to read them has ${length} characters; AWS takes ${policyLength}`;
  return [{ key: "jobs", value: undefined, rule }];
}

function deployProblems(values: Settings, context: Context): Problem[] {
  const { owner: Owner, project: Project } = values;
  const tags = { Owner, Project, Environment: environmentOf(values) };
  const github = githubOf(values, context.names, tags);
  if (!github) return [];
  const longest = (people: readonly string[]) => {
    const deployed = { ...github.deployed, people };
    const args = { ...github, context, deployed, deployers: github.names.all };
    const documents = Object.values({ ...readPolicies(args), ...changePolicies(args) });
    return Math.max(...documents.map(documentLength));
  };
  const { people } = github.deployed;
  const tooLong = (key: Key, by: number, rule: string): Problem => ({
    key,
    value: values[key],
    rule: `with which a policy of GitHub Actions has ${by} characters; AWS takes ${policyLength}: ${rule}`,
  });
  const withoutPeople = longest([]);
  if (withoutPeople > policyLength)
    return [tooLong("iamPath", withoutPeople, "take a shorter path, or a shorter boundary")];
  const length = longest(people);
  if (length <= policyLength) return [];
  return [tooLong("people", length, "have another stack make some, or none at all")];
}
