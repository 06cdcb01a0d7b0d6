import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { loadConfig } from "../config.ts";
import platform from "../index.ts";
import { settings } from "../config/settings.ts";
import { runs } from "./support/fuzz.ts";
import { runProgram } from "./support/mocks.ts";
import { spoilt, valid } from "./support/settings.ts";

type Values = Readonly<Record<string, unknown>>;

/** As the engine hands settings over: text, or JSON of anything else. */
const given = (values: Values) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key.includes(":") ? key : `dse:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

/** The message of a refusal; undefined where the settings are accepted. Any other error fails the test. */
function refusal(values: Values): string | undefined {
  pulumi.runtime.setAllConfig(given(values));
  try {
    loadConfig();
    return undefined;
  } catch (error) {
    if (!(error instanceof pulumi.RunError)) throw error;
    return error.message;
  }
}

/** `dse:key value: rule`, for a person to read. */
function assertClear(line: string, values: Values): void {
  const names = [...Object.keys(given(settings)), ...Object.keys(given(values))]
    .map((key) => key.replace("\n", "\\u000a"))
    // What names are made of, together.
    .concat("dse:owner/project/environment/region");
  const named = names.some(
    (name) => /^[ .:]/.test(line.slice(2 + name.length)) && line.startsWith(name, 2),
  );
  assert.ok(named, `names no setting: ${line}`);
  assert.doesNotMatch(line, /\p{Cc}/u);
  assert.doesNotMatch(line, /Invalid|expected|Unrecognized|Too (big|small)/);
  assert.ok(line.length < 500, `too long: ${line}`);
}

describe("any settings", () => {
  it("are made up for each setting, and allowed by its rule", () => {
    const samples = fc.sample(valid, runs(60));
    for (const [key, rule] of Object.entries(settings)) {
      const values = samples.map((sample) => sample[key]).filter((value) => value !== undefined);
      assert.ok(new Set(values.map((value) => JSON.stringify(value))).size > 1, key);
      for (const value of values)
        assert.ok(rule.safeParse(value).success, `${key} ${JSON.stringify(value)}`);
    }
  });

  it("load where they are valid", async () => {
    await runProgram(() => {
      fc.assert(
        fc.property(valid, (values) => {
          assert.equal(refusal(values), undefined);
        }),
        runs(100),
      );
    });
  });

  it("are refused, where they are not, by a line for each problem that names its setting", async () => {
    await runProgram(() => {
      fc.assert(
        fc.property(spoilt, (values) => {
          const message = refusal(values);
          if (message === undefined) return;
          const [heading = "", ...lines] = message.split("\n");
          assert.match(heading, /^\d+ settings? of stack test cannot be deployed:$/);
          assert.equal(Number.parseInt(heading), lines.length, message);
          for (const line of lines) assertClear(line, values);
        }),
        runs(150),
      );
    });
  });

  it("make a whole stack where they are valid: each name once, no part of a name missing", async () => {
    const calls = {
      "aws:index/getAvailabilityZones:getAvailabilityZones": (_: unknown, region: string) => ({
        names: ["a", "b", "c", "d", "e", "f"].map((zone) => region + zone),
      }),
      "aws:ec2/getNatGateways:getNatGateways": () => ({ ids: [] }),
    };
    const program = fc.asyncProperty(valid, async (config) => {
      const { resources } = await runProgram(platform, { config, calls });
      const custom = resources.filter(({ type }) => type.startsWith("aws:"));
      const names = custom.flatMap(({ type, inputs }) => {
        // Other types name the bucket that they are a setting of.
        const name = inputs[type === "aws:s3/bucket:Bucket" ? "bucket" : "name"];
        return typeof name === "string" ? [`${type} ${name.toLowerCase()}`] : [];
      });
      assert.deepEqual(
        names.filter((name, i) => names.indexOf(name) !== i),
        [],
      );
      for (const { urn, inputs } of custom)
        assert.doesNotMatch(JSON.stringify(inputs), /undefined|\[object |NaN|<unknown>/, urn);
    });
    await fc.assert(program, runs(3));
  });

  it("make nothing where they are refused", async () => {
    const program = fc.asyncProperty(spoilt, async (config) => {
      const { resources } = await runProgram(async () => {
        fc.pre(refusal(config) !== undefined);
        await assert.rejects(platform(), pulumi.RunError);
      });
      assert.deepEqual(
        resources.map(({ type }) => type),
        ["pulumi:pulumi:Stack"],
      );
    });
    await fc.assert(program, runs(10));
  });
});
