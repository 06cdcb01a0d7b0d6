import type { ResourceValidationPolicy } from "@pulumi/policy";
import { noAccessKey } from "./rules/identity/no-access-key";
import { noPublicIngress } from "./rules/network/no-public-ingress";

/** Every rule of the pack. */
export const rules: ResourceValidationPolicy[] = [noAccessKey, noPublicIngress];
