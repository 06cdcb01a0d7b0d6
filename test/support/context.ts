import { Arns } from "../../components/lib/arn.ts";
import type { Context } from "../../components/lib/context.ts";
import { type DifferenceId, postureOf } from "../../components/lib/differences.ts";
import { platformNames } from "../../components/lib/names.ts";
import { Vpc, type VpcArgs } from "../../components/vpc.ts";
import { ACCOUNT_ID, REGION } from "./mocks.ts";

/** What components are told of a stack like the reference's dev. */
export function testContext(
  keepReference: readonly DifferenceId[] = [],
  cloud: Partial<Arns["cloud"]> = {},
  projects: readonly string[] = ["water"],
): Context {
  const where = { accountId: ACCOUNT_ID, partition: "aws", dnsSuffix: "amazonaws.com" };
  const { region } = { region: REGION, ...cloud };
  return {
    arns: new Arns({ ...where, region, ...cloud }),
    posture: postureOf(keepReference),
    dataOnDestroy: "delete",
    names: platformNames(
      {
        owner: "dse",
        project: "infra",
        environment: "dev",
        region,
        groupName: "analysts",
        projectOwner: "aae",
      },
      projects,
    ),
  };
}

/** A VPC in two zones, for what stands in one. */
export function testVpc(context = testContext(), args: Partial<VpcArgs> = {}): Vpc {
  return new Vpc("vpc", {
    context,
    cidrBlock: "10.0.0.0/16",
    zones: ["us-west-2a", "us-west-2b"],
    publicCidrBlocks: ["10.0.0.0/24", "10.0.1.0/24"],
    privateCidrBlocks: ["10.0.2.0/24", "10.0.3.0/24"],
    logRetentionDays: 30,
    ...args,
  });
}
