import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Context } from "./lib/context.ts";
import type { BatchServiceRole, FargateCapacity } from "./lib/fargate.ts";
import { generationName } from "./lib/generations.ts";
import { bounded } from "./lib/iam.ts";
import { serviceTrust } from "./lib/policies.ts";
import type { Network } from "./network.ts";

export interface ComputeEnvironmentsArgs {
  readonly context: Context;
  readonly network: Network;
  /** vCPUs that running jobs may use at once, of each capacity. */
  readonly maxVcpus: number;
  /** In the order in which the queue tries them. @default FARGATE alone */
  readonly capacity?: readonly FargateCapacity[];
  /** Jobs in public subnets take a public address each, in private ones they go through NAT. @default public */
  readonly subnets?: "public" | "private";
  /** TCP ports that jobs may reach on the internet. */
  readonly egressPorts: readonly number[];
  /** Role that Batch itself works with: one made here, or its service-linked one. @default custom */
  readonly serviceRole?: BatchServiceRole;
}

type Options = Pick<pulumi.CustomResourceOptions, "parent">;

/**
 * A compute environment for each kind of capacity, in their order. AWS deletes none that a queue is on: what
 * cannot be updated in place therefore changes the name, and Pulumi makes the new one and moves the queue before
 * it disables and deletes the old one.
 * https://docs.aws.amazon.com/batch/latest/userguide/blue-green-updates.html
 */
export function createComputeEnvironments(
  name: string,
  args: ComputeEnvironmentsArgs,
  opts: Options,
): aws.batch.ComputeEnvironment[] {
  const { context, network, maxVcpus, capacity = ["FARGATE"], subnets = "public" } = args;
  const { names } = context;
  const isPublic = subnets === "public";
  const subnetIds = [...(isPublic ? network.publicSubnetIds : network.privateSubnetIds)];
  const securityGroup = createSecurityGroup(name, args, opts);
  const service =
    args.serviceRole === "serviceLinked" ? undefined : createServiceRole(name, args, opts);
  const nameOf = createGeneration(name, args, { subnetIds, securityGroup }, opts);
  // Without its policy the service role can neither make the environment nor, on the way down, take its
  // network interfaces away: the environment then stays in DELETING.
  const dependsOn = [
    ...(service ? [service.attachment] : []),
    ...(isPublic ? network.publicRoutes : network.privateRoutes),
  ];
  return capacity.map(
    (type) =>
      new aws.batch.ComputeEnvironment(
        type === "FARGATE" ? name : `${name}-spot`,
        {
          name: nameOf(type === "FARGATE" ? names.batch : names.batchSpot),
          type: "MANAGED",
          serviceRole: service?.role.arn,
          computeResources: {
            type,
            maxVcpus,
            subnets: subnetIds,
            securityGroupIds: [securityGroup.id],
          },
        },
        // By itself the provider deletes first, which AWS refuses while the queue is there.
        { ...opts, dependsOn, deleteBeforeReplace: false },
      ),
  );
}

function createSecurityGroup(
  name: string,
  { context: { names }, network, egressPorts }: ComputeEnvironmentsArgs,
  opts: Options,
) {
  return new aws.ec2.SecurityGroup(
    name,
    {
      name: names.batchSecurityGroup,
      description: "Allow ECS tasks to reach out to internet",
      vpcId: network.vpcId,
      ingress: [],
      egress: egressPorts.map((port) => ({
        description: "Allow ECS tasks to talk to the internet",
        protocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrBlocks: ["0.0.0.0/0"],
      })),
      tags: { Name: names.batchSecurityGroup },
    },
    // In another VPC the name is free. Deleted first, it would take the environments with it, and they the queue.
    { ...opts, deleteBeforeReplace: false },
  );
}

function createServiceRole(name: string, { context }: ComputeEnvironmentsArgs, opts: Options) {
  const { names, arns } = context;
  const role = new aws.iam.Role(
    `${name}-service`,
    {
      ...bounded(context),
      name: names.batchServiceRole,
      assumeRolePolicy: serviceTrust(context, "batch.amazonaws.com"),
    },
    opts,
  );
  const attachment = new aws.iam.RolePolicyAttachment(
    `${name}-service`,
    {
      role: role.name,
      policyArn: arns.managedPolicy("service-role/AWSBatchServiceRole"),
    },
    opts,
  );
  return { role, attachment };
}

/**
 * What names the environments of the present generation. The random id is a memory: its keepers, once written,
 * stay what the first generation was made with, which has the plain names.
 */
function createGeneration(
  name: string,
  { network, serviceRole = "custom" }: ComputeEnvironmentsArgs,
  made: { subnetIds: pulumi.Input<string>[]; securityGroup: aws.ec2.SecurityGroup },
  opts: Options,
): (name: string) => pulumi.Output<string> {
  const subnets = pulumi.all(made.subnetIds).apply((ids) => [...ids].sort().join(","));
  const now = pulumi.output({
    serviceRole,
    vpc: network.vpcId,
    // Of Fargate, one page of AWS has subnets and security groups updated in place under any service role, another
    // under the service-linked one alone. A new environment is right in either case.
    // https://docs.aws.amazon.com/batch/latest/userguide/scaling-updates.html
    // https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResourceUpdate.html
    ...(serviceRole === "custom" && { subnets, securityGroups: made.securityGroup.id }),
  });
  const first = new random.RandomId(
    `${name}-generation`,
    { byteLength: 4, keepers: now },
    { ...opts, ignoreChanges: ["keepers"] },
  );
  return (plain) =>
    pulumi.all([first.keepers, now]).apply(([was = {}, is]) => generationName(plain, was, is));
}
