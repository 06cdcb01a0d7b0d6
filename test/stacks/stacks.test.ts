import assert from "node:assert/strict";
import platform from "../../index.ts";
import { differenceIds } from "../../components/lib/differences.ts";
import { assertGolden, differences, golden, type Golden } from "../support/golden.ts";
import { ACCOUNT_ID, type Recorded, runProgram, UNKNOWN } from "../support/mocks.ts";

const documents: Record<string, string> = {
  "aws:iam/policy:Policy": "policy",
  "aws:iam/role:Role": "assumeRolePolicy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:batch/jobDefinition:JobDefinition": "containerProperties",
};

const isAws = ({ type, custom }: Recorded) => custom && type.startsWith("aws:");

for (const stack of ["dev", "qa"])
  describe(`stack ${stack}`, () => {
    it("is what the golden file says", async () => {
      assertGolden(await runProgram(platform, { stack }), stack);
    });

    it("makes everything through the one provider, pinned and with the default tags", async () => {
      const environment = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" };
      const recording = await runProgram(platform, { stack, environment });
      const provider = recording.find("pulumi:providers:aws");
      assert.deepEqual(JSON.parse(String(provider.inputs["defaultTags"])), {
        tags: { Owner: "dse", Project: "infra", Environment: stack },
      });
      assert.deepEqual(JSON.parse(String(provider.inputs["allowedAccountIds"])), [ACCOUNT_ID]);
      for (const resource of recording.resources.filter(isAws))
        assert.equal(resource.provider, provider.urn, resource.urn);
      for (const call of recording.calls) assert.equal(call.provider, provider.urn, call.token);
    });

    it("shows every policy and job definition in the preview of a new stack", async () => {
      const recording = await runProgram(platform, { stack, preview: true });
      const shown = recording.resources.filter(({ type }) => type in documents);
      assert.ok(shown.length > 20);
      for (const { inputs, type, urn } of shown)
        assert.ok(!JSON.stringify(inputs[documents[type] ?? ""]).includes(UNKNOWN), urn);
    });

    it("has the reference's output, each field also by itself", async () => {
      const { outputs } = await runProgram(platform, { stack });
      const prefix = `dse-infra-${stack}-us-west-2`;
      const repository = `${ACCOUNT_ID}.dkr.ecr.us-west-2.amazonaws.com/${prefix}-default`;
      const { natPublicIps, readme, ...named } = outputs;
      for (const [, name = ""] of String(readme).matchAll(/\$\{outputs\.(\w+)\}/g))
        assert.ok(name in named || name === "natPublicIps", `Pulumi.README.md: no output ${name}`);
      // dev has one NAT gateway, qa one in each zone.
      assert.equal((natPublicIps as unknown[]).length, stack === "dev" ? 1 : 2);
      assert.deepEqual(named, {
        state: {
          repository_url: repository,
          scratch_bucket: `${prefix}-scratch`,
          mwaa_bucket: `${prefix}-mwaa`,
          github_actions_bot: `dse-infra-${stack}-cd-bot`,
          batch_job_queue: `${prefix}-default`,
          batch_job_definition: `${prefix}-default`,
        },
        repositoryUrl: repository,
        scratchBucket: `${prefix}-scratch`,
        mwaaBucket: `${prefix}-mwaa`,
        githubActionsBot: `dse-infra-${stack}-cd-bot`,
        batchJobQueue: `${prefix}-default`,
        batchJobDefinition: `${prefix}-default`,
        mwaaEnvironment: `${prefix}-mwaa-environment`,
        mwaaWebserver: `${prefix}-mwaa-environment.c0.us-west-2.airflow.amazonaws.com`,
      });
    });

    it("gives each part what it needs and no more", async () => {
      const recording = await runProgram(platform, { stack });
      const grants = recording.resources
        .filter(({ type }) => /Attachment$/.test(type))
        .map(({ inputs }) => [
          inputs["role"] ?? inputs["group"] ?? inputs["user"],
          inputs["policyArn"],
        ])
        .map(([who, what]) => `${String(who)} <- ${String(what).split("/").slice(1).join("/")}`)
        .sort();
      const prefix = `dse-infra-${stack}`;
      const regional = `${prefix}-us-west-2`;
      assert.deepEqual(
        grants,
        [
          `${prefix}-cd-bot <- ${regional}-batch-submit-policy`,
          `${prefix}-cd-bot <- ${regional}-default-ecr-push-policy`,
          `${regional}-batch-exec-role <- ${prefix}-access-secrets`,
          `${regional}-batch-exec-role <- service-role/AmazonECSTaskExecutionRolePolicy`,
          `${regional}-batch-job-role <- ${regional}-s3-scratch-policy`,
          `${regional}-batch-service-role <- service-role/AWSBatchServiceRole`,
          `${regional}-flow-logs-role <- ${regional}-flow-logs-policy`,
          `${regional}-mwaa-execution-role <- ${regional}-batch-submit-policy`,
          `${regional}-mwaa-execution-role <- ${regional}-mwaa-execution-policy`,
          ...["bppe", "cdss", "cdtfa", "hcd", "water"].map(
            (project) => `odi-advanced-analytics-${stack} <- aae-${project}-${stack}-s3-policy`,
          ),
          `odi-advanced-analytics-${stack} <- ${prefix}-s3-list-all-my-buckets`,
          `odi-advanced-analytics-${stack} <- ${prefix}-self-manage-credentials-policy`,
        ].sort(),
      );
    });
  });

describe("program", () => {
  it("registers nothing where a setting is wrong", async () => {
    await assert.rejects(
      runProgram(platform, { stack: "dev", config: { jobMemory: 1 } }),
      /1 setting of stack dev cannot be deployed:\n {2}dse:jobMemory 1: with 0\.25 vCPU/,
    );
  });

  it("tells how to make the secret that a job lacks", async () => {
    await assert.rejects(
      runProgram(platform, { stack: "dev", missingSecrets: ["airflow/connections/snowflake_raw"] }),
      /the secret "airflow\/connections\/snowflake_raw" \(dse:jobSecret\), which this account lacks in us-west-2.*\n {2}aws secretsmanager create-secret --region us-west-2 --name airflow\/connections\/snowflake_raw/,
    );
  });

  it("does not take another failure of the look-up for a missing secret", async () => {
    const calls = {
      "aws:secretsmanager/getSecret:getSecret": () => {
        throw new Error("AccessDeniedException: not authorized to perform DescribeSecret");
      },
    };
    await assert.rejects(runProgram(platform, { stack: "dev", calls }), /AccessDeniedException/);
  });

  it("takes a secret by ARN without looking it up", async () => {
    const jobSecret = "arn:aws:secretsmanager:us-west-2:123456789012:secret:other-abcdef";
    const { calls, ...recording } = await runProgram(platform, {
      stack: "dev",
      config: { jobSecret },
    });
    assert.ok(!calls.some(({ token }) => token.includes("secretsmanager")));
    assert.ok(JSON.stringify(recording.resources).includes(`${jobSecret}:user::`));
  });

  it("works in other partitions and regions: no ARN is written out", async () => {
    const recording = await runProgram(platform, {
      stack: "dev",
      config: {
        region: "cn-north-1",
        jobSecret: "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:snowflake-abcdef",
      },
      calls: {
        "aws:index/getPartition:getPartition": () => ({
          partition: "aws-cn",
          dnsSuffix: "amazonaws.com.cn",
        }),
      },
    });
    for (const { type, inputs, urn } of recording.resources) {
      const document = documents[type];
      if (document)
        assert.doesNotMatch(JSON.stringify(inputs[document]), /arn:aws:|us-west-2/, urn);
    }
  });

  it("stands in a VPC that somebody else made", async () => {
    const config = {
      existingVpcId: "vpc-0a",
      existingPublicSubnetIds: ["subnet-01", "subnet-02"],
      existingPrivateSubnetIds: ["subnet-03", "subnet-04", "subnet-05"],
    };
    const recording = await runProgram(platform, {
      stack: "dev",
      config,
      calls: {
        // One that failed or is deleted has no address that anybody should let in.
        "aws:ec2/getNatGateways:getNatGateways": ({ vpcId, filters }) => {
          assert.deepEqual(
            [vpcId, filters],
            ["vpc-0a", [{ name: "state", values: ["available"] }]],
          );
          return { ids: ["nat-2", "nat-1"] };
        },
        "aws:ec2/getNatGateway:getNatGateway": ({ id }) => ({
          id,
          publicIp: `203.0.113.${String(id).slice(-1)}`,
        }),
      },
    });
    assert.deepEqual(recording.findAll("aws:ec2/vpc:Vpc"), []);
    for (const { inputs } of recording.findAll("aws:ec2/securityGroup:SecurityGroup"))
      assert.equal(inputs["vpcId"], "vpc-0a");
    const { inputs: compute } = recording.find("aws:batch/computeEnvironment:ComputeEnvironment");
    assert.deepEqual((compute["computeResources"] as { subnets: unknown }).subnets, [
      "subnet-01",
      "subnet-02",
    ]);
    const { inputs: airflow } = recording.find("aws:mwaa/environment:Environment");
    assert.deepEqual((airflow["networkConfiguration"] as { subnetIds: unknown }).subnetIds, [
      "subnet-03",
      "subnet-04",
    ]);
    assert.deepEqual(recording.outputs["natPublicIps"], ["203.0.113.1", "203.0.113.2"]);
  });

  it("makes roles for GitHub Actions and alarms where settings ask for them", async () => {
    const recording = await runProgram(platform, {
      stack: "dev",
      config: {
        githubRepository: "state/infra",
        stateBucket: "dse-state",
        alarmEmails: ["ann@example.org"],
        monthlyBudgetUsd: 500,
      },
    });
    const prefix = "dse-infra-dev-us-west-2";
    const roles = ["preview", "deploy", "jobs"].map(
      (what) => recording.find("aws:iam/role:Role", `github-${what}`).inputs["name"],
    );
    assert.deepEqual(roles, [
      `${prefix}-github-preview`,
      `${prefix}-github-deploy`,
      `${prefix}-github-jobs`,
    ]);
    const granted = recording
      .findAll("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .filter(({ inputs }) => inputs["role"] === `${prefix}-github-jobs`)
      .map(({ inputs }) => String(inputs["policyArn"]).split("/").at(-1));
    assert.deepEqual(granted.sort(), [
      `${prefix}-batch-follow-policy`,
      `${prefix}-batch-submit-policy`,
      `${prefix}-default-ecr-push-policy`,
    ]);
    assert.equal(recording.find("aws:budgets/budget:Budget").inputs["limitAmount"], "500");
    assert.equal(
      recording.outputs["alarmTopic"],
      recording.find("aws:sns/topic:Topic").outputs["arn"],
    );
    assert.ok(recording.outputs["githubDeployRole"]);
  });

  it("asks for no more zones than the region has", async () => {
    const cidrs = (from: number) => [0, 1, 2, 3].map((i) => `10.0.${String(from + i)}.0/24`);
    await assert.rejects(
      runProgram(platform, {
        stack: "dev",
        config: { publicSubnetCidrs: cidrs(0), privateSubnetCidrs: cidrs(4) },
      }),
      /asks for 4 availability zones, the region has 3: us-west-2a, us-west-2b, us-west-2c/,
    );
  });

  it("warns of an Airflow version that AWS creates no more, and goes on", async () => {
    const { logs } = await runProgram(platform, {
      stack: "dev",
      config: { airflowVersion: "2.4.3" },
    });
    assert.deepEqual(logs, [
      "warning: AWS creates no environment of Airflow 2.4.3 any more; one that exists can be kept and upgraded.",
    ]);
  });

  it("runs the image that it builds, by digest", async () => {
    const recording = await runProgram(platform, {
      stack: "dev",
      config: { jobImageContext: "test/fixtures/image" },
    });
    const { inputs } = recording.find("aws:batch/jobDefinition:JobDefinition");
    assert.match(String(inputs["containerProperties"]), /"image":"[^"]+@sha256:[0-9a-f]{64}"/);
  });
});

describe("differences from the reference", () => {
  const withKept = async (keepReference: readonly string[]) =>
    golden(await runProgram(platform, { stack: "dev", config: { keepReference } }));

  let here: Golden;
  let reference: Golden;
  before(async () => {
    here = await withKept([]);
    reference = await withKept(["all"]);
  });

  for (const id of differenceIds)
    it(`has ${id}, which keepReference undoes and no other row does`, async () => {
      assert.notEqual(differences(here, await withKept([id])).length, 0);
      const others = differenceIds.filter((other) => other !== id);
      assert.notEqual(differences(reference, await withKept(others)).length, 0);
    });
});
