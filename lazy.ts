// Imported before the SDK: keeps it from loading what this program has no use for. See docs/performance.md.
import { createRequire, Module } from "node:module";

const require = createRequire(import.meta.url);
const ofSdk = createRequire(require.resolve("@pulumi/pulumi"));

/** For functions whose code it uploads: npm's resolver, the reader of packages, and TypeScript. */
const forFunctions = ["@npmcli/arborist", "normalize-package-data", "./typescript-shim.js"];

/**
 * Has a module loaded when something of it is read. Node looks into its cache first, which may be written to.
 * https://nodejs.org/api/modules.html#requirecache
 */
function loadWhenRead(id: string): void {
  const path = ofSdk.resolve(id);
  if (require.cache[path]) return;
  // To the SDK it is an ES module, whose default is the real one.
  const get = (_: object, name: string | symbol): unknown => {
    if (name === "__esModule") return true;
    if (require.cache[path] === placeholder) delete require.cache[path];
    const real = ofSdk(path) as object;
    return name === "default" ? real : Reflect.get(real, name);
  };
  const placeholder = Object.assign(new Module(path), {
    exports: new Proxy({}, { get }),
    loaded: true,
  });
  require.cache[path] = placeholder;
}

if (process.env["DSE_SDK_DEBUG"] !== "true") forFunctions.forEach(loadWhenRead);
