import * as pulumi from "@pulumi/pulumi";
import {
  atLeast,
  isPublished,
  readRequirements,
  requirementsProblem,
} from "../components/lib/airflow";
import { Arns, partitionOf } from "../components/lib/arn";
import { contains, overlap, parseCidr } from "../components/lib/cidr";
import { postureOf } from "../components/lib/differences";
import { fargateMemory } from "../components/lib/fargate";
import { airflowEndpoints, elasticIpCount } from "../components/lib/nat";
import { type Names, NamesError, platformNames } from "../components/lib/names";
import { mostProjects } from "../components/lib/projects";
import { readAirflowFiles } from "./airflow-files";
import { completeJob, defaultJobKeys } from "./jobs";
import { airflowSizesOf, airflowVersionOf, keptDifferences, type Settings } from "./settings";

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
    ...webserverProblems(values),
    ...airflowLogProblems(values),
    ...airflowFileProblems(values),
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
  if (natStrategy === "none" && keptDifferences(values.keepReference ?? []).includes("s3-endpoint"))
    problems.push({
      key: "natStrategy",
      value: natStrategy,
      rule: "needs S3's endpoint, which keepReference s3-endpoint takes away: Airflow reads its DAGs through it",
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
    if (!pattern.test(name))
      problems.push({
        key: at,
        value: job,
        rule: `the name of a job must match ${pattern.source}`,
      });
    if (job.imageTag !== undefined && job.imageDigest !== undefined)
      problems.push({ key: at, value: job, rule: "must have imageTag or imageDigest, not both" });
    if (name !== "default" && (job.vcpus !== undefined || job.memory !== undefined))
      problems.push(
        ...sizeProblems(`${at}.memory`, job.vcpus ?? jobVcpus, job.memory ?? jobMemory),
      );
    if (job.retryRules?.length && completeJob(jobs, job).attempts === undefined)
      problems.push({
        key: `${at}.retryRules`,
        value: job.retryRules,
        rule: "needs attempts, the most that there may be",
      });
    const { architecture = "X86_64" } = jobs["default"] ?? {};
    if (job.architecture !== undefined && job.architecture !== architecture)
      problems.push({
        key: `${at}.architecture`,
        value: job.architecture,
        rule: `must be ${architecture}, as the default job's: one architecture for all jobs of the queue`,
      });
  }
  return [...problems, ...defaultJobProblems(values)];
}

function defaultJobProblems({ jobs, jobImageContext, keepReference }: Partial<Settings>) {
  const job = jobs?.["default"] ?? {};
  const problems: Problem[] = Object.entries(defaultJobKeys).flatMap(([key, setting]) => {
    const value = job[key as keyof typeof defaultJobKeys];
    if (value === undefined) return [];
    return [{ key: `jobs.default.${key}`, value, rule: `${setting} says it for the default job` }];
  });
  if (job.imageDigest !== undefined && jobImageContext)
    problems.push({
      key: "jobs.default.imageDigest",
      value: job.imageDigest,
      rule: "must not be set with jobImageContext, whose image the default job runs",
    });
  const kept = keepReference && keptDifferences(keepReference);
  if (job.logRetentionDays !== undefined && kept?.includes("batch-logs"))
    problems.push({
      key: "jobs.default.logRetentionDays",
      value: job.logRetentionDays,
      rule: "needs the log group that keepReference batch-logs leaves out",
    });
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
  return [...airflowSizeProblems(values), ...webserverAccessProblems(values)];
}

function airflowSizeProblems({
  mwaaClass,
  mwaaSchedulers,
  mwaaMinWorkers,
  mwaaMaxWorkers,
}: Partial<Settings>): Problem[] {
  if (mwaaClass === undefined || mwaaSchedulers === undefined || mwaaMaxWorkers === undefined)
    return [];
  const { schedulers, maxWorkers } = airflowSizesOf({ mwaaClass, mwaaSchedulers, mwaaMaxWorkers });
  const problems: Problem[] = [];
  if (mwaaMinWorkers && mwaaMinWorkers > maxWorkers)
    problems.push({
      key: "mwaaMinWorkers",
      value: mwaaMinWorkers,
      rule: `must not be above mwaaMaxWorkers, ${String(maxWorkers)}`,
    });
  // https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
  const micro = mwaaClass === "mw1.micro";
  if (micro !== (schedulers === 1))
    problems.push({
      key: "mwaaSchedulers",
      value: mwaaSchedulers,
      rule: micro ? "must be 1 in mw1.micro, or 0" : `must be 2 to 5 in ${mwaaClass}, or 0`,
    });
  if (micro && maxWorkers !== 1)
    problems.push({
      key: "mwaaMaxWorkers",
      value: mwaaMaxWorkers,
      rule: "must be 1 in mw1.micro, which does not scale, or 0",
    });
  return problems;
}

function webserverAccessProblems(values: Partial<Settings>): Problem[] {
  const version = airflowVersionOf(values);
  if (values.mwaaWebserverAccess !== "PUBLIC_AND_PRIVATE" || atLeast(version, "3.2.0")) return [];
  return [
    {
      key: "mwaaWebserverAccess",
      value: values.mwaaWebserverAccess,
      rule: `needs Airflow 3.2.0 or later, this is ${version}`,
    },
  ];
}

/** https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html */
function webserverProblems({
  mwaaClass,
  mwaaMinWebservers,
  mwaaMaxWebservers,
}: Partial<Settings>): Problem[] {
  if (!mwaaClass || mwaaMinWebservers === undefined || mwaaMaxWebservers === undefined) return [];
  const micro = mwaaClass === "mw1.micro";
  const [least, most] = micro ? [1, 1] : [2, 5];
  const problems: Problem[] = Object.entries({ mwaaMinWebservers, mwaaMaxWebservers })
    .filter(([, value]) => value !== 0 && (value < least || value > most))
    .map(([key, value]) => ({
      key,
      value,
      rule: micro ? "must be 1 in mw1.micro, or 0" : `must be 2 to 5 in ${mwaaClass}, or 0`,
    }));
  // AWS's default of both is the least.
  if (problems.length === 0 && (mwaaMinWebservers || least) > (mwaaMaxWebservers || least))
    problems.push({
      key: "mwaaMinWebservers",
      value: mwaaMinWebservers,
      rule: `must not be above mwaaMaxWebservers, ${String(mwaaMaxWebservers || least)}`,
    });
  return problems;
}

function airflowLogProblems({ mwaaLogLevels, keepReference }: Partial<Settings>): Problem[] {
  if (!mwaaLogLevels || !keepReference || Object.keys(mwaaLogLevels).length === 0) return [];
  if (!keptDifferences(keepReference).includes("mwaa-logs")) return [];
  const rule = "has no effect with keepReference mwaa-logs, which turns Airflow's logs off";
  return [{ key: "mwaaLogLevels", value: mwaaLogLevels, rule }];
}

function airflowFileProblems(values: Partial<Settings>): Problem[] {
  const { airflowFiles, airflowVersion, keepReference, natStrategy, existingVpcId } = values;
  if (airflowFiles === undefined || airflowVersion === undefined || !keepReference) return [];
  const { requirements } = readAirflowFiles(airflowFiles);
  if (requirements === undefined) return [];
  const at = (rule: string) => ({ key: "airflowFiles", value: airflowFiles, rule });
  const problem = requirementsProblem(requirements, airflowVersionOf(values));
  if (problem) return [at(problem)];
  const remote = readRequirements(requirements).constraints.some(isPublished);
  if (natStrategy !== "none" || existingVpcId || !remote) return [];
  return [
    at(
      "requirements.txt has constraints that Airflow cannot download with natStrategy none: upload them with the DAGs, as /usr/local/airflow/dags/…",
    ),
  ];
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
