// The SDK's runner hands what it requires to ts-node, which takes no ES modules; what is imported is left to Node.
const { createRequire, enableCompileCache, flushCompileCache } = require("node:module");
const { join } = require("node:path");

enableCompileCache(join(__dirname, "..", ".local", "compile-cache"));
// The SDK loads npm's resolver for functions whose code it uploads, a quarter of a pack's load: it is loaded when it is read.
// Where the clone's preload.cjs has been before, it has done so.
const arborist = createRequire(require.resolve("@pulumi/pulumi")).resolve("@npmcli/arborist");
require.cache[arborist] ??= {
  loaded: true,
  exports: {
    __esModule: true,
    get Arborist() {
      delete require.cache[arborist];
      return require(arborist).Arborist;
    },
  },
};
module.exports = import("./index.ts");
// Node would write at its end, but the engine kills a pack; not now, as the program waits for the pack to start.
setTimeout(flushCompileCache, 1000);
