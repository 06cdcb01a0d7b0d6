// The account that a Terraform state describes, made by plain API calls. Ids that AWS makes up come out other than in
// the state: they are recorded, and the state is told of them, and of nothing else.
import type { Account } from "./inventory.mts";
import { Builder } from "./terraform-builder.mts";
import { makeNetwork } from "./terraform-network.mts";
import { makeAirflow, makeIdentity, makeJobs, makeStorage } from "./terraform-services.mts";
import type { TerraformState } from "./terraform-state.mts";

/** Makes the account of the state, and resolves to the state with the ids that the account has. */
export async function makeAccount(
  state: TerraformState,
  account: Account,
): Promise<{ state: TerraformState; made: ReadonlyMap<string, string> }> {
  const builder = new Builder(state, account);
  // In the order in which they need each other.
  for (const make of [makeNetwork, makeIdentity, makeStorage, makeJobs, makeAirflow])
    await make(builder);
  return { state: builder.now(state), made: builder.made };
}
