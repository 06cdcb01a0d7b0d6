// Random ids: nothing that an account has, and yet in names that must stay as they are.
import { computeImmutables } from "../../components/lib/generations.ts";
import { block } from "./kinds.mts";
import { firstOf, type Instance, text } from "./terraform-state.mts";
import { serviceRoleOf } from "./workload-settings.mts";

/** The state of a resource that no provider has to be asked for. */
export interface Made {
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A random id of this value. https://www.pulumi.com/registry/packages/random/api-docs/randomid/ */
export function randomId(hex: string, keepers?: Readonly<Record<string, string>>): Made {
  const bytes = Buffer.from(hex, "hex");
  const id = bytes.toString("base64url");
  const outputs = {
    id,
    hex,
    b64Url: id,
    b64Std: bytes.toString("base64"),
    dec: BigInt(`0x${hex}`).toString(),
    byteLength: bytes.length,
    ...(keepers && { keepers }),
  };
  return { id, outputs };
}

/**
 * The memory of what the first compute environment was made with (components/compute-environments.ts): the one that
 * is there. Its value is in no name; that of an adopted stack is zero.
 */
export function generation(environment: Instance, instances: readonly Instance[]): Made {
  const resources = block(environment, "compute_resources") as {
    subnets?: string[];
    security_group_ids?: string[];
  };
  const keepers = computeImmutables({
    serviceRole: serviceRoleOf(environment),
    vpc: text(firstOf(instances, "aws_vpc"), "id"),
    subnets: resources.subnets ?? [],
    securityGroup: resources.security_group_ids?.[0] ?? "",
  });
  return randomId("00000000", keepers);
}
