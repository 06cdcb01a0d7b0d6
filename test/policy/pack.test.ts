import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as aws from "@pulumi/aws";
import type { PolicyPackConfig } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import platform from "../../index.ts";
import { readConfig } from "../../policy/lib/config.ts";
import { toPolicies } from "../../policy/lib/pack.ts";
import * as types from "../../policy/lib/types.ts";
import { rules, topics } from "../../policy/rules.ts";
import { type Recording, runProgram } from "../support/mocks.ts";
import { ACCOUNT_ID } from "./fixtures.ts";
import { analyze, recordedFixtures } from "./support.ts";
import { stacks } from "./workloads.ts";

const root = resolve(import.meta.dirname, "../..");
/** A day on which every waiver of the config files holds, and none ends soon. */
const TODAY = "2026-11-25";

const read = (environment: string) => {
  const file = join("policy", "config", `${environment}.json`);
  const text = readFileSync(join(root, file), "utf8");
  return { file, text, json: JSON.parse(text) as Record<string, never> };
};
const levels = (environment: string) => {
  const { file, text } = read(environment);
  return readConfig(text, file, rules);
};

describe("policy pack", () => {
  it("has these rules, at these levels in dev, qa and prod", () => {
    const [dev, qa, prod] = [levels("dev"), levels("qa"), levels("prod")];
    const actual = rules.map((rule) =>
      [rule.name, ...[dev, qa, prod].map((config) => config.get(rule)?.level)].join(" "),
    );
    assert.deepEqual(actual, [
      "s3-bucket-public-access-block mandatory mandatory mandatory",
      "s3-bucket-no-public-grant mandatory mandatory mandatory",
      "s3-bucket-tls-only mandatory mandatory mandatory",
      "s3-bucket-encryption advisory advisory mandatory",
      "s3-bucket-versioning mandatory mandatory mandatory",
      "s3-bucket-lifecycle advisory advisory mandatory",
      "s3-bucket-acls-disabled advisory advisory mandatory",
      "s3-bucket-access-logging advisory advisory mandatory",
      "s3-no-legacy-types mandatory mandatory mandatory",
      "ecr-scan-on-push remediate remediate mandatory",
      "ecr-tag-immutability advisory advisory mandatory",
      "ecr-lifecycle-policy advisory advisory mandatory",
      "ecr-encryption-kms disabled disabled advisory",
      "ecr-no-public-policy mandatory mandatory mandatory",
      "ec2-default-sg-closed mandatory mandatory mandatory",
      "ec2-sg-described advisory advisory advisory",
      "ec2-sg-egress-narrow advisory advisory mandatory",
      "ec2-sg-no-mixed-rules mandatory mandatory mandatory",
      "ec2-sg-no-public-ingress mandatory mandatory mandatory",
      "ec2-subnet-no-auto-public-ip advisory advisory mandatory",
      "ec2-vpc-flow-logs advisory advisory mandatory",
      "net-cidr-disjoint mandatory mandatory mandatory",
      "net-nacl-no-admin-ports advisory advisory advisory",
      "net-nat-per-az advisory advisory mandatory",
      "net-tier-routes mandatory mandatory mandatory",
      "iam-action-matches-resource advisory advisory mandatory",
      "iam-group-requires-mfa advisory advisory mandatory",
      "iam-no-access-key mandatory mandatory mandatory",
      "iam-no-action-wildcard advisory advisory mandatory",
      "iam-no-broad-or-inline mandatory mandatory mandatory",
      "iam-no-not-element mandatory mandatory mandatory",
      "iam-no-privilege-escalation mandatory mandatory mandatory",
      "iam-no-service-wildcard mandatory mandatory mandatory",
      "iam-no-star-resource mandatory mandatory mandatory",
      "iam-no-user-attachment mandatory mandatory mandatory",
      "iam-oidc-sub-scoped mandatory mandatory mandatory",
      "iam-trust-scoped advisory advisory mandatory",
      "batch-role-separation mandatory mandatory mandatory",
      "batch-no-plaintext-secret mandatory mandatory mandatory",
      "batch-secret-source-local mandatory mandatory mandatory",
      "batch-container-hardened advisory advisory mandatory",
      "batch-image-pinned advisory advisory mandatory",
      "batch-network-private advisory advisory mandatory",
      "batch-log-and-timeout advisory advisory mandatory",
      "batch-on-fargate mandatory mandatory mandatory",
      "batch-queue-stuck-jobs advisory advisory advisory",
      "batch-spot-retries advisory advisory advisory",
      "mwaa-network mandatory mandatory mandatory",
      "mwaa-logging advisory advisory mandatory",
      "mwaa-exposure-and-keys advisory advisory mandatory",
      "mwaa-one-key mandatory mandatory mandatory",
      "mwaa-object-versions advisory advisory mandatory",
      "mwaa-airflow-version advisory advisory advisory",
      "required-tags remediate remediate mandatory",
      "allowed-regions mandatory mandatory mandatory",
      "logs-retention-and-kms remediate remediate mandatory",
      "kms-rotation-and-policy mandatory mandatory mandatory",
      "stateful-protected disabled disabled mandatory",
      "cost-ceiling mandatory mandatory mandatory",
      "waiver-in-force mandatory mandatory mandatory",
      "waiver-renewal advisory advisory advisory",
    ]);
  });

  it("has a file of its own and a test of its own for every rule", () => {
    const files = (folder: string, suffix: string) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.includes("/") && file.endsWith(suffix) && !file.endsWith("index.ts"))
        .map((file) => file.slice(0, -suffix.length))
        .sort();
    const declared = files("policy/rules", ".ts");
    assert.equal(declared.length, rules.length);
    const topicsOfRules = Object.keys(topics);
    const tested = files("test/policy", ".test.ts").filter((file) =>
      topicsOfRules.includes(file.split("/")[0] ?? ""),
    );
    assert.deepEqual(tested, declared);
  });

  it("has no name twice", () => {
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
  });

  it("knows resource types by the tokens of the SDK's classes", () => {
    const { __pulumiType: providerType } = aws.Provider as unknown as { __pulumiType: string };
    const services = aws as unknown as Record<string, Record<string, { __pulumiType?: string }>>;
    const { anyAws: _, Provider, Stack, ...known } = types;
    assert.equal(Provider.token, `pulumi:providers:${providerType}`);
    assert.equal(Stack.token, pulumi.runtime.rootPulumiStackTypeName);
    for (const [group, classes] of Object.entries(known))
      for (const [name, { token }] of Object.entries(classes)) {
        const service = services[group.replace(/Legacy$/, "")];
        assert.equal(token, service?.[name]?.__pulumiType, `${group}.${name}`);
      }
  });

  it("tells the SDK the controls and the settings of a rule", () => {
    const [policy] = toPolicies({ storage: topics.storage }, TODAY);
    assert.deepEqual(policy?.framework, {
      name: "AWS Foundational Security Best Practices",
      version: "1.0.0",
      reference: "S3.8",
      specification: "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html",
    });
    assert.deepEqual(policy.tags?.slice(0, 3), ["storage", "fsbp:S3.8", "cis5:2.1.4"]);
    const waivers = policy.configSchema?.properties["waivers"];
    assert.equal(waivers?.type, "array");
  });

  for (const [name, stack] of Object.entries(stacks))
    it(`finds nothing in ${name}, from which tests start`, async () => {
      const { reports } = await analyze(toPolicies(topics, TODAY), stack());
      assert.deepEqual(reports, []);
    });

  for (const stack of ["dev", "qa"])
    describe(stack, () => {
      let recording: Recording;
      let preview: Recording;
      before(async () => {
        recording = await runProgram(platform, { stack });
        preview = await runProgram(platform, { stack, preview: true });
      });

      it("has no violation but those that are waived, and no waiver in vain", async () => {
        const { inputs, outputs } = recordedFixtures(recording.resources);
        const { json } = read(stack);
        const { reports, resources } = await analyze(
          toPolicies(topics, TODAY),
          inputs,
          json,
          outputs,
        );
        assert.deepEqual(reports, []);
        assert.deepEqual(resources, inputs, "a rule repairs what the program could write");
      });

      it("has none with roles for GitHub either", async () => {
        const config = {
          githubRepository: "state/infra",
          stateBucket: "state",
          stateKeyArn: `arn:aws:kms:us-west-2:${ACCOUNT_ID}:key/12345678-1234-1234-1234-123456789012`,
        };
        const { resources } = await runProgram(platform, { stack, config });
        const { inputs, outputs } = recordedFixtures(resources);
        const policies = toPolicies(topics, TODAY);
        const { reports } = await analyze(policies, inputs, read(stack).json, outputs);
        assert.deepEqual(reports, []);
      });

      it("can be judged by every rule before anything is made", async () => {
        const { inputs, outputs } = recordedFixtures(preview.resources);
        const { reports } = await analyze(
          toPolicies(topics, TODAY),
          inputs,
          read(stack).json,
          outputs,
        );
        assert.deepEqual(reports, []);
      });
    });

  describe("a stack with the settings that README.md names, at production's levels", () => {
    const [, yaml = ""] =
      /```yaml\n([^]*?)```/.exec(readFileSync(join(root, "policy", "README.md"), "utf8")) ?? [];
    const { config } = parse(yaml) as { config: Record<string, unknown> };
    const judge = async (preview: boolean, levels: PolicyPackConfig) => {
      const { resources } = await runProgram(platform, { stack: "prod", config, preview });
      const { inputs, outputs } = recordedFixtures(resources);
      const { reports } = await analyze(toPolicies(topics, TODAY), inputs, levels, outputs);
      return reports;
    };

    it("has no violation, made or previewed, but those that prod.json waives", async () => {
      assert.deepEqual(await judge(false, read("prod").json), []);
      assert.deepEqual(await judge(true, read("prod").json), []);
    });

    it("has these that no setting ends", async () => {
      const reports = await judge(false, {});
      assert.deepEqual(
        reports.map(({ rule, resource }) => `${rule} ${resource}`),
        ["iam-no-star-resource batch-submit", "iam-no-star-resource people-self-manage"],
      );
    });
  });
});
