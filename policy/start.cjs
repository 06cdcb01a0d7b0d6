// The SDK's runner hands what it requires to ts-node, which takes no ES modules; what is imported is left to Node.
const { enableCompileCache, flushCompileCache } = require("node:module");
const { join } = require("node:path");

enableCompileCache(join(__dirname, "..", ".local", "compile-cache"));
module.exports = import("./index.ts");
// Node would write at its end, but the engine kills a pack; not now, as the program waits for the pack to start.
setTimeout(flushCompileCache, 1000);
