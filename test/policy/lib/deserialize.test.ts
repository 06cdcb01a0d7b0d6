import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Policies } from "@pulumi/policy";
import { deserializeOnce } from "../../../policy/lib/deserialize.ts";

type Rpc = (call: { request: object }, callback: (error?: Error | null) => void) => void;
type Message = Record<string, (value?: unknown) => unknown>;

const require = createRequire(import.meta.url);
const server = require("@pulumi/policy/server.js") as Record<string, (...args: unknown[]) => Rpc>;
const sdk = require("@pulumi/policy/deserialize.js") as { deserializeProperties: unknown };
const proto = require("@pulumi/pulumi/proto/analyzer_pb.js") as Record<string, new () => Message>;
const ofSdk = createRequire(require.resolve("@pulumi/pulumi"));
const { Struct } = ofSdk("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: { fromJavaScript(values: object): Message };
};

const bucket = { bucket: "a", tags: { Project: "dse" } };

/** Properties as the engine sends them, and how often the SDK read them. */
function sent() {
  const properties = Struct.fromJavaScript(bucket);
  const { toJavaScript } = properties;
  const counted = { properties, reads: 0 };
  properties["toJavaScript"] = () => {
    counted.reads++;
    return toJavaScript?.call(properties);
  };
  return counted;
}

function message(type: string, fields: Readonly<Record<string, unknown>>): object {
  const made = new (proto[type] ?? assert.fail(type))();
  for (const [name, value] of Object.entries(fields)) made[`set${name}`]?.(value);
  return made;
}

/** A resource without options. */
const resourceOf = (type: string, Properties: Message): object =>
  message(type, { Properties, Options: message("AnalyzerResourceOptions", {}) });

/** Has the SDK ask two such rules. */
async function ask(make: string, rule: object, request: object): Promise<void> {
  const rules: Policies = ["a", "b"].map((name) => ({ name, description: name, ...rule }));
  const rpc = server[make]?.("pack", "1.0.0", "remediate", rules) ?? assert.fail(make);
  await new Promise<void>((resolve, reject) => {
    rpc({ request }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

describe("properties of a resource", () => {
  const { deserializeProperties } = sdk;
  before(deserializeOnce);
  after(() => {
    sdk.deserializeProperties = deserializeProperties;
  });

  it("are read once for all rules, and are the same for each", async () => {
    const counted = sent();
    const seen: unknown[] = [];
    const rule = {
      validateResource: ({ props }: { props: object }) =>
        void seen.push(JSON.parse(JSON.stringify(props))),
    };
    const request = resourceOf("AnalyzeRequest", counted.properties);
    await ask("makeAnalyzeRpcFun", rule, request);
    assert.deepEqual([seen, counted.reads], [[bucket, bucket], 1]);
  });

  it("are read once for all rules of a stack", async () => {
    const counted = sent();
    let seen = 0;
    const rule = {
      validateStack: () => {
        seen++;
      },
    };
    const resource = resourceOf("AnalyzerResource", counted.properties);
    await ask(
      "makeAnalyzeStackRpcFun",
      rule,
      message("AnalyzeStackRequest", { ResourcesList: [resource] }),
    );
    assert.deepEqual([seen, counted.reads], [2, 1]);
  });

  it("are a rule's own where it repairs them", async () => {
    const counted = sent();
    const seen: unknown[] = [];
    const rule = {
      remediateResource: ({ props }: { props: { bucket: string } }) => {
        props.bucket += "!";
        return props;
      },
      validateResource: ({ props }: { props: object }) =>
        void seen.push(JSON.parse(JSON.stringify(props))),
    };
    const request = resourceOf("AnalyzeRequest", counted.properties);
    await ask("makeRemediateRpcFun", rule, request);
    await ask("makeAnalyzeRpcFun", rule, request);
    assert.deepEqual([seen, counted.reads], [[bucket, bucket], 2]);
  });

  it("are read so by the pack", async () => {
    const script = `import("./policy/start.cjs").then((module) => module.default).then(() => {
      const { deserializeProperties } = require("@pulumi/policy/deserialize.js");
      const properties = { toJavaScript: () => ({}) };
      console.log(deserializeProperties(properties, false) === deserializeProperties(properties, false));
      process.exit();
    })`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", script], {
      cwd: join(import.meta.dirname, "../../.."),
    });
    assert.match(stdout, /^true$/m);
  }).timeout(60_000);
});
