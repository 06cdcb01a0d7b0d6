// Node requires this before the SDK: `nodeargs` in Pulumi.yaml has it do so for the program, NODE_OPTIONS for the policy pack.
// It keeps what Node compiles, and the SDK from loading what nothing here has a use for. See docs/performance.md.
// No TypeScript: whatever comes before the cache of compiled code is compiled each time.
const { createRequire, enableCompileCache, Module } = require("node:module");
const { join } = require("node:path");

/** Modules of the SDK, and what each says without being loaded. */
const unused = {
  // For functions whose code it uploads: npm's resolver, the reader of packages, TypeScript, and V8's debugger, which tells
  // of each script. Of a function that cannot be uploaded, the SDK then says no more in which file it is.
  "@npmcli/arborist": {},
  "normalize-package-data": {},
  "./typescript-shim.js": {},
  "./runtime/closure/v8Hooks.js": { isInitializedAsync: async () => {} },
  "./automation/index.js": {},
  // Types are stripped without moving a line: the SDK's own files alone have maps.
  "source-map-support/register": {},
};

/**
 * Has a module loaded when something of it is read. Node looks into its cache first, which may be written to.
 * https://nodejs.org/api/modules.html#requirecache
 */
function loadWhenRead(sdk, id, answers) {
  const path = sdk.resolve(id);
  if (require.cache[path]) return;
  const placeholder = new Module(path);
  placeholder.loaded = true;
  placeholder.exports = new Proxy(answers, {
    get(_, name) {
      // To the SDK it is an ES module, whose default is the real one.
      if (name === "__esModule") return true;
      if (Object.hasOwn(answers, name)) return answers[name];
      if (require.cache[path] === placeholder) delete require.cache[path];
      const real = sdk(path);
      return name === "default" ? real : real[name];
    },
  });
  require.cache[path] = placeholder;
}

/** The SDK; none before `npm ci`, which is a Node program too. */
function findSdk() {
  try {
    return createRequire(require.resolve("@pulumi/pulumi"));
  } catch {
    return undefined;
  }
}

enableCompileCache(join(__dirname, ".local", "compile-cache"));
const sdk = process.env.DSE_SDK_DEBUG === "true" ? undefined : findSdk();
if (sdk) for (const [id, answers] of Object.entries(unused)) loadWhenRead(sdk, id, answers);
