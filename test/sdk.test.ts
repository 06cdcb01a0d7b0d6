import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import v8 from "node:v8";
import { quietSdk, spareMemory } from "../sdk.ts";
import { runProgram } from "./support/mocks.ts";

interface Debuggable {
  debuggablePromise: (promise: Promise<void>, context: string) => Promise<void>;
}

const require = createRequire(import.meta.url);
const file = require.resolve("@pulumi/pulumi/runtime/debuggable.js");
const debuggable = require(file) as Debuggable;

/** As the SDK has it: another test may have loaded the program, which is quiet. */
function watching(): Debuggable {
  const loaded = require.cache[file];
  delete require.cache[file];
  try {
    return require(file) as Debuggable;
  } finally {
    require.cache[file] = loaded;
  }
}

describe("the quiet SDK", () => {
  const debug: unknown = Reflect.get(pulumi.log, "debug");
  const { debuggablePromise } = debuggable;
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, "prepareStackTrace");

  beforeEach(() => {
    Object.assign(debuggable, { debuggablePromise: watching().debuggablePromise });
    Object.assign(Error, { stackTraceLimit: 10, prepareStackTrace: undefined });
  });
  afterEach(() => {
    Object.assign(pulumi.log, { debug });
    Object.assign(debuggable, { debuggablePromise });
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    delete process.env["DSE_SDK_DEBUG"];
  });

  it("takes no stack trace of a promise", () => {
    const traceOfPromise = (): unknown => {
      const promise = Promise.resolve();
      void debuggable.debuggablePromise(promise, "registerResource(name)");
      return Reflect.get(promise, "_debugStackTrace");
    };
    assert.match(String(traceOfPromise()), /debuggable/, "nothing is left to be quiet about");
    quietSdk();
    assert.equal(traceOfPromise(), "");
  });

  it("watches a registration, and not the promises that end with it", () => {
    const isWatched = (context: string) => {
      const promise = Promise.resolve();
      return debuggable.debuggablePromise(promise, context) !== promise;
    };
    const ofOutputs = [
      "transferProperty(a, b, c)",
      "resolveURN(a)",
      "serializeProperty.await(a)",
      "monitor.registerResource(a)",
    ];
    assert.ok(ofOutputs.every(isWatched), "nothing is left to be quiet about");
    quietSdk();
    assert.ok(!ofOutputs.some(isWatched));
    assert.ok(isWatched("resource:name[type]"));
  });

  it("keeps those of errors, where they were thrown first", () => {
    quietSdk();
    const failing = () => {
      throw new TypeError("wrong");
    };
    assert.throws(failing, ({ stack }: Error) => {
      assert.match(String(stack), /^TypeError: wrong\n {4}at failing \(.*sdk\.test\.ts:\d+:\d+\)/);
      return true;
    });
  });

  describe("where a resource is made", () => {
    type Place = { uri: string; line: number; column: number } | undefined;
    // Private to the SDK, which asks it for each resource.
    const traced = pulumi.Resource as unknown as { stackTrace: (skip: number) => Place[] };
    const { stackTrace } = traced;
    afterEach(() => Object.assign(traced, { stackTrace }));

    it("is one place, by the path of an ES module's file", () => {
      // As deep as the SDK's own constructors, of which it skips four.
      const places = (depth = 8): Place[] => (depth > 0 ? places(depth - 1) : stackTrace(4));
      const [before] = places();
      assert.ok(before && before.uri !== import.meta.url, "nothing is left to mend");
      quietSdk();
      assert.deepEqual(places(), [{ ...before, uri: import.meta.url }]);
    });

    it("is in the program, not in a package that it is made through", async () => {
      const asked: Place[][] = [];
      quietSdk();
      // One frame more than the SDK skips, so that the package's own is the next.
      const record = (skip: number) => asked[asked.push(stackTrace(skip)) - 1] ?? [];
      Object.assign(traced, { stackTrace: record });
      await runProgram(() => new random.RandomId("id", { byteLength: 8 }));
      assert.deepEqual(
        asked.at(-1)?.map((place) => place?.uri),
        [import.meta.url],
      );
    });
  });

  it("tells of no step", async () => {
    const told: string[] = [];
    const record = (step: string) => told.push(step);
    const program = () => new pulumi.ComponentResource("dse:test:Part", "part");
    Object.assign(pulumi.log, { debug: record });
    await runProgram(program);
    assert.match(told.join(), /Registering resource/, "nothing is left to be quiet about");
    told.length = 0;
    quietSdk();
    await runProgram(program);
    assert.deepEqual(told, []);
  });

  it("is as it was where someone debugs it", () => {
    process.env["DSE_SDK_DEBUG"] = "true";
    quietSdk();
    assert.equal(pulumi.log.debug, debug);
    assert.equal(Error.stackTraceLimit, 10);
  });
});

describe("memory", () => {
  const { setFlagsFromString } = v8;
  afterEach(() => Object.assign(v8, { setFlagsFromString }));

  // How much is spared, `make bench ARGS=--all` tells.
  it("is collected earlier where there are more than 500 projects", () => {
    const flags: string[] = [];
    Object.assign(v8, { setFlagsFromString: (flag: string) => flags.push(flag) });
    spareMemory(500);
    assert.deepEqual(flags, []);
    spareMemory(501);
    assert.deepEqual(flags, ["--heap-growing-percent=60"]);
  });
});
