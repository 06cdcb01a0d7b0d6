import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, ownerOf, readParliament, readProwler } from "../../audit/findings.mts";
import { countByCheck, isClean, lines } from "../../audit/report.mts";
import { judge, readWaivers } from "../../audit/waivers.mts";
import { clone } from "../../local/instance.mts";

const read = (...path: string[]) => readFileSync(join(...path), "utf8");
const fixture = (name: string) => read(import.meta.dirname, "fixtures", name);

const finding = (check: string, resource: string): Finding => ({
  tool: "prowler",
  check,
  severity: "low",
  resource,
  detail: "",
});
const bucket = (name: string) => `arn:aws:s3:::${name}`;
const waiver = (more: object) => ({
  check: "s3_bucket_object_lock",
  resource: bucket("*"),
  kind: "object-lock",
  reason: "Analysts replace and delete their files.",
  ...more,
});
const waivers = (...list: object[]) => readWaivers(JSON.stringify(list));

describe("findings of the audit", () => {
  const { findings, passes, seen } = readProwler(fixture("prowler.json"));

  it("are what failed, in one form", () => {
    assert.equal(passes, 1);
    assert.ok(seen.has(bucket("aae-hcd-dev-us-west-2")), "what passed was looked at as well");
    assert.equal(findings.length, 12);
    assert.deepEqual(findings[0], {
      tool: "prowler",
      check: "s3_bucket_object_lock",
      severity: "low",
      resource: bucket("dse-infra-dev-us-west-2-scratch"),
      detail: "S3 Bucket dse-infra-dev-us-west-2-scratch has Object Lock disabled.",
    });
  });

  it("count although Prowler mutes them", () => {
    const muted = fixture("prowler.json").replaceAll('"status": "New"', '"status": "Suppressed"');
    assert.equal(readProwler(muted).findings.length, findings.length);
  });

  it("of parliament say what they are about", () => {
    const report = readParliament(fixture("parliament.json"));
    assert.deepEqual(countByCheck(report), { CREDENTIALS_EXPOSURE: 1, RESOURCE_MISMATCH: 1 });
    assert.match(report[1]?.detail ?? "", /^s3:ListAllMyBuckets wants \*$/);
  });

  it("of a severity that is none are refused", () => {
    assert.throws(() => readProwler(fixture("prowler.json").replace('"Low"', '"Dire"')));
  });

  it("are the stack's unless they are plainly the account's or the emulator's", () => {
    const before = new Set([
      "acl-11497f892efd7aad3",
      "arn:aws:secretsmanager:us-west-2:123456789012:secret:airflow/connections/snowflake_raw-oQDboK",
    ]);
    const owners = { deployed: [], account: [], emulator: [] } as Record<string, string[]>;
    for (const each of findings)
      owners[ownerOf(each, { id: "123456789012", before })]?.push(
        each.resource.split(":").slice(5).join(":"),
      );
    assert.deepEqual(owners, {
      deployed: [
        "dse-infra-dev-us-west-2-scratch",
        "user/dse-infra-dev-cd-bot",
        "network-acl/acl-12e671d1a410b109c",
      ],
      account: [
        "password-policy",
        "policy/AWSSupportAccess",
        "account",
        "registry/123456789012",
        "log-group",
        "vpc",
      ],
      emulator: [
        "cluster/OnDemand_Batch_b5da980d-0881-4c9d-bd61-669647a421a8",
        "network-acl/acl-11497f892efd7aad3",
        "secret:airflow/connections/snowflake_raw-oQDboK",
      ],
    });
  });

  it("at a resource of another account, or of no known form, are the stack's", () => {
    for (const resource of ["arn:aws:iam::210987654321:root", "something", ""])
      assert.equal(
        ownerOf(finding("x", resource), { id: "123456789012", before: new Set() }),
        "deployed",
      );
  });
});

describe("waivers of the audit", () => {
  const found = [
    finding("s3_bucket_object_lock", bucket("a")),
    finding("s3_bucket_object_lock", bucket("b")),
    finding("s3_bucket_kms_encryption", bucket("a")),
  ];

  it("cover the findings of their check at their resource, and no other", () => {
    const judgement = judge(found, waivers(waiver({ resource: bucket("b") })));
    assert.deepEqual(judgement.open, [found[0], found[2]]);
    assert.deepEqual(
      judgement.waived.map(({ resource }) => resource),
      [bucket("b")],
    );
    assert.equal(isClean(judgement), false);
    assert.ok(lines(judgement).some((line) => /open: s3_bucket_kms_encryption at/.test(line)));
  });

  it("take * for any characters, and all others as they are", () => {
    const at = (resource: string) =>
      judge(
        [finding("s3_bucket_object_lock", bucket("a.b-logs"))],
        waivers(waiver({ resource: bucket(resource) })),
      ).open.length;
    assert.deepEqual(
      ["*", "a.*-logs", "a.b-logs", "a*", "b*", "a.b", "a?b*"].map(at),
      [0, 0, 0, 0, 1, 1, 1],
    );
  });

  it("that no finding needs fail the audit", () => {
    const judgement = judge(
      found.slice(0, 2),
      waivers(waiver({}), waiver({ resource: bucket("c") })),
    );
    assert.deepEqual(judgement.open, []);
    assert.deepEqual(
      judgement.unused.map(({ resource }) => resource),
      [bucket("c")],
    );
    assert.equal(isClean(judgement), false);
    assert.ok(lines(judgement).some((line) => /not needed any more/.test(line)));
  });

  it("of all findings, each needed, make the audit clean", () => {
    assert.equal(isClean(judge(found.slice(0, 2), waivers(waiver({})))), true);
  });

  for (const [what, more, reason] of [
    ["an unknown kind", { kind: "too-hard" }, /0\.kind: too-hard is no kind that may be waived/],
    ["a check of another kind", { check: "s3_bucket_kms_encryption" }, /not of the kind/],
    ["no reason", { reason: "" }, /say why/],
    ["a resource that is no ARN", { resource: "*" }, /0\.resource/],
    ["an unknown key", { until: "2030" }, /until/],
  ] as const)
    it(`with ${what} are refused`, () => {
      assert.throws(() => waivers(waiver(more)), reason);
    });

  it("of the project can be used", () => {
    assert.ok(readWaivers(read(clone, "audit", "waivers.json")).length > 0);
  });
});
