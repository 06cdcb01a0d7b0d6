import assert from "node:assert/strict";
import fc from "fast-check";
import { NamesError, nameProblem, platformNames } from "../../components/lib/names.ts";
import { runs } from "../support/fuzz.ts";

const identity = {
  owner: "dse",
  project: "infra",
  environment: "dev",
  region: "us-west-2",
  groupName: "odi-advanced-analytics",
  projectOwner: "aae",
};

/** Every string in the names, with its path. */
function strings(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => strings(inner, `${path}.${key}`));
}

describe("names", () => {
  it("are the reference's", () => {
    const names = platformNames(identity, ["water"]);
    assert.equal(names.vpc, "dse-infra-dev-main");
    assert.equal(names.batch, "dse-infra-dev-us-west-2-default");
    assert.equal(names.batchSecurityGroup, "dse-infra-dev-batch-sg");
    assert.equal(names.mwaa, "dse-infra-dev-us-west-2-mwaa-environment");
    assert.equal(names.group, "odi-advanced-analytics-dev");
    assert.deepEqual(names.projects, [
      { id: "water", bucket: "aae-water-dev-us-west-2", policy: "aae-water-dev-s3-policy" },
    ]);
    assert.equal(names.zonal("us-west-2a", "private"), "dse-infra-dev-us-west-2a-private");
  });

  it("differ between two environments, but for what no environment is in", () => {
    const dev = new Set(strings(platformNames(identity, ["water"])).map(([, name]) => name));
    const qa = platformNames({ ...identity, environment: "qa" }, ["water"]);
    const shared = strings(qa).filter(([, name]) => dev.has(name));
    assert.deepEqual(shared, [[".projects.0.id", "water"]]);
  });

  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);
  it("fit what AWS takes, or are all refused with the settings they come from", () => {
    fc.assert(
      fc.property(word, word, word, word, (owner, project, environment, name) => {
        const given = { ...identity, owner, project, environment };
        try {
          const names = platformNames(given, [name]);
          assert.ok(names.mwaa.length <= 80 && names.batchServiceRole.length <= 64);
          assert.ok(names.mwaaBucket.length <= 63);
        } catch (error) {
          assert.ok(error instanceof NamesError);
          assert.ok(error.problems.every(({ name, from, rule }) => name && from && rule));
        }
      }),
      runs(100),
    );
  });

  it("lists every name that AWS would refuse", () => {
    const owner = "a-department-with-a-long-name";
    const prefix = `${owner}-infra-dev-us-west-2`;
    assert.throws(
      () => platformNames({ ...identity, owner }, []),
      (error: unknown) => {
        assert.ok(error instanceof NamesError);
        assert.deepEqual(
          error.problems.map(({ name }) => name),
          ["batch-service-role", "batch-exec-role", "mwaa-execution-role"].map(
            (what) => `${prefix}-${what}`,
          ),
        );
        const [role] = error.problems;
        assert.equal(error.message.split("\n")[0], `"${prefix}-batch-service-role": ${role?.rule}`);
        assert.equal(error.message.split("\n").length, 3);
        return true;
      },
    );
  });

  it("have the characters of their type", () => {
    assert.equal(nameProblem("bucket", "dse-x"), undefined);
    assert.match(nameProblem("bucket", "Dse-x") ?? "", /an S3 bucket must match/);
    assert.match(nameProblem("repository", "-x") ?? "", /an ECR repository must match/);
    assert.match(nameProblem("mwaa", "1x") ?? "", /an MWAA environment must match/);
    assert.match(nameProblem("role", "x".repeat(65)) ?? "", /at most 64 characters, this one 65/);
    assert.equal(nameProblem("role", "x".repeat(64)), undefined);
  });
});
