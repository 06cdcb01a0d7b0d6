import type { PolicyResource } from "@pulumi/policy";
import assert from "node:assert/strict";
import { rolesOf } from "../../../policy/lib/grants.ts";
import { Routing } from "../../../policy/lib/network.ts";
import { stackRule } from "../../../policy/lib/rule.ts";
import { StackResources } from "../../../policy/lib/stack.ts";
import { toPolicies } from "../../../policy/lib/pack.ts";
import { ec2, iam, mwaa, s3, Stack } from "../../../policy/lib/types.ts";
import { analyze, type Fixture, fixture, UNKNOWN } from "../support.ts";

/** Runs the body with the resources as a stack rule gets them. */
async function within(resources: readonly Fixture[], body: (stack: StackResources) => void) {
  let ran = false;
  const rule = stackRule({
    name: "looks",
    description: "Looks.",
    severity: "low",
    enforcementLevel: "advisory",
    controls: {},
    remediationSteps: "None.",
    url: "https://example.com",
    types: [Stack],
    check(_, { stack }) {
      body(stack);
      ran = true;
      return [];
    },
  });
  await analyze(toPolicies({ test: [rule] }, "2026-01-15"), [
    fixture(Stack, "stack", {}),
    ...resources,
  ]);
  assert.ok(ran);
}

const names = (resources: readonly { name: string }[]) => resources.map(({ name }) => name);
const only = <T>([one]: readonly T[]): T => one ?? assert.fail("there is none");

describe("the resources of a stack", () => {
  const vpc = fixture(ec2.Vpc, "vpc", {});
  const [a, b, c] = ["a", "b", "c"].map((name) =>
    fixture(ec2.Subnet, name, {}, { refs: { vpcId: vpc } }),
  ) as [Fixture, Fixture, Fixture];
  const networkConfiguration = { subnetIds: [UNKNOWN, UNKNOWN], securityGroupIds: [UNKNOWN] };
  const airflow = fixture(
    mwaa.Environment,
    "airflow",
    { networkConfiguration },
    { refs: { networkConfiguration: [a, b] } },
  );

  it("refer to each other by dependency, where ids are unknown", () =>
    within([vpc, a, b, c, airflow], (stack) => {
      assert.deepEqual(names(stack.companions(only(stack.of(ec2.Vpc)), ec2.Subnet, "vpcId")), [
        "a",
        "b",
        "c",
      ]);
      const environment = only(stack.of(mwaa.Environment));
      const subnets = stack.targets(environment, "networkConfiguration", ec2.Subnet);
      assert.deepEqual(names(subnets), ["a", "b"]);
      assert.deepEqual(names(stack.targets(only(subnets), "vpcId", ec2.Vpc)), ["vpc"]);
    }));

  it("refer to each other by id, name or ARN, where they are written out", () =>
    within(
      [
        fixture(ec2.Subnet, "a", { id: "subnet-1", vpcId: "vpc-1" }),
        fixture(ec2.Subnet, "b", { id: "subnet-2", vpcId: "vpc-1" }),
        fixture(s3.Bucket, "dags", { bucket: "dags", arn: "arn:aws:s3:::dags" }),
        fixture(ec2.Subnet, "c", { id: "subnet-3", vpcId: null }),
        fixture(s3.Bucket, "other", { bucket: "other", arn: UNKNOWN }),
        fixture(mwaa.Environment, "airflow", {
          networkConfiguration: { subnetIds: ["subnet-2", UNKNOWN] },
          sourceBucketArn: "arn:aws:s3:::dags",
        }),
      ],
      (stack) => {
        const environment = only(stack.of(mwaa.Environment));
        const subnets = stack.targets(environment, "networkConfiguration", ec2.Subnet);
        assert.deepEqual(names(subnets), ["b"]);
        const buckets = stack.targets(environment, "sourceBucketArn", s3.Bucket);
        assert.deepEqual(names(buckets), ["dags"]);
        assert.deepEqual(names(stack.targets(only(subnets), "vpcId", ec2.Vpc)), []);
        assert.deepEqual(names(stack.companions(only(buckets), ec2.Subnet, "vpcId")), []);
      },
    ));

  it("are found once each, whichever way they refer", async () => {
    const dags = fixture(s3.Bucket, "dags", { bucket: "dags", arn: "dags" });
    const both = fixture(s3.BucketLogging, "both", { bucket: "dags" }, { refs: { bucket: dags } });
    const named = fixture(s3.BucketLogging, "named", { bucket: "dags" });
    const later = { bucket: UNKNOWN };
    const bound = fixture(s3.BucketLogging, "bound", later, { refs: { bucket: dags } });
    await within([dags, named, both, bound], (stack) => {
      const bucket = only(stack.of(s3.Bucket));
      const found = stack.companions(bucket, s3.BucketLogging, "bucket");
      assert.deepEqual(names(found).sort(), ["both", "bound", "named"]);
      for (const log of found)
        assert.deepEqual(names(stack.targets(log, "bucket", s3.Bucket)), ["dags"]);
      assert.deepEqual(stack.of(ec2.Vpc), []);
      const elsewhere = { ...only(found.slice(0, 1)), urn: "urn:pulumi:of::another::stack" };
      assert.deepEqual(stack.targets(elsewhere, "bucket", s3.Bucket), []);
      assert.deepEqual(names(stack.companions(bucket, s3.BucketLogging, "targetBucket")), []);
    });
  });

  it("are looked at once, however many others ask for them", () => {
    const count = 20;
    let reads = 0;
    const resource = ({ token }: { token: string }, name: string, props: object) =>
      ({
        ...{ type: token, urn: `urn:${token}::${name}`, name, props },
        ...{ opts: {}, dependencies: [], propertyDependencies: {} },
      }) as unknown as PolicyResource;
    const ids = Array.from({ length: count }, (_, position) => `bucket-${String(position)}`);
    const stack = new StackResources(
      ids.flatMap((bucket) => [
        resource(s3.Bucket, bucket, { bucket }),
        resource(s3.BucketLogging, bucket, {
          get bucket() {
            reads++;
            return bucket;
          },
        }),
      ]),
    );
    for (const bucket of stack.of(s3.Bucket))
      assert.deepEqual(names(stack.companions(bucket, s3.BucketLogging, "bucket")), [bucket.name]);
    assert.equal(reads, count);
  });

  it("has roles by the names at the ends of ARNs", async () => {
    await within([fixture(iam.Role, "role", { name: "jobs" })], (stack) => {
      const found = ["role/jobs", "role/data/jobs", "role/jobs/data"].map(
        (end) => rolesOf(stack, `arn:aws:iam::123456789012:${end}`).length,
      );
      assert.deepEqual(found, [1, 1, 0]);
    });
  });

  it("has no way to the internet from a subnet in no route table", async () => {
    await within([vpc, a], (stack) => {
      assert.ok(!new Routing(stack).isPublic(only(stack.of(ec2.Subnet))));
    });
  });
});
