import assert from "node:assert/strict";
import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  DetachGroupPolicyCommand,
  GetUserCommand,
  IAMClient,
  PutUserPermissionsBoundaryCommand,
} from "@aws-sdk/client-iam";
import { start, type Instance } from "../../local/instance.mts";
import { bare, cleanUp, sdk, temporaryFolder } from "./support.mts";

const document = (...Resource: string[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource }],
  });

describe("the mend of moto's IAM", () => {
  after(cleanUp);

  it("keeps the boundary that a user is made with, or gets later, until it is taken away", async () => {
    const boundary = async (of: Instance) => {
      const iam = new IAMClient(sdk(of));
      const UserName = "bounded";
      const PermissionsBoundary = "arn:aws:iam::aws:policy/PowerUserAccess";
      const read = async () =>
        (await iam.send(new GetUserCommand({ UserName }))).User?.PermissionsBoundary
          ?.PermissionsBoundaryArn;
      await iam.send(new CreateUserCommand({ UserName, PermissionsBoundary }));
      const made = await read();
      await iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName }));
      const without = await read();
      await iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }));
      return [made, without, await read()].map((arn) => arn === PermissionsBoundary);
    };
    assert.deepEqual(await boundary(await start({ folder: temporaryFolder() })), [
      true,
      false,
      true,
    ]);
    const withoutMends = ["keep_boundaries_of_users"];
    await assert.rejects(boundary(await start({ folder: temporaryFolder(), withoutMends })));
  });
});

describe("the gateway's IAM is as strict as AWS:", () => {
  let instance: Instance;
  let iam: IAMClient;
  let policies: string[];

  before(async () => {
    instance = await start({ folder: temporaryFolder() });
    iam = new IAMClient(sdk(instance));
    const made = Array.from({ length: 12 }, async (_, i) => {
      const PolicyDocument = document("arn:aws:s3:::bucket/*");
      const command = new CreatePolicyCommand({ PolicyName: `policy-${i}`, PolicyDocument });
      return (await iam.send(command)).Policy?.Arn ?? "";
    });
    policies = await Promise.all(made);
    await iam.send(new CreateGroupCommand({ GroupName: "group" }));
    await iam.send(new CreateUserCommand({ UserName: "user" }));
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: "batch.amazonaws.com" },
        },
      ],
    });
    await iam.send(new CreateRoleCommand({ RoleName: "role", AssumeRolePolicyDocument }));
  });
  after(cleanUp);

  const attach = {
    Group: (PolicyArn: string, by = iam) =>
      by.send(new AttachGroupPolicyCommand({ GroupName: "group", PolicyArn })),
    Role: (PolicyArn: string, by = iam) =>
      by.send(new AttachRolePolicyCommand({ RoleName: "role", PolicyArn })),
    User: (PolicyArn: string, by = iam) =>
      by.send(new AttachUserPolicyCommand({ UserName: "user", PolicyArn })),
  };

  for (const kind of ["Group", "Role", "User"] as const)
    it(`a ${kind.toLowerCase()} takes ten policies, of twelve at once too`, async () => {
      const results = await Promise.allSettled(policies.map((arn) => attach[kind](arn)));
      const refusals = results.filter((result) => result.status === "rejected");
      assert.equal(refusals.length, 2);
      for (const { reason } of refusals) {
        const error = reason as Error & { $metadata: { httpStatusCode: number } };
        assert.equal(error.name, "LimitExceededException");
        assert.equal(error.message, `Cannot exceed quota for PoliciesPer${kind}: 10`);
        assert.equal(error.$metadata.httpStatusCode, 409);
      }
      // The emulator itself takes another.
      const refused = policies[results.findIndex(({ status }) => status === "rejected")] ?? "";
      await attach[kind](refused, new IAMClient(bare(instance, "moto")));
    });

  it("one that is attached may be attached again, and a place that is freed be taken", async () => {
    const [one = "", two = ""] = policies;
    await iam.send(new CreateGroupCommand({ GroupName: "other" }));
    const ten = policies.slice(0, 10);
    const onto = (PolicyArn: string) =>
      iam.send(new AttachGroupPolicyCommand({ GroupName: "other", PolicyArn }));
    await Promise.all(ten.map(onto));
    await onto(two);
    await iam.send(new DetachGroupPolicyCommand({ GroupName: "other", PolicyArn: one }));
    await onto(policies[10] ?? "");
    await assert.rejects(onto(one), { name: "LimitExceededException" });
  });

  it("whom there is not is no matter of the quota", async () => {
    const [PolicyArn] = policies;
    await assert.rejects(
      iam.send(new AttachGroupPolicyCommand({ GroupName: "nobody", PolicyArn })),
      { name: "NoSuchEntityException" },
    );
  });

  it("a policy has 6,144 characters, white space left out", async () => {
    const ofLength = (length: number) => {
      const key = "x".repeat(length - document("arn:aws:s3:::bucket/").length);
      return document(`arn:aws:s3:::bucket/${key}`);
    };
    const create = (PolicyName: string, PolicyDocument: string) =>
      iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    const spaced = JSON.stringify(JSON.parse(ofLength(6144)), undefined, 4);
    const { Policy } = await create("longest", spaced);
    const longer = ofLength(6145);
    const refusal = {
      name: "LimitExceededException",
      message: "Cannot exceed quota for PolicySize: 6144",
    };
    await assert.rejects(create("longer", longer), refusal);
    const version = { PolicyArn: Policy?.Arn, PolicyDocument: longer, SetAsDefault: true };
    await assert.rejects(iam.send(new CreatePolicyVersionCommand(version)), refusal);
  });

  it("the refusal is XML, as all answers of IAM", async () => {
    const query = new URLSearchParams({
      Action: "CreatePolicy",
      PolicyName: "longer",
      PolicyDocument: "x".repeat(6145),
    });
    const response = await fetch(instance.url, {
      method: "POST",
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
      },
      body: query,
    });
    assert.equal(response.status, 409);
    assert.equal(response.headers.get("content-type"), "text/xml");
    assert.match(
      await response.text(),
      /^<ErrorResponse xmlns="https:\/\/iam\.amazonaws\.com\/doc\/2010-05-08\/"><Error><Type>Sender<\/Type><Code>LimitExceeded<\/Code>/,
    );
  });
});
