import * as pulumi from "@pulumi/pulumi";
import { atLeast } from "../components/lib/airflow";
import { Arns, partitionOf } from "../components/lib/arn";
import { contains, overlap, parseCidr } from "../components/lib/cidr";
import { postureOf } from "../components/lib/differences";
import { fargateMemory } from "../components/lib/fargate";
import { airflowEndpoints, elasticIpCount } from "../components/lib/nat";
import { type Names, NamesError, platformNames } from "../components/lib/names";
import { mostProjects } from "../components/lib/projects";
import { airflowVersionOf, keptDifferences, type Settings } from "./settings";

/** A setting that cannot be deployed. */
export interface Problem {
  readonly key: string;
  readonly value: unknown;
  readonly rule: string;
}

/** What no setting shows by itself. A rule whose settings are themselves wrong is silent. */
export function relationProblems(values: Partial<Settings>): Problem[] {
  return [
    ...boundaryProblems(values),
    ...subnetProblems(values),
    ...natProblems(values),
    ...existingVpcProblems(values),
    ...jobProblems(values),
    ...airflowProblems(values),
    ...githubProblems(values),
    ...alarmProblems(values),
    ...nameProblems(values),
  ];
}

function boundaryProblems({ accountId, permissionsBoundary }: Partial<Settings>): Problem[] {
  if (!accountId || !permissionsBoundary) return [];
  const [, , , , owner = ""] = permissionsBoundary.split(":");
  if (owner === accountId || owner === "aws") return [];
  const rule = `must be a policy of accountId, ${accountId}, or of AWS`;
  return [{ key: "permissionsBoundary", value: permissionsBoundary, rule }];
}

function subnetProblems({
  vpcCidr,
  publicSubnetCidrs = [],
  privateSubnetCidrs = [],
}: Partial<Settings>): Problem[] {
  const subnets = [
    ...publicSubnetCidrs.map((value, i) => ({ key: `publicSubnetCidrs.${String(i)}`, value })),
    ...privateSubnetCidrs.map((value, i) => ({ key: `privateSubnetCidrs.${String(i)}`, value })),
  ];
  const problems: Problem[] = subnets.flatMap((subnet, i) =>
    subnets
      .slice(0, i)
      .filter((other) => overlap(range(other.value), range(subnet.value)))
      .map((other) => ({ ...subnet, rule: `overlaps ${other.key}, ${other.value}` })),
  );
  if (vpcCidr)
    problems.push(
      ...subnets
        .filter(({ value }) => !contains(range(vpcCidr), range(value)))
        .map((subnet) => ({ ...subnet, rule: `must be inside the VPC, ${vpcCidr}` })),
    );
  const zones = publicSubnetCidrs.length;
  if (zones && privateSubnetCidrs.length && privateSubnetCidrs.length !== zones)
    problems.push({
      key: "privateSubnetCidrs",
      value: privateSubnetCidrs,
      rule: `must be as many as publicSubnetCidrs, ${String(zones)}: a pair per zone`,
    });
  return problems;
}

function natProblems(values: Partial<Settings>): Problem[] {
  const { natStrategy, natElasticIps = [], interfaceEndpoints = [], publicSubnetCidrs } = values;
  if (!natStrategy || values.existingVpcId) return [];
  const problems: Problem[] = [];
  const wanted = elasticIpCount(natStrategy, publicSubnetCidrs?.length ?? 0);
  if (publicSubnetCidrs && natElasticIps.length && natElasticIps.length !== wanted)
    problems.push({
      key: "natElasticIps",
      value: natElasticIps,
      rule: `must be ${String(wanted)}, one for each NAT gateway of natStrategy ${natStrategy}, or empty`,
    });
  const missing = airflowEndpoints.filter((service) => !interfaceEndpoints.includes(service));
  if (natStrategy === "none" && missing.length)
    problems.push({
      key: "natStrategy",
      value: natStrategy,
      rule: `needs interfaceEndpoints without which Airflow does not run: ${missing.join(", ")}`,
    });
  return problems;
}

function existingVpcProblems(values: Partial<Settings>): Problem[] {
  const { existingVpcId, existingPublicSubnetIds, existingPrivateSubnetIds } = values;
  if (existingVpcId === undefined || !existingPublicSubnetIds || !existingPrivateSubnetIds)
    return [];
  const at = (key: string, value: unknown, rule: string) => ({ key, value, rule });
  if (!existingVpcId)
    return existingPublicSubnetIds.length || existingPrivateSubnetIds.length
      ? [at("existingVpcId", existingVpcId, "must be set where existing subnets are")]
      : [];
  return [
    ...(existingPublicSubnetIds.length
      ? []
      : [at("existingPublicSubnetIds", [], "must name a subnet for jobs")]),
    ...(existingPrivateSubnetIds.length >= 2
      ? []
      : [at("existingPrivateSubnetIds", existingPrivateSubnetIds, "must be two, for Airflow")]),
  ];
}

function jobProblems(values: Partial<Settings>): Problem[] {
  const { jobVcpus, jobMemory, jobSecret, jobSecretFields, jobs = {} } = values;
  const problems = sizeProblems("jobMemory", jobVcpus, jobMemory);
  if (jobSecret && jobSecretFields?.length === 0)
    problems.push({
      key: "jobSecretFields",
      value: jobSecretFields,
      rule: "must name a field where jobSecret names a secret",
    });
  for (const [name, job] of Object.entries(jobs)) {
    const at = `jobs.${name}`;
    const pattern = /^[a-z0-9][a-z0-9_-]{0,40}$/;
    if (name === "default" || !pattern.test(name))
      problems.push({
        key: at,
        value: job,
        rule: `the name of a job must match ${pattern.source}, and default is the one of the job… settings`,
      });
    if (job.imageTag !== undefined && job.imageDigest !== undefined)
      problems.push({ key: at, value: job, rule: "must have imageTag or imageDigest, not both" });
    if (job.vcpus !== undefined || job.memory !== undefined)
      problems.push(
        ...sizeProblems(`${at}.memory`, job.vcpus ?? jobVcpus, job.memory ?? jobMemory),
      );
  }
  return problems;
}

function sizeProblems(key: string, vcpus: string | undefined, memory: number | undefined) {
  const sizes = vcpus === undefined ? undefined : fargateMemory[vcpus];
  if (!sizes || memory === undefined || sizes.includes(memory)) return [];
  const rule = `with ${String(vcpus)} vCPU Fargate has ${sizes.join(", ")} MiB`;
  const problems: Problem[] = [{ key, value: memory, rule }];
  return problems;
}

function airflowProblems(values: Partial<Settings>): Problem[] {
  const { mwaaClass, mwaaSchedulers, mwaaMinWorkers, mwaaMaxWorkers } = values;
  const problems: Problem[] = [];
  if (mwaaMinWorkers && mwaaMaxWorkers && mwaaMinWorkers > mwaaMaxWorkers)
    problems.push({
      key: "mwaaMinWorkers",
      value: mwaaMinWorkers,
      rule: `must not be above mwaaMaxWorkers, ${String(mwaaMaxWorkers)}`,
    });
  // https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
  const micro = mwaaClass === "mw1.micro";
  if (mwaaClass && mwaaSchedulers && micro !== (mwaaSchedulers === 1))
    problems.push({
      key: "mwaaSchedulers",
      value: mwaaSchedulers,
      rule: micro ? "must be 1 in mw1.micro" : `must be 2 to 5 in ${mwaaClass}`,
    });
  if (micro && mwaaMaxWorkers !== undefined && mwaaMaxWorkers !== 1)
    problems.push({
      key: "mwaaMaxWorkers",
      value: mwaaMaxWorkers,
      rule: "must be 1 in mw1.micro, which does not scale",
    });
  const version = airflowVersionOf(values);
  if (values.mwaaWebserverAccess === "PUBLIC_AND_PRIVATE" && !atLeast(version, "3.2.0"))
    problems.push({
      key: "mwaaWebserverAccess",
      value: values.mwaaWebserverAccess,
      rule: `needs Airflow 3.2.0 or later, this is ${version}`,
    });
  return problems;
}

function githubProblems({ githubOwnerId, githubRepositoryId }: Partial<Settings>): Problem[] {
  if (githubOwnerId === undefined || githubRepositoryId === undefined) return [];
  if (Boolean(githubOwnerId) === Boolean(githubRepositoryId)) return [];
  const rule = "must be set together with githubOwnerId: GitHub sends both ids or none";
  return [{ key: "githubRepositoryId", value: githubRepositoryId, rule }];
}

function alarmProblems({ alarmEmails, monthlyBudgetUsd }: Partial<Settings>): Problem[] {
  if (!monthlyBudgetUsd || alarmEmails === undefined || alarmEmails.length) return [];
  const rule = "needs alarmEmails, or nobody hears of it";
  return [{ key: "monthlyBudgetUsd", value: monthlyBudgetUsd, rule }];
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

function range(text: string) {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`${text} was checked to be an address range`);
  return parsed;
}
