import { z } from "zod";
import { Routing } from "../../lib/network.ts";
import { isOf } from "../../lib/resource.ts";
import { type Finding, stackRule } from "../../lib/rule.ts";
import { tasksOf } from "../../lib/tasks.ts";
import { batch, ec2 } from "../../lib/types.ts";

export const networkPrivate = stackRule({
  name: "batch-network-private",
  description: "Jobs run in private subnets and without a public address.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["ECS.2"], nist: ["AC-4(21)", "SC-7"] },
  remediationSteps:
    "Put the compute environment into private subnets with a way out (NAT or endpoints), and set assignPublicIp to DISABLED.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-2",
  settings: {
    allowPublic: z
      .boolean()
      .default(false)
      .describe(
        "Jobs may run in public subnets, where each of them then needs a public address to get its image.",
      ),
  },
  types: [batch.ComputeEnvironment, batch.JobDefinition],
  *check(resource, { stack, settings }) {
    const routing = new Routing(stack);
    const publicSubnets = (
      isOf(resource, batch.ComputeEnvironment) ? [resource] : stack.of(batch.ComputeEnvironment)
    )
      .flatMap((environment) => stack.targets(environment, "computeResources", ec2.Subnet))
      .filter((subnet) => routing.isPublic(subnet));
    if (isOf(resource, batch.ComputeEnvironment)) {
      if (!settings.allowPublic)
        for (const { name } of publicSubnets)
          yield {
            wrong: `it runs jobs in the public subnet ${name}`,
            write: "private subnets",
            detail: name,
          };
      return;
    }
    for (const { assignPublicIp = "DISABLED" } of tasksOf(resource))
      yield* addressOf(assignPublicIp === "ENABLED", publicSubnets.length > 0, settings);
  },
});

function* addressOf(
  hasAddress: boolean,
  isInPublic: boolean,
  { allowPublic }: { readonly allowPublic: boolean },
): Iterable<Finding> {
  if (!allowPublic && hasAddress)
    yield {
      wrong: "its jobs take a public address",
      write: "assignPublicIp: DISABLED, and private subnets for the compute environment",
      detail: "assignPublicIp",
    };
  // https://docs.aws.amazon.com/batch/latest/userguide/fargate.html
  if (allowPublic && isInPublic && !hasAddress)
    yield {
      wrong: "its jobs take no public address in a public subnet, and so reach no registry",
      write: "assignPublicIp: ENABLED, or private subnets for the compute environment",
      detail: "assignPublicIp",
    };
}
