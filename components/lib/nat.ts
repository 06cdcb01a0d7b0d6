/**
 * How private subnets reach the internet: by a NAT gateway in each zone; by one for all zones, which a
 * failure of its zone takes away; by one that AWS spreads over the zones; or not at all.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 */
export const natStrategies = ["perZone", "single", "regional", "none"] as const;
export type NatStrategy = (typeof natStrategies)[number];

/** How many elastic IPs a strategy takes in so many zones. */
export function elasticIpCount(strategy: NatStrategy, zones: number): number {
  if (strategy === "none") return 0;
  return strategy === "single" ? 1 : zones;
}

/**
 * Interface endpoints by which Airflow works without a way to the internet, besides S3's gateway.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-vpe-create-access.html
 */
export const airflowEndpoints = [
  "airflow.api",
  "airflow.env",
  "ecr.api",
  "ecr.dkr",
  "kms",
  "logs",
  "monitoring",
  "sqs",
];
