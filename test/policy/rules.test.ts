import assert from "node:assert/strict";
import { toJSONSchema } from "zod";
import type { Framework } from "../../policy/lib/controls.ts";
import type { Rule } from "../../policy/lib/rule.ts";
import { rules } from "../../policy/rules.ts";

/** How the ids of a catalogue look. */
const ids: Readonly<Record<Framework, RegExp>> = {
  fsbp: /^[A-Z]+[0-9]?\.[0-9]+$/,
  cis5: /^[0-9](\.[0-9]+)+$/,
  cis3: /^[0-9](\.[0-9]+)+$/,
  nist: /^[A-Z]{2}-[0-9]+(\([0-9]+\))?$/,
  checkov: /^CKV2?_AWS_[0-9]+$/,
  nag: /^AwsSolutions-[A-Z][A-Za-z0-9]+$/,
};
/** What no catalogue has. */
const ofTheProject = ["s3-no-legacy-types", "cost-ceiling"];

const settingsOf = (rule: Rule) => {
  const { properties = {} } = toJSONSchema(rule.config, { io: "input" });
  return Object.entries(properties).filter(([name]) => name !== "waivers");
};

describe("every rule", () => {
  for (const rule of rules)
    it(`${rule.name} says what it is, why, and what to do`, () => {
      assert.match(rule.name, /^[a-z0-9]+(-[a-z0-9]+)+$/);
      for (const text of [rule.description, rule.remediationSteps])
        assert.match(text, /^[A-Z].+\.$/s);
      assert.match(rule.url, /^https:\/\/\S+$/);
      assert.match(rule.severity, /^(low|medium|high|critical)$/);
      assert.notEqual(rule.types.length, 0);
    });

  for (const { name, controls } of rules)
    it(`${name} answers to controls, by the ids of their catalogues`, () => {
      const entries = Object.entries(controls) as [Framework, readonly string[]][];
      assert.equal(entries.length === 0, ofTheProject.includes(name));
      for (const [framework, of] of entries) {
        assert.notEqual(of.length, 0);
        for (const id of of) assert.match(id, ids[framework]);
      }
    });

  for (const rule of rules.filter((each) => settingsOf(each).length > 0))
    it(`${rule.name} says what its settings are for, and works with none of them set`, () => {
      for (const [name, schema] of settingsOf(rule)) {
        const { description = "" } = schema as { description?: string };
        assert.match(description, /^\w.{9,}\S$/s, name);
      }
      assert.doesNotThrow(() => rule.readConfig({}));
    });
});
