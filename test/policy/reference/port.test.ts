import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { toPolicies } from "../../../policy/lib/pack.ts";
import { topics } from "../../../policy/rules.ts";
import { analyze, type Fixture } from "../support.ts";
import { jobDefinitions, referencePort } from "./port.ts";

const root = resolve(import.meta.dirname, "../../..");
const read = (...path: string[]) =>
  JSON.parse(readFileSync(join(root, ...path), "utf8")) as Record<string, never>;
const account = read("test", "reference", "dev-account.json") as unknown as {
  policies: Record<string, unknown>;
  roles: Record<string, { assume: unknown }>;
  jobDefinitions: Record<string, { containerProperties: Record<string, unknown> }>;
};

/**
 * How many of the reference's resources break each rule at production's levels; the rules that are kept are not here.
 * Where the count is not what reading the configuration by hand finds, it says why.
 */
const broken: Readonly<Record<string, number>> = {
  "s3-bucket-public-access-block": 6,
  "s3-bucket-tls-only": 7,
  "s3-bucket-encryption": 7,
  "s3-bucket-versioning": 1,
  "s3-bucket-lifecycle": 7,
  "s3-bucket-acls-disabled": 7,
  "s3-bucket-access-logging": 7,
  "ecr-tag-immutability": 1,
  "ecr-lifecycle-policy": 1,
  "ecr-encryption-kms": 1,
  "ec2-default-sg-closed": 1,
  "ec2-sg-described": 1,
  "ec2-sg-egress-narrow": 1,
  "ec2-subnet-no-auto-public-ip": 2,
  "ec2-vpc-flow-logs": 1,
  "net-nacl-no-admin-ports": 1,
  // Nine findings: cancelling and listing jobs on queues are two of one policy.
  "iam-action-matches-resource": 8,
  "iam-group-requires-mfa": 1,
  // Not Airflow's policy, a seventh with wildcards: they are those that AWS itself gives it.
  "iam-no-action-wildcard": 6,
  // Every secret of the account; and a person's MFA device of any name, which reading by hand passes over.
  "iam-no-star-resource": 2,
  "iam-no-user-attachment": 2,
  "iam-trust-scoped": 4,
  "batch-secret-source-local": 1,
  "batch-container-hardened": 1,
  "batch-image-pinned": 1,
  // One layout, of which the job definition and the compute environment each hold a half.
  "batch-network-private": 2,
  "batch-log-and-timeout": 1,
  // Rules that came later.
  "batch-queue-stuck-jobs": 1,
  "mwaa-logging": 1,
  "mwaa-exposure-and-keys": 1,
  // Rules that came later.
  "mwaa-object-versions": 1,
  "mwaa-airflow-version": 1,
  "stateful-protected": 9,
};

/** The resources of the Terraform state, by type. */
const stateTypes: Readonly<Record<string, number>> = {
  "aws:batch/computeEnvironment:ComputeEnvironment": 1,
  "aws:batch/jobDefinition:JobDefinition": 1,
  "aws:batch/jobQueue:JobQueue": 1,
  "aws:ec2/eip:Eip": 2,
  "aws:ec2/internetGateway:InternetGateway": 1,
  "aws:ec2/natGateway:NatGateway": 2,
  "aws:ec2/routeTable:RouteTable": 3,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": 4,
  "aws:ec2/securityGroup:SecurityGroup": 2,
  "aws:ec2/subnet:Subnet": 4,
  "aws:ec2/vpc:Vpc": 1,
  "aws:ecr/repository:Repository": 1,
  "aws:iam/group:Group": 1,
  "aws:iam/groupMembership:GroupMembership": 1,
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": 7,
  "aws:iam/policy:Policy": 12,
  "aws:iam/role:Role": 4,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 6,
  "aws:iam/user:User": 6,
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": 2,
  "aws:mwaa/environment:Environment": 1,
  "aws:s3/bucket:Bucket": 7,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
  "aws:s3/bucketVersioning:BucketVersioning": 6,
};

describe("the reference, ported literally", () => {
  let port: { inputs: Fixture[]; outputs: Fixture[] };
  before(async () => {
    port = await referencePort();
  });

  it("has the resources of the Terraform state", () => {
    const counts: Record<string, number> = {};
    for (const { type } of port.outputs)
      if (type.startsWith("aws:")) counts[type] = (counts[type] ?? 0) + 1;
    assert.deepEqual(counts, stateTypes);
  });

  it("has the documents of the account that the configuration makes", () => {
    const of = (type: string, document: string) =>
      Object.fromEntries(
        port.outputs
          .filter((one) => one.type === type)
          .map(({ props }) => [props["name"], sorted(props[document])]),
      ) as Record<string, unknown>;
    assert.deepEqual(of("aws:iam/policy:Policy", "policy"), sorted(account.policies));
    const trust = Object.entries(account.roles).map(([name, role]) => [name, sorted(role.assume)]);
    assert.deepEqual(of("aws:iam/role:Role", "assumeRolePolicy"), Object.fromEntries(trust));
  });

  it("has the account's jobs, whose secret is another account's", () => {
    const [job] = jobDefinitions(port.outputs);
    const [expected] = Object.values(account.jobDefinitions);
    const actual = String(job?.props["containerProperties"]).replaceAll(
      "210987654321",
      "123456789012",
    );
    // Lists that AWS adds empty.
    const {
      environment: _,
      mountPoints: __,
      ulimits: ___,
      volumes: ____,
      ...container
    } = expected?.containerProperties ?? {};
    assert.deepEqual(JSON.parse(actual), container);
  });

  it("breaks these rules of production, and no other", async () => {
    const { inputs, outputs } = port;
    const pack = toPolicies(topics, "2026-11-25");
    const { reports } = await analyze(pack, inputs, {}, outputs);
    const resources: Record<string, Set<string | undefined>> = {};
    for (const { rule, urn, blind } of reports) {
      assert.ok(!blind, `${rule} cannot judge the reference`);
      (resources[rule] ??= new Set()).add(urn);
    }
    const counts = Object.entries(resources).map(([rule, { size }]) => [rule, size]);
    assert.deepEqual(Object.fromEntries(counts), broken);
  });
});

/** A document as it is compared: AWS keeps no order in a list, and one item as a list of one. */
function sorted(value: unknown): unknown {
  if (typeof value === "string" && value.startsWith("{")) return sorted(JSON.parse(value));
  if (Array.isArray(value)) {
    const items = value
      .map(sorted)
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return items.length === 1 ? items[0] : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]));
}
