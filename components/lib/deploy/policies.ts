import type { DeployPolicyArgs } from "./args.ts";
import { identityPolicy } from "./identity.ts";
import { networkPolicy } from "./network.ts";
import { peoplePolicy } from "./people.ts";
import { readPeoplePolicy, readPolicy } from "./read.ts";
import { servicePolicy } from "./services.ts";

/** What a preview and a deployment read. Several policies, as AWS takes no longer ones. */
export function readPolicies(args: DeployPolicyArgs) {
  return { read: readPolicy(args), "read-people": readPeoplePolicy(args) };
}

/** What a deployment changes. */
export function changePolicies(args: DeployPolicyArgs) {
  return {
    network: networkPolicy(args),
    identity: identityPolicy(args),
    people: peoplePolicy(args),
    services: servicePolicy(args),
  };
}
