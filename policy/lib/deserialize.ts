import { createRequire } from "node:module";

/** `proxySecrets`: for a rule that repairs, and changes what it is given. */
type Deserialize = (message: object, proxySecrets: boolean) => object;

const require = createRequire(import.meta.url);
const sdk = require("@pulumi/policy/deserialize.js") as { deserializeProperties: Deserialize };

/**
 * Has the SDK read a resource once for all rules that look at it. It reads the engine's message anew for each rule, a rule of a
 * stack every resource of it. Rules only look; those that repair still get an object of their own.
 */
export function deserializeOnce(): void {
  const { deserializeProperties } = sdk;
  const known = new WeakMap<object, object>();
  sdk.deserializeProperties = (message, proxySecrets) => {
    if (proxySecrets) return deserializeProperties(message, true);
    const properties = known.get(message) ?? deserializeProperties(message, false);
    known.set(message, properties);
    return properties;
  };
}
