import * as pulumi from "@pulumi/pulumi";
import { atLeast } from "../components/lib/airflow";
import { contains, overlap, parseCidr } from "../components/lib/cidr";
import { fargateMemory } from "../components/lib/fargate";
import { NamesError, platformNames } from "../components/lib/names";
import { airflowVersionOf, type Settings } from "./settings";

/** A setting that cannot be deployed. */
export interface Problem {
  readonly key: string;
  readonly value: unknown;
  readonly rule: string;
}

/** What no setting shows by itself. A rule whose settings are themselves wrong is silent. */
export function relationProblems(values: Partial<Settings>): Problem[] {
  return [
    ...subnetProblems(values),
    ...jobProblems(values),
    ...airflowProblems(values),
    ...peopleProblems(values),
    ...nameProblems(values),
  ];
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

function jobProblems({ jobVcpus, jobMemory, jobSecret, jobSecretFields }: Partial<Settings>) {
  const problems: Problem[] = [];
  const sizes = jobVcpus === undefined ? undefined : fargateMemory[jobVcpus];
  if (sizes && jobMemory !== undefined && !sizes.includes(jobMemory))
    problems.push({
      key: "jobMemory",
      value: jobMemory,
      rule: `with ${String(jobVcpus)} vCPU Fargate has ${sizes.join(", ")} MiB`,
    });
  if (jobSecret && jobSecretFields?.length === 0)
    problems.push({
      key: "jobSecretFields",
      value: jobSecretFields,
      rule: "must name a field where jobSecret names a secret",
    });
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

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const groupPolicyLimit = 10;
const ownGroupPolicies = 2;

function peopleProblems({ projects }: Partial<Settings>): Problem[] {
  const most = groupPolicyLimit - ownGroupPolicies;
  if (!projects || projects.length <= most) return [];
  return [
    {
      key: "projects",
      value: projects,
      rule: `must be at most ${String(most)}: each adds a policy to the analysts' group, which takes ${String(groupPolicyLimit)}`,
    },
  ];
}

function nameProblems(values: Partial<Settings>): Problem[] {
  const { owner, project, region, groupName, projectOwner, projects } = values;
  if (!owner || !project || !region || !groupName || !projectOwner || !projects) return [];
  const environment = values.environment || pulumi.getStack();
  const identity = { owner, project, environment, region, groupName, projectOwner };
  try {
    platformNames(identity, projects);
    return [];
  } catch (error) {
    if (!(error instanceof NamesError)) throw error;
    return error.problems.map(({ name, from, rule }) => ({ key: from, value: name, rule }));
  }
}

function range(text: string) {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`${text} was checked to be an address range`);
  return parsed;
}
