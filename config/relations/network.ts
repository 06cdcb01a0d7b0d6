import { contains, overlap, parseCidr } from "../../components/lib/cidr.ts";
import { airflowEndpoints, elasticIpCount } from "../../components/lib/nat.ts";
import { keptDifferences, type Settings } from "../settings.ts";
import type { Problem } from "./problem.ts";

export function networkProblems(values: Partial<Settings>): Problem[] {
  return [...subnetProblems(values), ...natProblems(values), ...existingVpcProblems(values)];
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
  const { natStrategy, natElasticIps = [], interfaceEndpoints, publicSubnetCidrs } = values;
  if (!natStrategy || values.existingVpcId) return [];
  const problems: Problem[] = [];
  const wanted = elasticIpCount(natStrategy, publicSubnetCidrs?.length ?? 0);
  if (publicSubnetCidrs && natElasticIps.length && natElasticIps.length !== wanted)
    problems.push({
      key: "natElasticIps",
      value: natElasticIps,
      rule: `must be ${String(wanted)}, one for each NAT gateway of natStrategy ${natStrategy}, or empty`,
    });
  const missing =
    interfaceEndpoints &&
    airflowEndpoints.filter((service) => !interfaceEndpoints.includes(service));
  if (natStrategy === "none" && missing?.length)
    problems.push({
      key: "natStrategy",
      value: natStrategy,
      rule: `needs interfaceEndpoints without which Airflow does not run: ${missing.join(", ")}`,
    });
  const kept = values.keepReference && keptDifferences(values.keepReference);
  if (natStrategy === "none" && kept?.includes("s3-endpoint"))
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

function range(text: string) {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`${text} was checked to be an address range`);
  return parsed;
}
