import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Where the platform stands: a VPC with subnets, made here or by somebody else. */
export interface Network {
  readonly vpcId: pulumi.Input<string>;
  readonly publicSubnetIds: readonly pulumi.Input<string>[];
  /** Each in a zone of its own. */
  readonly privateSubnetIds: readonly pulumi.Input<string>[];
  /** What must stand before anything in a public subnet can reach the internet. */
  readonly publicRoutes: readonly pulumi.Resource[];
  /** What must stand before anything in a private subnet can reach what it needs. */
  readonly privateRoutes: readonly pulumi.Resource[];
  /** Addresses from which private subnets reach the internet, for others' allow lists. */
  readonly natPublicIps: pulumi.Input<readonly pulumi.Input<string>[]>;
}

export interface ExistingNetworkArgs {
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
}

/**
 * A VPC that somebody else looks after. Its routes, default security group and flow logs are theirs; its
 * NAT gateways are looked up for their addresses.
 */
export function existingNetwork(args: ExistingNetworkArgs, opts: pulumi.InvokeOptions): Network {
  const gateways = aws.ec2.getNatGatewaysOutput(
    { vpcId: args.vpcId, filters: [{ name: "state", values: ["available"] }] },
    opts,
  );
  const natPublicIps = gateways.ids.apply(async (ids) => {
    const found = await Promise.all(ids.map((id) => aws.ec2.getNatGateway({ id }, opts)));
    return found.map(({ publicIp }) => publicIp).sort();
  });
  return { ...args, publicRoutes: [], privateRoutes: [], natPublicIps };
}
