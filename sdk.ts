import * as pulumi from "@pulumi/pulumi";

/** Where the SDK takes the stack trace of each promise, for its reports of those that leak. */
const ofPromises = "/runtime/debuggable.js";

/**
 * Keeps the SDK from what it does for its own developers alone, thousands of times a preview: it tells the engine of every
 * step, which only `pulumi --debug` shows, and takes a stack trace of every promise, and maps it by source maps, which
 * Node's way of stripping types does not need. `DSE_SDK_DEBUG=true` leaves it as it is. See docs/performance.md.
 */
export function quietSdk(): void {
  if (process.env["DSE_SDK_DEBUG"] === "true") return;
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
  Error.stackTraceLimit = 3;
  Error.prepareStackTrace = (error, sites) =>
    sites[0]?.getFileName()?.endsWith(ofPromises)
      ? ""
      : [error, ...sites].map(String).join("\n    at ");
}
