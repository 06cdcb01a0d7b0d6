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

interface Rpc {
  transferProperties: (
    onto: object,
    label: string,
    props: object,
  ) => Record<string, (...outcome: unknown[]) => void>;
}

type Protobuf = Record<"Message" | "Map", { prototype: object }>;

interface Struct {
  getFieldsMap: () => object;
  serializeBinary: () => Uint8Array;
  toJavaScript: () => object;
}

const require = createRequire(import.meta.url);
const file = require.resolve("@pulumi/pulumi/runtime/debuggable.js");
const debuggable = require(file) as Debuggable;
const rpcFile = require.resolve("@pulumi/pulumi/runtime/rpc.js");
const rpc = require(rpcFile) as Rpc;
const ofSdk = createRequire(file);
const protobufFile = ofSdk.resolve("google-protobuf");
const protobuf = require(protobufFile) as Protobuf;
const { Struct, Value } = ofSdk("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: {
    fromJavaScript: (fields: object) => Struct;
    deserializeBinary: (bytes: Uint8Array) => Struct;
  };
  Value: new () => { setStructValue: (value: Struct) => void };
};

/** A module as it is written: another test may have loaded the program, which is quiet. */
function asWritten(path: string): unknown {
  const loaded = require.cache[path];
  delete require.cache[path];
  try {
    return require(path);
  } finally {
    require.cache[path] = loaded;
  }
}

// `promise` is private to the SDK; an apply would not fail where the output does.
const valueOf = <T>(output: pulumi.Output<T>) =>
  (output as unknown as { promise: () => Promise<T> }).promise();

describe("the quiet SDK", () => {
  const debug: unknown = Reflect.get(pulumi.log, "debug");
  const { debuggablePromise } = debuggable;
  const { transferProperties } = rpc;
  const methodsOf = ({ Message }: Protobuf) => Object.getOwnPropertyDescriptors(Message.prototype);
  const methods = methodsOf(protobuf);
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, "prepareStackTrace");

  beforeEach(() => {
    const { debuggablePromise: watching } = asWritten(file) as Debuggable;
    Object.assign(debuggable, { debuggablePromise: watching });
    const { transferProperties: beforehand } = asWritten(rpcFile) as Rpc;
    Object.assign(rpc, { transferProperties: beforehand });
    const walking = methodsOf(asWritten(protobufFile) as Protobuf);
    Object.defineProperties(protobuf.Message.prototype, walking);
    Object.assign(Error, { stackTraceLimit: 10, prepareStackTrace: undefined });
  });
  afterEach(() => {
    Object.assign(pulumi.log, { debug });
    Object.assign(debuggable, { debuggablePromise });
    Object.assign(rpc, { transferProperties });
    Object.defineProperties(protobuf.Message.prototype, methods);
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

  describe("of a resource's outputs", () => {
    type Outputs = Record<string, pulumi.Output<string>>;
    const made = (onto: object, name: string) =>
      "value" in (Object.getOwnPropertyDescriptor(onto, name) ?? {});
    const props = { id: "", urn: "", early: "", late: "", never: "" };

    it("makes those that are read", async () => {
      const before = {};
      const all = Object.values(rpc.transferProperties(before, "label", props));
      assert.ok(made(before, "never"), "nothing is left to be quiet about");
      // The SDK fails a process whose outputs nobody settles.
      for (const resolve of all) resolve("", true, false);
      quietSdk();
      const onto: Outputs = {};
      const resolvers = rpc.transferProperties(onto, "label", props);
      assert.deepEqual(Object.keys(resolvers), ["early", "late", "never"]);
      assert.deepEqual(Object.keys(onto), ["early", "late", "never"]);
      resolvers["early"]?.("was settled", true, true);
      const { early, late } = onto;
      resolvers["late"]?.("is settled", true, false);
      assert.ok(early && late);
      const [first, second] = await Promise.all([early, late].map(valueOf));
      assert.deepEqual([first, second], ["was settled", "is settled"]);
      assert.deepEqual(await Promise.all([early, late].map(pulumi.isSecret)), [true, false]);
      assert.equal(onto["early"], early);
      assert.ok(made(onto, "early") && !made(onto, "never"));
    });

    it("fails those that are read of a resource that failed", async () => {
      quietSdk();
      const onto: Outputs = {};
      const { never } = rpc.transferProperties(onto, "label", { never: "" });
      never?.(undefined, true, false, [], new Error("it failed"));
      assert.ok(onto["never"]);
      await assert.rejects(valueOf(onto["never"]), /^Error: it failed$/);
    });

    it("refuses one that is there", () => {
      quietSdk();
      const twice = () => rpc.transferProperties({ arn: "" }, "label", { arn: "" });
      assert.throws(twice, /'arn' is already initialized/);
    });
  });

  describe("of messages", () => {
    it("walks through none that is put into another", () => {
      let walks = 0;
      const inner = Struct.fromJavaScript({ name: "bucket" });
      const walk: unknown = Reflect.get(protobuf.Map.prototype, "toArray");
      for (const name of Object.getOwnPropertyNames(protobuf.Map.prototype))
        if (Reflect.get(protobuf.Map.prototype, name) === walk)
          Reflect.set(inner.getFieldsMap(), name, () => [walks++]);
      new Value().setStructValue(inner);
      assert.equal(walks, 1, "nothing is left to be quiet about");
      quietSdk();
      new Value().setStructValue(inner);
      assert.equal(walks, 1);
    });

    it("sends and reads the same", () => {
      const value = { a: { b: [{ c: { d: "e", f: null } }, []], g: true }, h: 1.5, i: {} };
      const sent = Struct.fromJavaScript(value).serializeBinary();
      quietSdk();
      assert.deepEqual(Struct.fromJavaScript(value).serializeBinary(), sent);
      assert.deepEqual(Struct.deserializeBinary(sent).toJavaScript(), value);
    });
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
