import assert from "node:assert/strict";
import { readConfig } from "../../../policy/lib/config.ts";
import { rules } from "../../../policy/rules.ts";

const waiver = {
  finding: "urn:pulumi:dev::dse::aws:s3/bucket:Bucket::scratch",
  reason: "Its objects are of no use after a day.",
  owner: "platform",
  expires: "2027-06-30",
};

const refused = (config: unknown, ...problems: string[]) =>
  assert.throws(() => readConfig(JSON.stringify(config), "c.json", rules), {
    message: ["c.json cannot be used:", ...problems.map((line) => `  ${line}`)].join("\n"),
  });

describe("policy config", () => {
  it("is the defaults where it says nothing", () => {
    for (const [rule, { level, waivers }] of readConfig("{}", "c.json", rules)) {
      assert.equal(level, rule.enforcementLevel);
      assert.deepEqual(waivers, []);
    }
  });

  it("sets level, settings and waivers, and the level alone as a word", () => {
    const config = readConfig(
      JSON.stringify({
        "iam-no-access-key": "advisory",
        "s3-bucket-versioning": {
          enforcementLevel: "advisory",
          scratchExpiryDays: 30,
          waivers: [waiver],
        },
      }),
      "c.json",
      rules,
    );
    const of = (name: string) => [...config].find(([rule]) => rule.name === name)?.[1];
    assert.equal(of("iam-no-access-key")?.level, "advisory");
    assert.deepEqual(of("s3-bucket-versioning"), {
      level: "advisory",
      settings: { scratchExpiryDays: 30 },
      waivers: [waiver],
    });
  });

  it("names all that is wrong at once", () => {
    refused(
      {
        "s3-bucket-versionning": "mandatory",
        "iam-no-access-key": "strict",
        "s3-bucket-versioning": { scratchDays: 30 },
        "ec2-sg-no-public-ingress": "remediate",
      },
      "s3-bucket-versionning: no such rule",
      's3-bucket-versioning: Unrecognized key: "scratchDays"',
      "ec2-sg-no-public-ingress: level remediate is impossible, as the rule repairs nothing",
      'iam-no-access-key: level "strict" must be one of advisory, mandatory, remediate, disabled',
    );
  });

  it("names the file that is no JSON, and what is no entry", () => {
    assert.throws(() => readConfig("{,}", "c.json", rules), {
      message: /^c\.json cannot be used:\n {2}SyntaxError: /,
    });
    refused({ "iam-no-access-key": 1 }, "iam-no-access-key: must be a level or an object");
    refused([], "Invalid input: expected record, received array");
  });

  it("knows no `all`: a level for every rule would be one for those to come", () => {
    refused({ all: "disabled" }, "all: no such rule");
  });

  it("takes a waiver of what is named by one letter, or by a part of its name", () => {
    for (const finding of ["*::a", "*::scratch-*", "*::*-scratch", "*::s*h#*", waiver.finding]) {
      const config = JSON.stringify({ "iam-no-access-key": { waivers: [{ ...waiver, finding }] } });
      assert.doesNotThrow(() => readConfig(config, "c.json", rules), finding);
    }
  });

  it("takes a waiver of one finding of a resource, though its detail has colons", () => {
    const finding = `${waiver.finding}#s3:*Object`;
    const text = JSON.stringify({ "iam-no-access-key": { waivers: [{ ...waiver, finding }] } });
    const waivers = [...readConfig(text, "c.json", rules).values()].flatMap((one) => one.waivers);
    assert.deepEqual(waivers, [{ ...waiver, finding }]);
  });

  for (const [what, change, problem] of [
    [
      "a finding without a name",
      { finding: "*" },
      "finding: must be the URN of a resource, with its name",
    ],
    [
      "a finding with a detail and no name",
      { finding: "*::*#s3:GetObject" },
      "finding: must be the URN of a resource, with its name",
    ],
    [
      "every resource of a type",
      { finding: "urn:pulumi:dev::dse::aws:s3/bucket:Bucket::*" },
      "finding: must be the URN of a resource, with its name",
    ],
    ["every finding", { finding: "*::*" }, "finding: must be the URN of a resource, with its name"],
    ["no reason", { reason: "because" }, "reason: must say why, in a sentence"],
    ["no owner", { owner: "" }, "owner: must name who answers for it"],
    ["no date", { expires: "soon" }, "expires: must be a date such as 2027-06-30"],
    [
      "a day that does not exist",
      { expires: "2027-02-30" },
      "expires: must be a date such as 2027-06-30",
    ],
  ] as const)
    it(`refuses a waiver with ${what}`, () => {
      refused(
        { "iam-no-access-key": { waivers: [{ ...waiver, ...change }] } },
        `iam-no-access-key.waivers.0.${problem}`,
      );
    });

  it("refuses waivers of a rule that is off, and of the rules about waivers", () => {
    refused(
      { "iam-no-access-key": { enforcementLevel: "disabled", waivers: [waiver] } },
      "iam-no-access-key.waivers: a rule that is disabled needs none",
    );
    refused(
      { "waiver-in-force": { waivers: [waiver] } },
      'waiver-in-force: Unrecognized key: "waivers"',
    );
  });
});
