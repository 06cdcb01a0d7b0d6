import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import * as pulumi from "@pulumi/pulumi";

const require = createRequire(import.meta.url);
const debuggable = require("@pulumi/pulumi/runtime/debuggable.js") as {
  debuggablePromise: (promise: Promise<unknown>, context: string) => Promise<unknown>;
};

/** Settles an output: with its value and what is known of it, or an error. */
type Resolver = (...outcome: unknown[]) => void;
/** Gives a resource an output for each property, and returns what settles them. */
type Transfer = (
  onto: object,
  label: string,
  props: Readonly<Record<string, unknown>>,
) => Record<string, Resolver>;
const rpc = require("@pulumi/pulumi/runtime/rpc.js") as { transferProperties: Transfer };

const ofSdk = createRequire(require.resolve("@pulumi/pulumi"));
const { Message } = ofSdk("google-protobuf") as { Message: { prototype: object } };
const { Struct } = ofSdk("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: new (fields: unknown[]) => object;
};

/** Promises of a resource's inputs, call and outputs. They end with its registration, whose own promise stays watched. */
const ofRegistration = /^(transfer|resolve|serializeProperty|monitor\.registerResource)/;

/** Where the SDK takes the stack trace of each promise, for its reports of those that leak. */
const ofPromises = "/runtime/debuggable.js";

/** Where the SDK asks for the place of the program that makes a resource, and how many of its own frames it skips. */
const ofResources = "/@pulumi/pulumi/resource.js";
const skipped = 5;

/** The trace that the SDK reads a resource's place from: of the program's frames the innermost, with a file's path. */
function placeOf(sites: NodeJS.CallSite[]): string {
  const lines = Array<string>(skipped + 1).fill("");
  for (const site of sites.slice(skipped)) {
    const name = site.getFileName() ?? "node:";
    if (name.startsWith("node:") || name.includes("/node_modules/")) continue;
    // V8 names ES modules by their URL, which the SDK takes for a path.
    const file = name.startsWith("file:") ? fileURLToPath(name) : name;
    lines.push(`    at place (${[file, site.getLineNumber(), site.getColumnNumber()].join(":")})`);
    break;
  }
  return lines.join("\n");
}

/**
 * Keeps the SDK from what it does for its own developers alone, thousands of times a preview: it tells the engine of every
 * step, which only `pulumi --debug` shows, watches four promises of each output, takes a stack trace of every promise, and
 * maps it by source maps, which Node's way of stripping types does not need. Of the places that made a resource, the state
 * gets the program's own. A program that waits for what never comes is told as before. Of outputs and messages, see below.
 * `DSE_SDK_DEBUG=true` leaves it all as it is. See docs/performance.md.
 */
export function quietSdk(): void {
  if (process.env["DSE_SDK_DEBUG"] === "true") return;
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
  rpc.transferProperties = whenRead(rpc.transferProperties);
  nestMessages();
  const { debuggablePromise } = debuggable;
  Object.assign(debuggable, {
    debuggablePromise: (promise: Promise<unknown>, context: string) =>
      ofRegistration.test(context) ? promise : debuggablePromise(promise, context),
  });
  Error.stackTraceLimit = 3;
  Error.prepareStackTrace = (error, sites) => {
    const asks = sites[0]?.getFileName();
    if (asks?.endsWith(ofPromises)) return "";
    if (asks?.endsWith(ofResources) && sites[0]?.getFunctionName() === "callsites")
      return placeOf(sites);
    return [error, ...sites].map(String).join("\n    at ");
  };
}

/**
 * Makes an output of a resource when the program reads it. The SDK makes them all beforehand, of a dozen promises and a proxy
 * each: eighty for a project, of which the program reads none.
 */
function whenRead(transfer: Transfer): Transfer {
  return (onto, label, props) => {
    const resolvers: Record<string, Resolver> = {};
    for (const [name, value] of Object.entries(props)) {
      if (name === "id" || name === "urn") continue;
      const make = () => transfer(onto, label, { [name]: value })[name];
      // Which is refused.
      if (Object.hasOwn(onto, name)) make();
      let resolve: Resolver | undefined;
      let outcome: unknown[] | undefined;
      const get = (): unknown => {
        Reflect.deleteProperty(onto, name);
        resolve = make();
        if (outcome) resolve?.(...outcome);
        return Reflect.get(onto, name);
      };
      Object.defineProperty(onto, name, { configurable: true, enumerable: true, get });
      resolvers[name] = (...settled) => {
        if (resolve) resolve(...settled);
        else outcome = settled;
      };
    }
    return resolvers;
  };
}

/**
 * Puts a message into another as it is. protobuf first walks through all that is in it, so that a value ten levels deep is
 * walked to ten times, for arrays that only copies and comparisons of messages read. What is sent is not read from them.
 */
function nestMessages(): void {
  const array: unknown[] = [];
  // It keeps the array that it is given, in a field whose name is minified.
  const struct = new Struct(array);
  const field = Object.keys(struct).find((name) => Reflect.get(struct, name) === array);
  if (field === undefined) return;
  const walk: unknown = Reflect.get(Message.prototype, "toArray");
  // Its other name is minified too.
  for (const name of Object.getOwnPropertyNames(Message.prototype))
    if (Reflect.get(Message.prototype, name) === walk)
      Object.assign(Message.prototype, {
        [name](this: object): unknown {
          return Reflect.get(this, field);
        },
      });
}

/** Projects for which Node's own way with memory is the faster one, and half a GiB enough. */
const few = 500;

/**
 * Has V8 collect its garbage as soon as its heap has grown by 60 %, where there are more than 500 projects: otherwise it may
 * grow fourfold. 1,000 projects then take 0.6 GiB of it instead of 0.8. Node warns of flags that are set while it runs; this
 * one V8 reads anew after each collection.
 * https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
export function spareMemory(projects: number): void {
  if (projects > few) v8.setFlagsFromString("--heap-growing-percent=60");
}
