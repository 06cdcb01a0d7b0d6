import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ACCOUNT_ID, runProgram, UNKNOWN } from "./mocks.ts";

class Outer extends pulumi.ComponentResource {
  readonly inner: Inner;
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("dse:test:Outer", name, {}, opts);
    this.inner = new Inner(`${name}-inner`, { parent: this });
    this.registerOutputs({ vpcId: this.inner.vpc.id });
  }
}

class Inner extends pulumi.ComponentResource {
  readonly vpc: aws.ec2.Vpc;
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("dse:test:Inner", name, {}, opts);
    this.vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: "10.0.0.0/16" },
      { parent: this, protect: true, ignoreChanges: ["tags"], deleteBeforeReplace: false },
    );
    this.registerOutputs();
  }
}

describe("mocks", () => {
  it("records URNs as the engine makes them: the stack, and every component above", async () => {
    const recording = await runProgram(() => new Outer("net"), { stack: "dev" });
    assert.deepEqual(recording.urns(), [
      "urn:pulumi:dev::dse::dse:test:Outer$dse:test:Inner$aws:ec2/vpc:Vpc::net-inner-vpc",
      "urn:pulumi:dev::dse::dse:test:Outer$dse:test:Inner::net-inner",
      "urn:pulumi:dev::dse::dse:test:Outer::net",
      "urn:pulumi:dev::dse::pulumi:pulumi:Stack::dse-dev",
    ]);
    const outer = recording.find("dse:test:Outer");
    assert.equal(outer.parent, "urn:pulumi:dev::dse::pulumi:pulumi:Stack::dse-dev");
    assert.equal(outer.custom, false);
    assert.equal(outer.outputs["vpcId"], "vpc-net-inner-vpc");
    const inner = recording.find("dse:test:Inner");
    assert.deepEqual(recording.children(outer), [inner]);
    assert.equal(recording.byUrn(inner.urn), inner);
  });

  it("records the options of a resource", async () => {
    const recording = await runProgram(() => new Outer("net"));
    const { options } = recording.find("aws:ec2/vpc:Vpc");
    assert.deepEqual(
      [options.protect, options.ignoreChanges, options.deleteBeforeReplace, options.retainOnDelete],
      [true, ["tags"], false, undefined],
    );
    assert.equal(recording.find("dse:test:Outer").options.protect, undefined);
  });

  it("records aliases, import ids and timeouts", async () => {
    const recording = await runProgram(() => {
      new aws.ec2.Vpc(
        "vpc",
        {},
        { aliases: [{ name: "old" }], import: "vpc-0abc", customTimeouts: { create: "5m" } },
      );
    });
    const { options, id } = recording.find("aws:ec2/vpc:Vpc");
    assert.deepEqual(options.aliases, [{ name: "old" }]);
    assert.equal(options.import, "vpc-0abc");
    assert.deepEqual(options.timeouts, { create: "5m" });
    assert.equal(id, "vpc-0abc");
  });

  it("answers as AWS does, so that wiring is seen in the inputs", async () => {
    const recording = await runProgram(() => {
      const vpc = new aws.ec2.Vpc("net", { cidrBlock: "10.0.0.0/16" });
      new aws.ec2.Subnet("a", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
      const role = new aws.iam.Role("job", { name: "jobs", path: "/dse/", assumeRolePolicy: "{}" });
      const repository = new aws.ecr.Repository("images", { name: "dse-images" });
      const bucket = new aws.s3.Bucket("data", { bucket: "dse-data" });
      const object = new aws.s3.BucketObjectv2("reqs", {
        bucket: bucket.bucket,
        key: "r.txt",
        content: "",
      });
      return {
        role: role.arn,
        url: repository.repositoryUrl,
        bucket: bucket.arn,
        version: object.versionId,
      };
    });
    assert.equal(recording.find("aws:ec2/subnet:Subnet").inputs["vpcId"], "vpc-net");
    assert.deepEqual(recording.outputs, {
      role: `arn:aws:iam::${ACCOUNT_ID}:role/dse/jobs`,
      url: `${ACCOUNT_ID}.dkr.ecr.us-west-2.amazonaws.com/dse-images`,
      bucket: "arn:aws:s3:::dse-data",
      version: "version-reqs",
    });
  });

  it("makes a random id of the length asked for, the same in every run, another for another name", async () => {
    const run = () =>
      runProgram(() => ({
        one: new random.RandomId("one", { byteLength: 4 }).hex,
        two: new random.RandomId("two", { byteLength: 4 }).hex,
        prefixed: new random.RandomId("one-more", { byteLength: 2, prefix: "x-" }).hex,
      }));
    const { outputs } = await run();
    assert.match(String(outputs["one"]), /^[0-9a-f]{8}$/);
    assert.match(String(outputs["prefixed"]), /^x-[0-9a-f]{4}$/);
    assert.notEqual(outputs["one"], outputs["two"]);
    assert.deepEqual((await run()).outputs, outputs);
  });

  it("takes the region of ARNs and of data sources from the explicit provider", async () => {
    const recording = await runProgram(async () => {
      const provider = new aws.Provider("aws", { region: "eu-west-1" });
      const zones = await aws.getAvailabilityZones({}, { provider });
      const repository = new aws.ecr.Repository("images", {}, { provider });
      return { zones: zones.names, arn: repository.arn };
    });
    assert.deepEqual(recording.outputs, {
      zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
      arn: `arn:aws:ecr:eu-west-1:${ACCOUNT_ID}:repository/images`,
    });
    const provider = recording.find("pulumi:providers:aws");
    assert.equal(recording.find("aws:ecr/repository:Repository").provider, provider.urn);
    assert.equal(recording.calls[0]?.provider, provider.urn);
  });

  it("answers for the partition of the region", async () => {
    const { outputs } = await runProgram(async () => {
      const opts = { provider: new aws.Provider("aws", { region: "cn-north-1" }) };
      const { partition, dnsSuffix } = await aws.getPartition({}, opts);
      const bucket = new aws.s3.Bucket("data", { bucket: "dse-data" }, opts);
      const role = new aws.iam.Role("jobs", { assumeRolePolicy: "{}" }, opts);
      const images = new aws.ecr.Repository("images", {}, opts);
      const url = images.repositoryUrl;
      return { partition, dnsSuffix, bucket: bucket.arn, role: role.arn, url };
    });
    assert.deepEqual(outputs, {
      partition: "aws-cn",
      dnsSuffix: "amazonaws.com.cn",
      bucket: "arn:aws-cn:s3:::dse-data",
      role: `arn:aws-cn:iam::${ACCOUNT_ID}:role/jobs`,
      url: `${ACCOUNT_ID}.dkr.ecr.cn-north-1.amazonaws.com.cn/images`,
    });
  });

  it("waits for what is made in an apply of an apply, and for its inputs", async () => {
    const late = async <T>(make: () => T): Promise<T> => {
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      return make();
    };
    const slow = (value: string) => new Promise<string>((done) => setTimeout(done, 5, value));
    const recording = await runProgram(() => {
      new aws.ec2.Vpc("net", {}).id.apply((id) =>
        late(() => {
          const subnet = new aws.ec2.Subnet("a", { vpcId: slow(id) });
          subnet.arn.apply((arn) =>
            late(() => new aws.ec2.InternetGateway("late", { tags: { arn: slow(arn) } })),
          );
        }),
      );
    });
    assert.equal(recording.findAll("aws:ec2/internetGateway:InternetGateway").length, 1);
  });

  it("knows what stands before what: by dependsOn, by inputs, by way of a component", async () => {
    const recording = await runProgram(() => {
      const policy = new aws.iam.RolePolicy("policy", { role: "r", policy: "{}" });
      const bucket = new aws.s3.Bucket("data", {});
      const outer = new Outer("net", { dependsOn: [policy] });
      new aws.ec2.Subnet("a", { vpcId: outer.inner.vpc.id });
      new aws.s3.BucketVersioning(
        "versions",
        { bucket: "x", versioningConfiguration: { status: "Enabled" } },
        { dependsOn: [bucket] },
      );
    });
    const policy = recording.find("aws:iam/rolePolicy:RolePolicy");
    const bucket = recording.find("aws:s3/bucket:Bucket");
    const vpc = recording.find("aws:ec2/vpc:Vpc");
    const subnet = recording.find("aws:ec2/subnet:Subnet");
    const versioning = recording.find("aws:s3/bucketVersioning:BucketVersioning");
    assert.deepEqual(versioning.dependencies, [bucket.urn]);
    assert.ok(recording.standsBefore(bucket, versioning));
    assert.ok(recording.standsBefore(vpc, subnet));
    assert.ok(recording.standsBefore(policy, subnet));
    assert.ok(!recording.standsBefore(subnet, vpc));
    assert.ok(!recording.standsBefore(bucket, subnet));
    assert.ok(!recording.standsBefore(subnet, subnet));
  });

  it("unwraps secrets and says which values they are", async () => {
    const recording = await runProgram(() => {
      const vpc = new aws.ec2.Vpc("net", {
        tags: { plain: "a", password: pulumi.secret("hunter2") },
      });
      const key = new aws.iam.AccessKey("bot", { user: "bot" });
      return { tags: vpc.tags, secret: key.secret, list: [pulumi.secret("x"), "y"], open: "z" };
    });
    const vpc = recording.find("aws:ec2/vpc:Vpc");
    assert.deepEqual(vpc.inputs["tags"], { plain: "a", password: "hunter2" });
    assert.deepEqual(vpc.secretInputs, ["tags.password"]);
    assert.deepEqual(recording.find("aws:iam/accessKey:AccessKey").secretOutputs, [
      "secret",
      "sesSmtpPasswordV4",
    ]);
    assert.equal(recording.outputs["secret"], "secret-of-AKIA-bot");
    assert.deepEqual(recording.secretOutputs, ["list[0]", "secret", "tags"]);
  });

  it("leaves in a preview unknown what AWS makes up, and only that", async () => {
    const program = () => {
      const vpc = new aws.ec2.Vpc("net", { cidrBlock: "10.0.0.0/16" });
      new aws.ec2.Subnet("a", {
        vpcId: vpc.id,
        cidrBlock: vpc.cidrBlock,
        tags: { note: pulumi.interpolate`in ${vpc.arn}`, dry: String(pulumi.runtime.isDryRun()) },
      });
      return { id: vpc.id, cidr: vpc.cidrBlock };
    };
    const { inputs } = (await runProgram(program, { preview: true })).find("aws:ec2/subnet:Subnet");
    assert.deepEqual(inputs, {
      vpcId: UNKNOWN,
      cidrBlock: "10.0.0.0/16",
      tags: { note: UNKNOWN, dry: "true" },
    });
    const { outputs } = await runProgram(program, { preview: true });
    assert.deepEqual(outputs, { id: UNKNOWN, cidr: "10.0.0.0/16" });
    assert.equal((await runProgram(program)).outputs["id"], "vpc-net");
  });

  it("records assets by their path in the project, and text as it is", async () => {
    const recording = await runProgram(() => {
      new aws.s3.BucketObjectv2("file", {
        bucket: "b",
        source: new pulumi.asset.FileAsset(`${process.cwd()}/package.json`),
      });
      new aws.s3.BucketObjectv2("text", {
        bucket: "b",
        source: new pulumi.asset.StringAsset("hi"),
      });
    });
    const [file, text] = recording.findAll("aws:s3/bucketObjectv2:BucketObjectv2");
    assert.deepEqual(file?.inputs["source"], { asset: "package.json" });
    assert.deepEqual(text?.inputs["source"], { asset: "hi" });
  });

  describe("settings", () => {
    const read = () => {
      const config = new pulumi.Config();
      return {
        people: config.getObject("people"),
        vpcCidr: config.get("vpcCidr"),
        createPeople: config.getBoolean("createPeople"),
        region: new pulumi.Config("aws").get("region"),
      };
    };

    it("are those of the stack's file", async () => {
      const { outputs } = await runProgram(read, { stack: "qa" });
      assert.equal(outputs["vpcCidr"], "10.1.0.0/16");
      assert.equal(outputs["createPeople"], false);
      assert.ok(Array.isArray(outputs["people"]));
    });

    it("are over the file's, and removed by undefined", async () => {
      const { outputs } = await runProgram(read, {
        stack: "qa",
        config: { people: ["ada"], vpcCidr: undefined, "aws:region": "eu-west-1" },
      });
      assert.deepEqual(outputs["people"], ["ada"]);
      assert.equal(outputs["vpcCidr"], undefined);
      assert.equal(outputs["region"], "eu-west-1");
    });

    it("are empty for a stack without a file, and do not outlive their run", async () => {
      await runProgram(read, { config: { vpcCidr: "10.9.0.0/16" } });
      assert.deepEqual((await runProgram(read)).outputs, {});
    });

    it("may be secret", async () => {
      const { secretOutputs } = await runProgram(
        () => ({ token: new pulumi.Config().requireSecret("token") }),
        { config: { token: "t" }, secretConfig: ["token"] },
      );
      assert.deepEqual(secretOutputs, ["token"]);
    });
  });

  describe("calls", () => {
    it("answer the account, the partition, the region and the zones", async () => {
      const { outputs, calls } = await runProgram(async () => ({
        account: (await aws.getCallerIdentity()).accountId,
        partition: (await aws.getPartition()).partition,
        region: aws.getRegionOutput().region,
        zones: aws.getAvailabilityZonesOutput({ state: "available" }).names,
      }));
      assert.deepEqual(outputs, {
        account: ACCOUNT_ID,
        partition: "aws",
        region: "us-west-2",
        zones: ["us-west-2a", "us-west-2b", "us-west-2c"],
      });
      assert.equal(calls.length, 4);
      assert.deepEqual(calls[3]?.inputs, { state: "available" });
    });

    it("find a secret by name or ARN, unless the account lacks it", async () => {
      const arnOf = (name: string, missingSecrets: string[] = []) =>
        runProgram(async () => ({ arn: (await aws.secretsmanager.getSecret({ name })).arn }), {
          missingSecrets,
        });
      const { outputs } = await arnOf("a/b");
      assert.match(
        String(outputs["arn"]),
        /^arn:aws:secretsmanager:us-west-2:\d{12}:secret:a\/b-\w{6}$/,
      );
      await assert.rejects(
        arnOf("a/b", ["a/b"]),
        /reading Secrets Manager Secret \(a\/b\): couldn't find resource/,
      );
    });

    it("take a test's own answers", async () => {
      const { outputs } = await runProgram(
        () => ({ json: aws.iam.getRoleOutput({ name: "r" }).arn }),
        { calls: { "aws:iam/getRole:getRole": ({ name }) => ({ arn: `arn of ${String(name)}` }) } },
      );
      assert.deepEqual(outputs, { json: "arn of r" });
    });

    it("fail the program where nobody mocked them, awaited or not", async () => {
      const message = /aws:iam\/getRole:getRole is not mocked/;
      await assert.rejects(
        runProgram(async () => aws.iam.getRole({ name: "r" })),
        message,
      );
      await assert.rejects(
        runProgram(() => {
          const { arn } = aws.iam.getRoleOutput({ name: "r" });
          new aws.ec2.Vpc("net", { tags: { arn } });
        }),
        message,
      );
    });
  });

  describe("failures", () => {
    it("are those of the program", async () => {
      await assert.rejects(
        runProgram(() => {
          throw new Error("no such project");
        }),
        ({ message, stack }: Error) =>
          message === "no such project" && /mocks\.test\.ts:\d+/.test(stack ?? ""),
      );
    });

    it("are those of an apply, and of a promise that nobody awaits", async () => {
      await assert.rejects(
        runProgram(() => {
          new aws.ec2.Vpc("net", {}).id.apply(() => {
            throw new Error("in an apply");
          });
        }),
        /in an apply/,
      );
      await assert.rejects(
        runProgram(() => {
          void Promise.reject(new Error("on its own"));
        }),
        /on its own/,
      );
    });

    it("are two resources of one URN", async () => {
      await assert.rejects(
        runProgram(() => {
          new aws.ec2.Vpc("net", {});
          new aws.ec2.Vpc("net", {});
        }),
        /Duplicate resource URN 'urn:pulumi:test::dse::aws:ec2\/vpc:Vpc::net'/,
      );
    });

    it("are resources that are read", async () => {
      await assert.rejects(
        runProgram(() => {
          aws.ec2.Vpc.get("net", "vpc-1");
        }),
        /aws:ec2\/vpc:Vpc net is read, not made/,
      );
    });

    it("leave nothing behind", async () => {
      const listeners = process.rawListeners("unhandledRejection");
      const { log } = console;
      const prepare: unknown = Reflect.get(Error, "prepareStackTrace");
      await assert.rejects(
        runProgram(() => {
          throw new Error("first");
        }),
      );
      assert.equal(Reflect.get(Error, "prepareStackTrace"), prepare);
      assert.deepEqual(process.rawListeners("unhandledRejection"), listeners);
      assert.equal(console.log, log);
      const recording = await runProgram(() => new Outer("net"));
      assert.equal(recording.resources.length, 4);
    });
  });

  it("runs one program at a time", async () => {
    const first = runProgram(() => new Outer("net"));
    await assert.rejects(
      runProgram(() => new Outer("net")),
      /await the program/,
    );
    await first;
  });

  it("keeps what the program tells the user", async () => {
    const { logs } = await runProgram(async () => {
      await pulumi.log.warn("Airflow 4 is not known");
      await pulumi.log.info("two\nlines");
    });
    assert.deepEqual(logs, ["warning: Airflow 4 is not known", "info: two\nlines"]);
  });

  it("hides the developer's AWS environment from the program", async () => {
    process.env["AWS_REGION"] = "eu-central-1";
    try {
      const region = async (environment?: Record<string, string>) => {
        const recording = await runProgram(
          () => new aws.Provider("aws", {}),
          environment ? { environment } : {},
        );
        return recording.find("pulumi:providers:aws").inputs["region"];
      };
      assert.equal(await region(), undefined);
      assert.equal(await region({ AWS_REGION: "eu-west-1", AWS_PROFILE: "x" }), "eu-west-1");
      assert.equal(process.env["AWS_PROFILE"], undefined);
      assert.equal(await region(), undefined);
      assert.equal(process.env["AWS_REGION"], "eu-central-1");
    } finally {
      delete process.env["AWS_REGION"];
    }
  });

  it("names what there is when a test looks for something else", async () => {
    const recording = await runProgram(() => {
      new aws.ec2.Vpc("one", {});
      new aws.ec2.Vpc("two", {});
    });
    assert.throws(
      () => recording.find("aws:ec2/vpc:Vpc", "three"),
      /^Error: no aws:ec2\/vpc:Vpc named three; the program has one, two$/,
    );
    assert.throws(() => recording.find("aws:ec2/vpc:Vpc"), /more than one aws:ec2\/vpc:Vpc/);
    assert.throws(
      () => recording.find("aws:ec2/eip:Eip"),
      /the program has the types aws:ec2\/vpc:Vpc, pulumi:pulumi:Stack/,
    );
    assert.throws(() => recording.byUrn("urn:x"), /no resource urn:x among/);
  });
});
