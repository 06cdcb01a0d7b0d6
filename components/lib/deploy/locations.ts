import type { Context } from "../context.ts";
import type { Deployed } from "./args.ts";

/** ARNs of what a deployment looks after. */
export function locations({ names, arns }: Context, deployed: Deployed) {
  const { partition, region, accountId } = arns.cloud;
  const ours = `${names.prefix}-*`;
  const regional = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  const global = (service: string, resource: string) =>
    `arn:${partition}:${service}::${accountId}:${resource}`;
  const iam = (type: Parameters<typeof arns.iam>[0], ...patterns: string[]) =>
    patterns.map((pattern) => arns.iam(type, pattern));
  return {
    iam,
    batch: ["compute-environment", "job-queue", "job-definition"].map((type) =>
      regional("batch", `${type}/${ours}`),
    ),
    airflow: regional("airflow", `environment/${ours}`),
    repositories: regional("ecr", `repository/${ours}`),
    buckets: [ours, deployed.projectBuckets].map((bucket) => arns.bucket(bucket)),
    roles: iam("role", ours),
    serviceLinkedRoles: global("iam", "role/aws-service-role/*"),
    policies: iam("policy", ours, deployed.projectPolicies),
    groups: iam("group", ours, names.group),
    users: iam("user", ours, ...deployed.people),
    // A device has the name of its person.
    mfaDevices: deployed.people.map((person) => arns.mfaDevice(person)),
    openIdProviders: arns.openIdProvider("*"),
    logGroups: names.anyLogGroups.map((group) => arns.logGroup(group)),
    topics: regional("sns", ours),
    rules: regional("events", `rule/${ours}`),
    alarms: regional("cloudwatch", `alarm:${ours}`),
    anyAlarm: regional("cloudwatch", "alarm:*"),
    vpcs: regional("ec2", "vpc/*"),
    budgets: global("budgets", `budget/${ours}`),
    keys: arns.anyKey(),
    aliases: regional("kms", `alias/${ours}`),
  };
}
