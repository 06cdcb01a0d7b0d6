// AWS clients that guards read the emulated account with. Loaded when first needed: most requests need none.
import type { Scope } from "./routing.mts";

/** Client settings for the caller's account and region. */
export function clientConfig(endpoint: string, scope: Scope) {
  return {
    endpoint,
    region: scope.region,
    credentials: { accessKeyId: scope.accessKey, secretAccessKey: "local" },
    maxAttempts: 1,
  };
}

export type ClientConfig = ReturnType<typeof clientConfig>;
