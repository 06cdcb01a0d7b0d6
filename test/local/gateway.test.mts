import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DeleteComputeEnvironmentCommand,
  DeleteJobQueueCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  UpdateComputeEnvironmentCommand,
  UpdateJobQueueCommand,
} from "@aws-sdk/client-batch";
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteRouteCommand,
  EC2Client,
  ReplaceRouteCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  ListServiceSpecificCredentialsCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateCliTokenCommand,
  CreateEnvironmentCommand,
  DeleteEnvironmentCommand,
  GetEnvironmentCommand,
  ListTagsForResourceCommand,
  MWAAClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEnvironmentCommand,
  type CreateEnvironmentInput,
} from "@aws-sdk/client-mwaa";
import {
  CreateBucketCommand,
  GetBucketLoggingCommand,
  GetBucketTaggingCommand,
  HeadObjectCommand,
  PutBucketLoggingCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { isLoopback, signingScope, splitHost } from "../../local/gateway/routing.mts";
import type { Fault } from "../../local/gateway/faults.mts";
import { allows, trusts } from "../../local/gateway/policies.mts";
import { refusedSince } from "../../local/gateway/refusals.mts";
import { start, type Instance } from "../../local/instance.mts";
import { endFaults, faultsMet, setFaults } from "../support/faults.mts";
import { bare, cleanUp, request, sdk, temporaryFolder } from "./support.mts";

const isForbidden = (error: { $metadata?: { httpStatusCode?: number } }) =>
  error.$metadata?.httpStatusCode === 403;

const LocationConstraint = "us-west-2";

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-west-2/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

describe("the gateway's parts", () => {
  it("take loopback names, and those that SDKs derive from them, for local", () => {
    for (const host of [
      "localhost",
      "127.0.0.1",
      "[::1]",
      "api.127.0.0.1",
      "123456789012.localhost",
    ])
      assert.equal(isLoopback(host), true, host);
    for (const host of [
      "iam.amazonaws.com",
      "127.0.0.1.example.org",
      "notlocalhost",
      "10.0.0.1",
      "127.0.0.10",
      "",
    ])
      assert.equal(isLoopback(host), false, host);
  });

  it("split hosts that a URL parser refuses", () => {
    assert.deepEqual(splitHost("123456789012.127.0.0.1:80"), {
      host: "123456789012.127.0.0.1",
      port: "80",
    });
    assert.deepEqual(splitHost("[::1]:80"), { host: "[::1]", port: "80" });
    assert.deepEqual(splitHost("IAM.amazonaws.com"), { host: "iam.amazonaws.com", port: "" });
  });

  it("read the signing scope from the header or a presigned query", () => {
    const scope = { accessKey: "123456789012", region: "us-west-2", service: "airflow" };
    assert.deepEqual(signingScope(signed("airflow").authorization, "/"), scope);
    const query = "/?X-Amz-Credential=123456789012%2F20260101%2Fus-west-2%2Fairflow%2Faws4_request";
    assert.deepEqual(signingScope(undefined, query), scope);
    assert.equal(signingScope(undefined, "/"), undefined);
  });

  it("read policies as far as the guards need", () => {
    const document = {
      Statement: [
        { Effect: "Allow", Action: ["s3:Get*"], Resource: "arn:aws:s3:::b/*" },
        { Effect: "Deny", Action: "airflow:PublishMetrics", Resource: "*" },
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: ["airflow.amazonaws.com"] },
        },
      ],
    };
    assert.equal(allows([document], "s3:GetObject", "arn:aws:s3:::b/dags/x"), true);
    assert.equal(allows([document], "s3:getobject", "arn:aws:s3:::b/dags/x"), true);
    assert.equal(allows([document], "s3:GetObject", "arn:aws:s3:::bb/x"), false);
    assert.equal(allows([document], "airflow:PublishMetrics"), false);
    assert.equal(trusts(document, "airflow.amazonaws.com"), true);
    assert.equal(trusts(document, "airflow-env.amazonaws.com"), false);
  });
});

describe("the gateway", () => {
  let instance: Instance;
  let port: number;
  before(async () => {
    instance = await start({ folder: temporaryFolder() });
    port = Number(new URL(instance.url).port);
  });
  after(cleanUp);

  describe("lets no call out", () => {
    const reported = () => refusedSince(join(instance.folder, "refused.log"), 0);

    it("refuses and reports a CONNECT", async () => {
      const answer = await request(port, "CONNECT", "iam.amazonaws.com:443");
      assert.equal(answer.status, 403);
      assert.match(answer.reason, /refused a call to iam\.amazonaws\.com/);
      assert.equal(reported().get("iam.amazonaws.com"), 1);
    });

    it("refuses and reports a proxied request", async () => {
      for (const url of [
        "http://sts.us-west-2.amazonaws.com/",
        "http://a@sqs.amazonaws.com:80/?x=http://localhost",
      ]) {
        const answer = await request(port, "POST", url, signed("sts"));
        assert.equal(answer.status, 403);
        assert.match(answer.body, /refused a call to (sts\.us-west-2|sqs)\.amazonaws\.com/);
      }
      assert.deepEqual([...reported().keys()].sort(), [
        "iam.amazonaws.com",
        "sqs.amazonaws.com",
        "sts.us-west-2.amazonaws.com",
      ]);
    });

    it("refuses another program's port, and a host name that only resolves to this machine", async () => {
      assert.equal((await request(port, "GET", `http://127.0.0.1:${port + 1}/`)).status, 403);
      assert.equal((await request(port, "GET", "/", { host: "rebound.example.org" })).status, 403);
    });
  });

  describe("routes", () => {
    it("MWAA to MiniStack by its signing scope, directly and as a proxy for api.", async () => {
      for (const target of ["/environments", `http://api.127.0.0.1:${port}/environments`]) {
        const answer = await request(port, "GET", target, signed("airflow"));
        assert.deepEqual(JSON.parse(answer.body), { Environments: [] });
      }
    });

    it("on connections that stay open, whatever the emulators do with theirs", async () => {
      for (const [path, service] of [
        ["/environments", "airflow"],
        ["/", "s3"],
      ] as const) {
        const answer = await fetch(`${instance.url}${path}`, { headers: signed(service) });
        await answer.text();
        assert.equal(answer.headers.get("connection"), "keep-alive", service);
      }
    });

    it("a bucket that is called environments to moto", async () => {
      const s3 = new S3Client(sdk(instance));
      await s3.send(
        new CreateBucketCommand({
          Bucket: "environments",
          CreateBucketConfiguration: { LocationConstraint },
        }),
      );
      const answer = await request(port, "GET", "/environments", signed("s3"));
      assert.match(answer.body, /<ListBucketResult/);
    });

    it("S3 Control's account prefix to moto", async () => {
      const arn = encodeURIComponent("arn:aws:s3:::environments");
      const target = `http://123456789012.127.0.0.1:${port}/v20180820/tags/${arn}`;
      const headers = { ...signed("s3"), "x-amz-account-id": "123456789012" };
      assert.match(
        (await request(port, "GET", target, headers)).body,
        /<ListTagsForResourceResponse/,
      );
    });
  });

  describe("faults", () => {
    const put = (UserName: string, abortSignal?: AbortSignal) =>
      new IAMClient(sdk(instance)).send(new CreateUserCommand({ UserName }), { abortSignal });
    const set = (...rules: Fault[]) => {
      setFaults(instance.folder, rules);
    };
    afterEach(() => {
      endFaults(instance.folder);
    });

    it("hold the call that a rule names: it takes effect, and is never answered", async () => {
      set({ call: "^iam CreateUser$", nth: 2, effect: "hold" });
      await put("first");
      const caller = new AbortController();
      const second = put("second", caller.signal);
      while (faultsMet(instance.folder).length === 0) await sleep(10);
      caller.abort();
      await assert.rejects(second, { name: "AbortError" });
      assert.deepEqual(faultsMet(instance.folder), ["iam CreateUser"]);
      await assert.rejects(put("second"), { name: "EntityAlreadyExistsException" });
    });

    it("are as many as the rule says, and leave nothing of the call", async () => {
      set({ call: "^iam CreateUser$", times: 2, effect: "error" });
      const failed = { name: "InternalFailure", $fault: "server" };
      await assert.rejects(put("third"), failed);
      await assert.rejects(put("third"), failed);
      await put("third");
    });

    const options = () => sdk(instance);
    const calls = {
      s3: () => new S3Client(options()).send(new CreateBucketCommand({ Bucket: "faulty" })),
      ec2: () => new EC2Client(options()).send(new CreateInternetGatewayCommand({})),
      iam: () => put("fourth"),
      batch: () => new BatchClient(options()).send(new DescribeJobsCommand({ jobs: ["none"] })),
      airflow: () => new MWAAClient(options()).send(new GetEnvironmentCommand({ Name: "none" })),
      kms: () => new KMSClient(options()).send(new CreateKeyCommand({})),
    };
    for (const [service, throttled, failed, denied] of [
      ["s3", "SlowDown", "InternalError", "AccessDenied"],
      ["ec2", "RequestLimitExceeded", "InternalError", "UnauthorizedOperation"],
      ["iam", "Throttling", "InternalFailure", "AccessDenied"],
      ["batch", "ThrottlingException", "InternalFailure", "AccessDeniedException"],
      ["airflow", "ThrottlingException", "InternalFailure", "AccessDeniedException"],
      ["kms", "ThrottlingException", "InternalFailure", "AccessDeniedException"],
    ] as const)
      it(`throttle, fail and deny calls of ${service} in its own words`, async () => {
        for (const [effect, name] of [
          ["throttle", throttled],
          ["error", failed],
          ["deny", denied],
        ] as const) {
          set({ call: `^${service} `, effect });
          await assert.rejects(calls[service](), { name });
        }
      });

    it("leave a call without an answer, and reset its connection", async () => {
      for (const [effect, expected] of [
        ["timeout", { message: "socket hang up" }],
        ["die", { code: "ECONNRESET" }],
      ] as const) {
        set({ call: "^iam CreateUser$", effect });
        await assert.rejects(put("fifth"), expected);
      }
      await put("fifth");
    });
  });

  describe("mends of moto", () => {
    let unmended: Instance;
    before(async () => {
      const withoutMends = [
        "keep_tags_of_new_buckets",
        "leave_out_conditional_statements",
        "run_jobs_without_docker",
        "read_log_permissions_beside_other_statements",
        "list_no_service_specific_credentials",
      ];
      unmended = await start({ folder: temporaryFolder(), withoutMends });
    });

    const tags = async (of: Instance) => {
      const s3 = new S3Client(sdk(of));
      const Tags = [{ Key: "Owner", Value: "dse" }];
      const CreateBucketConfiguration = { LocationConstraint, Tags } as const;
      await s3.send(new CreateBucketCommand({ Bucket: "tagged", CreateBucketConfiguration }));
      return (await s3.send(new GetBucketTaggingCommand({ Bucket: "tagged" }))).TagSet;
    };
    it("keep the tags that a bucket is made with", async () => {
      assert.deepEqual(await tags(instance), [{ Key: "Owner", Value: "dse" }]);
      await assert.rejects(tags(unmended), { name: "NoSuchTagSet" });
    });

    const tlsOnly = async (of: Instance) => {
      const s3 = new S3Client(sdk(of));
      const Bucket = "tls-only";
      await s3.send(
        new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }),
      );
      await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
      const Policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: "arn:aws:s3:::tls-only/*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      });
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      await s3.send(new HeadObjectCommand({ Bucket, Key: "a" }));
    };
    it("leave a statement with a condition out", async () => {
      await tlsOnly(instance);
      await assert.rejects(tlsOnly(unmended), isForbidden);
    });

    const logged = async (of: Instance) => {
      const s3 = new S3Client({ ...sdk(of), maxAttempts: 1 });
      const Bucket = "logged";
      await s3.send(
        new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }),
      );
      const Resource = `arn:aws:s3:::${Bucket}/*`;
      const Service = "logging.s3.amazonaws.com";
      const Policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject", Resource },
          { Effect: "Allow", Principal: { Service }, Action: "s3:PutObject", Resource },
        ],
      });
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const LoggingEnabled = { TargetBucket: Bucket, TargetPrefix: "logs/" };
      await s3.send(
        new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }),
      );
      return (await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled?.TargetBucket;
    };
    it("read who may write access logs beside a statement for everybody", async () => {
      assert.equal(await logged(instance), "logged");
      await assert.rejects(logged(unmended));
    });

    const credentials = async (of: Instance) => {
      const iam = new IAMClient(sdk(of));
      await iam.send(new CreateUserCommand({ UserName: "a" }));
      return iam.send(new ListServiceSpecificCredentialsCommand({ UserName: "a" }));
    };
    it("list no service-specific credentials of a user", async () => {
      assert.deepEqual((await credentials(instance)).ServiceSpecificCredentials, []);
      await assert.rejects(credentials(unmended));
    });

    const job = async (of: Instance) => {
      const batch = new BatchClient(sdk(of));
      await makeQueue(of, "mend");
      await batch.send(
        new RegisterJobDefinitionCommand({
          jobDefinitionName: "mend",
          type: "container",
          platformCapabilities: ["FARGATE"],
          containerProperties: {
            image: "no-such-registry.localhost/image",
            executionRoleArn: `arn:aws:iam::${of.account}:role/mend`,
            resourceRequirements: [
              { type: "VCPU", value: "0.25" },
              { type: "MEMORY", value: "512" },
            ],
          },
        }),
      );
      const { jobId = "" } = await batch.send(
        new SubmitJobCommand({ jobName: "mend", jobQueue: "mend", jobDefinition: "mend" }),
      );
      for (;;) {
        const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
        const state = jobs?.[0]?.status;
        if (state === "SUCCEEDED" || state === "FAILED") return state;
        await sleep(50);
      }
    };
    it("finish a job without Docker", async () => {
      assert.equal(await job(instance), "SUCCEEDED");
      assert.equal(await job(unmended), "FAILED");
    });
  });

  describe("guards of Batch", () => {
    it("keep a compute environment that is used or enabled, as AWS does", async () => {
      const batch = new BatchClient(sdk(instance));
      const computeEnvironment = await makeQueue(instance, "guarded");
      const remove = () => batch.send(new DeleteComputeEnvironmentCommand({ computeEnvironment }));
      const refusal = (message: RegExp) => ({ name: "ClientException", message });

      await assert.rejects(
        remove(),
        refusal(/^Cannot delete, found existing JobQueue relationship \(guarded\)/),
      );
      const queue = { jobQueue: "guarded" };
      await assert.rejects(
        batch.send(new DeleteJobQueueCommand(queue)),
        refusal(/ENABLED: it must be DISABLED/),
      );
      await batch.send(new UpdateJobQueueCommand({ ...queue, state: "DISABLED" }));
      await batch.send(new DeleteJobQueueCommand(queue));
      await assert.rejects(remove(), refusal(/^Cannot delete, compute environment is ENABLED/));
      await batch.send(
        new UpdateComputeEnvironmentCommand({ computeEnvironment, state: "DISABLED" }),
      );
      await remove();
      const left = new DescribeComputeEnvironmentsCommand({
        computeEnvironments: [computeEnvironment],
      });
      assert.deepEqual((await batch.send(left)).computeEnvironments, []);
    });

    it("matter: moto itself deletes both", async () => {
      const moto = new BatchClient(bare(instance, "moto"));
      const computeEnvironment = await makeQueue(instance, "unguarded");
      await moto.send(new DeleteComputeEnvironmentCommand({ computeEnvironment }));
      await moto.send(new DeleteJobQueueCommand({ jobQueue: "unguarded" }));
    });
  });

  describe("MWAA", () => {
    let wanted: CreateEnvironmentInput;
    let mwaa: MWAAClient;
    let network: Awaited<ReturnType<typeof makeNetwork>>;
    const Bucket = "airflow-source";
    const RoleName = "airflow";
    const block = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };
    const trust = (...Service: string[]) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } }],
      });
    const bothServices = trust("airflow.amazonaws.com", "airflow-env.amazonaws.com");
    const policy = (object: string, metrics: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: object, Resource: `arn:aws:s3:::${Bucket}/*` },
          { Effect: "Allow", Action: metrics, Resource: "*" },
        ],
      });
    const bothActions = policy("s3:GetObject*", "airflow:PublishMetrics");
    const create = (change: Partial<CreateEnvironmentInput> = {}) =>
      mwaa.send(new CreateEnvironmentCommand({ ...wanted, ...change }));

    let s3: S3Client;
    let iam: IAMClient;
    let ec2: EC2Client;
    const setBlock = (BlockPublicAcls: boolean) =>
      s3.send(
        new PutPublicAccessBlockCommand({
          Bucket,
          PublicAccessBlockConfiguration: { ...block, BlockPublicAcls },
        }),
      );
    const setVersioning = (Status: "Enabled" | "Suspended") =>
      s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
    const setTrust = (PolicyDocument: string) =>
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const setPolicy = (PolicyDocument: string) =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "a", PolicyDocument }));
    const everywhere = "0.0.0.0/0";
    const removeRoute = () =>
      ec2.send(
        new DeleteRouteCommand({ RouteTableId: network.table, DestinationCidrBlock: everywhere }),
      );
    const addRoute = (to: { GatewayId: string } | { NatGatewayId: string }) =>
      ec2.send(
        new CreateRouteCommand({
          RouteTableId: network.table,
          DestinationCidrBlock: everywhere,
          ...to,
        }),
      );

    before(async () => {
      s3 = new S3Client(sdk(instance));
      iam = new IAMClient(sdk(instance));
      ec2 = new EC2Client(sdk(instance));
      mwaa = new MWAAClient(sdk(instance));
      network = await makeNetwork(instance);
      await s3.send(
        new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }),
      );
      await setBlock(true);
      await setVersioning("Enabled");
      const { VersionId } = await s3.send(
        new PutObjectCommand({ Bucket, Key: "requirements.txt", Body: "a" }),
      );
      const { Role } = await iam.send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: bothServices }),
      );
      await setPolicy(bothActions);
      wanted = {
        Name: "airflow",
        AirflowVersion: "3.0.6",
        SourceBucketArn: `arn:aws:s3:::${Bucket}`,
        DagS3Path: "dags/",
        RequirementsS3Path: "requirements.txt",
        RequirementsS3ObjectVersion: VersionId,
        KmsKey: "arn:aws:kms:us-west-2:123456789012:key/a",
        WeeklyMaintenanceWindowStart: "SUN:03:30",
        ExecutionRoleArn: Role?.Arn,
        NetworkConfiguration: { SubnetIds: network.subnets, SecurityGroupIds: [network.group] },
        Tags: { Owner: "dse" },
      };
    });

    describe("is refused, as AWS does,", () => {
      const without: [string, RegExp, () => Promise<unknown>, () => Promise<unknown>][] = [
        ["public-access block", /BlockPublicAccess/, () => setBlock(false), () => setBlock(true)],
        [
          "versioning",
          /Versioning is not enabled/,
          () => setVersioning("Suspended"),
          () => setVersioning("Enabled"),
        ],
        [
          "both services in its role's trust",
          /cannot be assumed by airflow-env/,
          () => setTrust(trust("airflow.amazonaws.com")),
          () => setTrust(bothServices),
        ],
        [
          "its role's leave to read the bucket",
          /sufficient permissions for s3 location airflow-source\/dags/,
          () => setPolicy(policy("s3:ListBucket", "airflow:PublishMetrics")),
          () => setPolicy(bothActions),
        ],
        [
          "its role's leave to publish metrics",
          /sufficient permissions: airflow:PublishMetrics/,
          () => setPolicy(policy("s3:GetObject*", "airflow:GetEnvironment")),
          () => setPolicy(bothActions),
        ],
        [
          "a default route",
          /has no default route/,
          () => removeRoute(),
          () => addRoute({ NatGatewayId: network.nat }),
        ],
        [
          "private subnets",
          /is public: it routes to the internet gateway igw-/,
          () =>
            ec2.send(
              new ReplaceRouteCommand({
                RouteTableId: network.table,
                DestinationCidrBlock: everywhere,
                GatewayId: network.gateway,
              }),
            ),
          async () => {
            await removeRoute();
            await addRoute({ NatGatewayId: network.nat });
          },
        ],
        [
          "a security group that allows itself",
          /none allows traffic from itself/,
          () =>
            ec2.send(
              new RevokeSecurityGroupIngressCommand({
                GroupId: network.group,
                IpPermissions: network.itself,
              }),
            ),
          () =>
            ec2.send(
              new AuthorizeSecurityGroupIngressCommand({
                GroupId: network.group,
                IpPermissions: network.itself,
              }),
            ),
        ],
      ];
      for (const [what, message, take, giveBack] of without)
        it(`without ${what}`, async () => {
          await take();
          try {
            await assert.rejects(create(), { name: "ValidationException", message });
          } finally {
            await giveBack();
          }
        });

      const subnetIds = (ids: string[]) => ({
        NetworkConfiguration: { SubnetIds: ids, SecurityGroupIds: [network.group] },
      });
      const changed: [string, RegExp, () => Partial<CreateEnvironmentInput>][] = [
        [
          "a bucket that is not there",
          /Bucket nowhere does not exist/,
          () => ({ SourceBucketArn: "arn:aws:s3:::nowhere" }),
        ],
        [
          "a requirements file that is not there",
          /no object other\.txt in/,
          () => ({ RequirementsS3Path: "other.txt" }),
        ],
        [
          "a version of it that is not there",
          /no object requirements\.txt in version 0000/,
          () => ({ RequirementsS3ObjectVersion: "00000000-0000-0000-0000-000000000000" }),
        ],
        [
          "a role that is not there",
          /Execution role \S+ does not exist/,
          () => ({ ExecutionRoleArn: "arn:aws:iam::123456789012:role/nobody" }),
        ],
        ["one subnet", /Exactly two subnets/, () => subnetIds(network.subnets.slice(0, 1))],
        [
          "two subnets in one zone",
          /two availability zones/,
          () => subnetIds([network.subnets[0] ?? "", network.third]),
        ],
        [
          "a subnet that is not there",
          /do not exist/,
          () => subnetIds([network.subnets[0] ?? "", "subnet-00000000"]),
        ],
      ];
      for (const [what, message, change] of changed)
        it(`with ${what}`, async () => {
          await assert.rejects(create(change()), { name: "ValidationException", message });
        });

      it("and MiniStack itself refuses none of it", async () => {
        const ministack = new MWAAClient(bare(instance, "ministack"));
        await ministack.send(
          new CreateEnvironmentCommand({ ...wanted, ...subnetIds([]), Name: "unguarded" }),
        );
        await ministack.send(new DeleteEnvironmentCommand({ Name: "unguarded" }));
      });
    });

    it("fails an update whose requirements.txt says so, and is as it was", async () => {
      const Name = "failing";
      const { RequirementsS3ObjectVersion: before } = wanted;
      const status = async () =>
        (await mwaa.send(new GetEnvironmentCommand({ Name }))).Environment?.Status;
      await create({ Name });
      while ((await status()) === "CREATING") await sleep(50);
      const update = async (Body: string) => {
        const Key = "requirements.txt";
        const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
        const requirements = { RequirementsS3Path: Key, RequirementsS3ObjectVersion: VersionId };
        await mwaa.send(new UpdateEnvironmentCommand({ Name, ...requirements }));
        const { Environment } = await mwaa.send(new GetEnvironmentCommand({ Name }));
        assert.ok(Environment);
        return { VersionId, Environment };
      };
      const failed = (await update("# DSE_LOCAL_UPDATE=fail\nsnowflake")).Environment;
      assert.equal(failed.Status, "UPDATE_FAILED");
      assert.equal(failed.LastUpdate?.Status, "FAILED");
      assert.equal(failed.LastUpdate.Error?.ErrorCode, "INCORRECT_CONFIGURATION");
      assert.equal(failed.RequirementsS3ObjectVersion, before);
      const { VersionId, Environment: mended } = await update("snowflake");
      assert.equal(mended.Status, "AVAILABLE");
      assert.equal(mended.LastUpdate?.Error, undefined);
      assert.equal(mended.RequirementsS3ObjectVersion, VersionId);
      await mwaa.send(new DeleteEnvironmentCommand({ Name }));
    });

    it("answers with the log group of each log", async () => {
      const Name = "logging";
      const TaskLogs = { Enabled: true, LogLevel: "INFO" } as const;
      await create({ Name, LoggingConfiguration: { TaskLogs } });
      const { Environment } = await mwaa.send(new GetEnvironmentCommand({ Name }));
      assert.deepEqual(Environment?.LoggingConfiguration, {
        TaskLogs: {
          ...TaskLogs,
          CloudWatchLogGroupArn: `arn:aws:logs:us-west-2:${instance.account}:log-group:airflow-logging-Task:*`,
        },
      });
      await mwaa.send(new DeleteEnvironmentCommand({ Name }));
    });

    it("answers Airflow's command line for its version and its DAGs, to a token", async () => {
      const Name = "airflow-cli";
      await create({ Name });
      const Body = "@dag(schedule=None, start_date=datetime(2026, 1, 1))\ndef one():\n  pass";
      const other = 'with DAG("two", schedule=None):\n  pass';
      await s3.send(new PutObjectCommand({ Bucket, Key: "dags/one.py", Body }));
      await s3.send(new PutObjectCommand({ Bucket, Key: "dags/team/two.py", Body: other }));
      const { CliToken } = await mwaa.send(new CreateCliTokenCommand({ Name }));
      const run = async (body: string, token = CliToken) => {
        const answer = await fetch(`${instance.url}/aws_mwaa/cli`, {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "text/plain" },
          body,
        });
        const said = (await answer.json()) as { stdout?: string; stderr?: string };
        const decoded = (text = "") => Buffer.from(text, "base64").toString();
        return [answer.status, decoded(said.stdout), decoded(said.stderr)];
      };
      assert.deepEqual(await run("version"), [200, "3.0.6\n", ""]);
      const folder = "/usr/local/airflow/dags";
      assert.deepEqual(await run("dags list -o plain"), [
        200,
        `dag_id fileloc\none ${folder}/one.py\ntwo ${folder}/team/two.py\n`,
        "",
      ]);
      const [status, , stderr] = await run("dags trigger one");
      assert.equal(status, 400);
      assert.match(String(stderr), /no Airflow runs here/);
      assert.equal((await run("version", "another"))[0], 403);
      await assert.rejects(mwaa.send(new CreateCliTokenCommand({ Name: "none" })), {
        name: "ResourceNotFoundException",
      });
      await mwaa.send(new DeleteEnvironmentCommand({ Name }));
    });

    it("is answered with every field, update and tag that was sent; MiniStack itself forgets them", async () => {
      const Name = "airflow";
      const { Arn = "" } = await create();
      const get = async (client = mwaa) =>
        (await client.send(new GetEnvironmentCommand({ Name }))).Environment;
      const sent = { ...wanted, NetworkConfiguration: { ...wanted.NetworkConfiguration } };
      const got = await get();
      for (const [key, value] of Object.entries(sent))
        assert.deepEqual(got?.[key as keyof typeof got], value, key);

      await mwaa.send(
        new UpdateEnvironmentCommand({
          Name,
          AirflowVersion: "3.2.1",
          NetworkConfiguration: { SecurityGroupIds: [network.group] },
        }),
      );
      assert.equal((await get())?.AirflowVersion, "3.2.1");
      assert.deepEqual((await get())?.NetworkConfiguration?.SubnetIds, network.subnets);
      await assert.rejects(
        mwaa.send(new UpdateEnvironmentCommand({ Name, RequirementsS3Path: "other.txt" })),
        { name: "ValidationException" },
      );

      await mwaa.send(new TagResourceCommand({ ResourceArn: Arn, Tags: { Project: "infra" } }));
      await mwaa.send(new UntagResourceCommand({ ResourceArn: Arn, tagKeys: ["Owner"] }));
      const { Tags } = await mwaa.send(new ListTagsForResourceCommand({ ResourceArn: Arn }));
      assert.deepEqual(Tags, { Project: "infra" });
      assert.deepEqual((await get())?.Tags, { Project: "infra" });
      // What a gateway would read that is started again.
      assert.match(readFileSync(join(instance.folder, "mwaa.json"), "utf8"), /"Project":"infra"/);

      const ministack = new MWAAClient(bare(instance, "ministack"));
      const bareAnswer = (await get(ministack)) ?? {};
      assert.equal(bareAnswer.RequirementsS3Path, undefined);
      assert.equal(bareAnswer.KmsKey, undefined);
      assert.equal(bareAnswer.AirflowVersion, "3.0.6");
      assert.deepEqual(Object.keys(bareAnswer.NetworkConfiguration ?? {}), ["SecurityGroupIds"]);
      await assert.rejects(ministack.send(new ListTagsForResourceCommand({ ResourceArn: Arn })));

      await mwaa.send(new DeleteEnvironmentCommand({ Name }));
      await assert.rejects(get(), { name: "ResourceNotFoundException" });
      assert.equal(readFileSync(join(instance.folder, "mwaa.json"), "utf8"), "{}");
    });
  });
});

/** A compute environment with a queue of the same name. */
async function makeQueue(instance: Instance, name: string): Promise<string> {
  const batch = new BatchClient(sdk(instance));
  const iam = new IAMClient(sdk(instance));
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }),
  );
  const network = await makeNetwork(instance);
  const { computeEnvironmentArn = "" } = await batch.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName: name,
      type: "MANAGED",
      state: "ENABLED",
      serviceRole: Role?.Arn,
      computeResources: {
        type: "FARGATE",
        maxvCpus: 1,
        subnets: network.subnets,
        securityGroupIds: [network.group],
      },
    }),
  );
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: computeEnvironmentArn }];
  await batch.send(
    new CreateJobQueueCommand({
      jobQueueName: name,
      state: "ENABLED",
      priority: 1,
      computeEnvironmentOrder,
    }),
  );
  return computeEnvironmentArn;
}

/** Two private subnets with a default route, a third in the zone of the first, and a group that allows itself. */
async function makeNetwork(instance: Instance) {
  const ec2 = new EC2Client(sdk(instance));
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const table = RouteTable?.RouteTableId ?? "";
  const made: string[] = [];
  for (const [i, zone] of ["a", "b", "a"].entries()) {
    const subnet = { VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone: `us-west-2${zone}` };
    const SubnetId = (await ec2.send(new CreateSubnetCommand(subnet))).Subnet?.SubnetId ?? "";
    await ec2.send(new AssociateRouteTableCommand({ SubnetId, RouteTableId: table }));
    made.push(SubnetId);
  }
  const nat = "nat-00000000000000000";
  const route = { RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: nat };
  await ec2.send(new CreateRouteCommand(route));
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const group =
    (
      await ec2.send(
        new CreateSecurityGroupCommand({ VpcId, GroupName: "itself", Description: "itself" }),
      )
    ).GroupId ?? "";
  const itself = [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: group }] }];
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: itself }),
  );
  const [first = "", second = "", third = ""] = made;
  return {
    table,
    subnets: [first, second],
    third,
    nat,
    gateway: InternetGateway?.InternetGatewayId ?? "",
    group,
    itself,
  };
}
