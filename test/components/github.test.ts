import assert from "node:assert/strict";
import { Registry } from "../../components/ecr.ts";
import { GithubRoles, type GithubRolesArgs } from "../../components/github.ts";
import { testContext } from "../support/context.ts";
import { assertGolden } from "../support/golden.ts";
import { type Recording, runProgram, type RunOptions } from "../support/mocks.ts";

const { github: names, anyProject } = testContext().names;
const deployed = {
  projectBuckets: anyProject.buckets,
  projectPolicies: anyProject.policies,
  people: ["ann", "bob"],
  tags: { Owner: "dse", Project: "infra", Environment: "dev" },
};
const permissionsBoundary = "arn:aws:iam::123456789012:policy/boundary";
const full: Partial<GithubRolesArgs> = {
  context: { ...testContext(), permissionsBoundary },
  deployed: { ...deployed, keyArn: "arn:aws:kms:us-west-2:123456789012:key/theirs" },
  state: { bucket: "state", keyArn: "arn:aws:kms:us-west-2:123456789012:key/1" },
};

const record = (args: Partial<GithubRolesArgs> = {}, options: RunOptions = {}) =>
  runProgram(() => {
    const context = args.context ?? testContext();
    const roles = new GithubRoles("github", {
      context,
      names,
      repository: { name: "cagov/data" },
      environment: "dev",
      branch: "main",
      createProvider: false,
      deployed,
      ...args,
    });
    new Registry("registry", { context, untaggedImageDays: 14 }).grantPush("github", roles.jobs);
  }, options);

interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

const list = (value: string | string[]) => (typeof value === "string" ? [value] : value);
const policies = (recording: Recording) =>
  ["read", "read-people", "network", "identity", "people", "services"].map((what) => ({
    name: what,
    document: recording.find("aws:iam/policy:Policy", `github-${what}`).inputs["policy"] as {
      Statement: Statement[];
    },
  }));
/** The statements of one policy, or of all. */
const statements = (recording: Recording, what?: string) =>
  policies(recording)
    .filter(({ name }) => what === undefined || name === what)
    .flatMap(({ document }) => document.Statement);
const allowing = (among: Statement[], action: string) =>
  among.filter(({ Effect, Action }) => Effect === "Allow" && list(Action).includes(action));

/** The one statement of the trust policy of `github-<role>`. */
const trust = (recording: Recording, role: string) =>
  (
    recording.find("aws:iam/role:Role", `github-${role}`).inputs["assumeRolePolicy"] as {
      Statement: [Statement & { Principal: unknown }];
    }
  ).Statement[0];

let plain: Recording;
let complete: Recording;
before(async () => {
  plain = await record();
  complete = await record(full);
});

describe("GitHub's roles", () => {
  it("may do what the golden files say, so that every change of their rights is seen in its review", () => {
    assertGolden(plain, "github");
    assertGolden(complete, "github-complete");
  });

  const issuer = "token.actions.githubusercontent.com";

  it("are taken by jobs of the repository: pull requests and the branch preview, the environment deploys", () => {
    const subjects = (role: string) =>
      trust(plain, role).Condition?.["StringEquals"]?.[`${issuer}:sub`];
    assert.deepEqual(subjects("preview"), [
      "repo:cagov/data:pull_request",
      "repo:cagov/data:ref:refs/heads/main",
    ]);
    assert.deepEqual(subjects("deploy"), ["repo:cagov/data:environment:dev"]);
    assert.deepEqual(subjects("jobs"), ["repo:cagov/data:environment:dev"]);
  });

  it("know the repository with its ids as well, exactly, and for AWS's audience", async () => {
    const ids = { owner: "123", repository: "456" };
    const recording = await record({ repository: { name: "cagov/data", ids } });
    assert.deepEqual(trust(recording, "deploy").Condition, {
      StringEquals: {
        [`${issuer}:aud`]: "sts.amazonaws.com",
        [`${issuer}:sub`]: [
          "repo:cagov/data:environment:dev",
          "repo:cagov@123/data@456:environment:dev",
        ],
      },
    });
  });

  it("trust the account's one provider, made here or not", async () => {
    const providers = (recording: Recording) =>
      recording.findAll("aws:iam/openIdConnectProvider:OpenIdConnectProvider");
    const made = await record({ createProvider: true });
    assert.deepEqual(providers(plain), []);
    const [provider, ...more] = providers(made);
    assert.ok(provider);
    assert.deepEqual(more, []);
    assert.deepEqual(provider.inputs, {
      url: `https://${issuer}`,
      clientIdLists: ["sts.amazonaws.com"],
    });
    for (const role of made.findAll("aws:iam/role:Role"))
      assert.ok(made.standsBefore(provider, role));
    for (const recording of [plain, made])
      for (const role of ["preview", "deploy", "jobs"]) {
        const { Effect, Principal, Action } = trust(recording, role);
        const Federated = `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
        assert.deepEqual([Effect, Principal], ["Allow", { Federated }]);
        assert.equal(Action, "sts:AssumeRoleWithWebIdentity");
      }
  });

  it("have whole statements alone, whatever of the settings is left out", async () => {
    const lean = await record({
      deployed: { ...deployed, people: [] },
      state: { bucket: "state" },
    });
    for (const { Sid, Effect, Action, Resource } of statements(lean)) {
      assert.ok(["Allow", "Deny"].includes(Effect), Sid);
      assert.ok(Action.length > 0 && Resource.length > 0, Sid);
    }
  });

  it("last for an hour, and two where Airflow may have to be replaced", () => {
    const lasts = plain
      .findAll("aws:iam/role:Role")
      .map(({ name, inputs }) => [name, inputs["maxSessionDuration"]]);
    assert.deepEqual(Object.fromEntries(lasts), {
      "github-preview": 3600,
      "github-deploy": 7200,
      "github-jobs": 3600,
    });
  });

  it("say what they are for", () => {
    const descriptions = plain
      .findAll("aws:iam/role:Role")
      .map(({ name, inputs }) => [name, inputs["description"]]);
    assert.deepEqual(Object.fromEntries(descriptions), {
      "github-preview": "GitHub Actions: previews deployments, changes nothing",
      "github-deploy": "GitHub Actions: deploys",
      "github-jobs": "GitHub Actions: pushes images, submits jobs",
    });
  });

  it("have the policies that they need, and jobs what it is granted", () => {
    const attached = plain
      .findAll("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .map(({ inputs }) => [inputs["role"], String(inputs["policyArn"]).split("/").at(-1)]);
    assert.deepEqual(
      attached.sort(),
      [
        ...[names.preview, names.deploy].flatMap((role) => [
          [role, `${names.preview}-read`],
          [role, `${names.preview}-read-people`],
        ]),
        ...["network", "identity", "people", "services"].map((what) => [
          names.deploy,
          `${names.deploy}-${what}`,
        ]),
        [names.jobs, "dse-infra-dev-us-west-2-default-ecr-push-policy"],
      ].sort(),
    );
  });
});

describe("GitHub's policies", () => {
  const allowed = (action: string, recording = complete) => allowing(statements(recording), action);
  const people = (count: number) =>
    Array.from({ length: count }, (_, i) => `analyst.number-${String(i)}`);

  it("are as long as AWS takes them, with all of their options and twenty people", async () => {
    const recording = await record({ ...full, deployed: { ...deployed, people: people(20) } });
    for (const { name, document } of policies(recording)) {
      const { length } = JSON.stringify(document);
      assert.ok(length <= 6144, `${name} has ${String(length)} characters`);
    }
  });

  it("that would be longer are refused before anything is made", async () => {
    await assert.rejects(record({ deployed: { ...deployed, people: people(200) } }), {
      message:
        /policy .*github-preview-read-people has \d+ characters, AWS takes 6144: .*fewer people/,
    });
  });

  it("allow actions by their names, and nothing by exclusion", () => {
    for (const statement of statements(complete)) {
      if (statement.Effect === "Deny") continue;
      for (const action of list(statement.Action)) assert.doesNotMatch(action, /[*?]/);
      assert.ok(!("NotAction" in statement || "NotResource" in statement));
    }
  });

  it("allow on any resource only what knows none", () => {
    const anywhere = statements(complete).filter(({ Resource }) => Resource === "*");
    assert.deepEqual(
      anywhere.map(({ Sid, Condition }) => [Sid, Condition && Object.keys(Condition)]),
      [
        ["Lists", undefined],
        ["Devices", undefined],
        ["Unnamed", undefined],
        [undefined, ["StringEquals"]],
      ],
    );
    assert.deepEqual(anywhere[3]?.Action, "kms:CreateKey");
    assert.deepEqual(anywhere[2]?.Action, ["sns:SetSubscriptionAttributes", "sns:Unsubscribe"]);
  });

  it("let a preview change nothing, and read no secret's value and no data", () => {
    const read = [...statements(complete, "read"), ...statements(complete, "read-people")];
    for (const { Action } of read)
      for (const action of list(Action))
        assert.match(action, /^\w+:(Describe|Get|List|View)\w+$|^kms:Decrypt$/);
    assert.deepEqual(allowing(read, "secretsmanager:GetSecretValue"), []);
    assert.deepEqual(
      allowing(read, "s3:GetObject").map(({ Resource }) => Resource),
      ["arn:aws:s3:::dse-infra-dev-us-west-2-mwaa/*", "arn:aws:s3:::state/*"],
    );
  });

  it("pass the platform's roles to services that they are for, and no other role", () => {
    const [statement, ...more] = allowed("iam:PassRole");
    assert.deepEqual(more, []);
    assert.deepEqual(
      list(statement?.Resource ?? []).map((arn) => arn.split("role/").at(-1)),
      ["flow-logs-role", "batch-service-role", "batch-exec-role", "batch-job-role"]
        .concat("mwaa-execution-role")
        .map((role) => `dse-infra-dev-us-west-2-${role}`),
    );
    const services = ["airflow", "batch", "ecs-tasks", "vpc-flow-logs"];
    assert.deepEqual(statement?.Condition, {
      StringEquals: { "iam:PassedToService": services.map((name) => `${name}.amazonaws.com`) },
    });
  });

  it("change IAM only where the platform's names are", () => {
    const arn = "arn:aws:iam::123456789012";
    const ours = [
      `${arn}:role/dse-infra-dev-`,
      `${arn}:role/aws-service-role/*`,
      `${arn}:policy/dse-infra-dev-*`,
      `${arn}:policy/aae-*-dev-s3-policy`,
      `${arn}:group/dse-infra-dev-*`,
      `${arn}:group/analysts-dev`,
      `${arn}:user/dse-infra-dev-*`,
      ...["ann", "bob"].flatMap((person) => [`${arn}:user/${person}`, `${arn}:mfa/${person}`]),
    ];
    const among = ["identity", "people"].flatMap((what) => statements(plain, what));
    for (const { Resource } of among.filter((s) => s.Effect === "Allow" && !s.Sid))
      for (const resource of list(Resource))
        assert.ok(
          ours.some((start) => resource.startsWith(start)),
          resource,
        );
  });

  it("attach no policy but the platform's and AWS's for its services", () => {
    for (const action of ["iam:AttachRolePolicy", "iam:AttachGroupPolicy"])
      for (const { Condition } of allowed(action))
        assert.deepEqual(Condition?.["ArnLike"]?.["iam:PolicyARN"], [
          "arn:aws:iam::123456789012:policy/dse-infra-dev-*",
          "arn:aws:iam::123456789012:policy/aae-*-dev-s3-policy",
          "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole",
          "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        ]);
  });

  it("make no credentials, and write no inline policy", () => {
    for (const action of [
      "iam:CreateAccessKey",
      "iam:CreateLoginProfile",
      "iam:UpdateLoginProfile",
      "iam:PutRolePolicy",
      "iam:PutGroupPolicy",
      "iam:PutUserPolicy",
      "iam:SetDefaultPolicyVersion",
      "iam:CreateOpenIDConnectProvider",
      "iam:DeleteRolePermissionsBoundary",
      "iam:DeleteUserPermissionsBoundary",
    ])
      assert.deepEqual(allowed(action), [], action);
  });

  it("let those who deploy change neither their own rights nor their boundary", () => {
    const [deny, ...more] = statements(complete).filter(({ Effect }) => Effect === "Deny");
    assert.deepEqual(more, []);
    assert.deepEqual(deny?.Resource, [
      `arn:aws:iam::123456789012:role/${names.all}`,
      `arn:aws:iam::123456789012:policy/${names.all}`,
      permissionsBoundary,
    ]);
    assert.equal(deny.Condition, undefined);
    const rights = ["AttachRolePolicy", "CreatePolicyVersion", "UpdateAssumeRolePolicy"];
    for (const action of [...rights, "DeletePolicyVersion", "DetachRolePolicy"])
      assert.ok(deny.Action.includes(`iam:${action}`), action);
  });

  it("make roles and users only with the boundary, where there is one", () => {
    for (const action of [
      "iam:CreateRole",
      "iam:CreateUser",
      "iam:AttachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutUserPermissionsBoundary",
    ]) {
      const [statement, ...more] = allowed(action);
      assert.deepEqual(more, [], action);
      assert.equal(
        statement?.Condition?.["StringEquals"]?.["iam:PermissionsBoundary"],
        permissionsBoundary,
        action,
      );
    }
    assert.deepEqual(allowed("iam:PutRolePermissionsBoundary", plain), []);
  });

  const tags = Object.fromEntries(
    Object.entries(deployed.tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  );

  it("change only what has the stack's tags, where AWS makes up the names", () => {
    for (const action of [
      "ec2:DeleteVpc",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:DeleteTags",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
    ])
      assert.deepEqual(
        allowed(action).map(({ Condition }) => Condition),
        [{ StringEquals: tags }],
        action,
      );
    for (const { Condition } of allowed("ec2:CreateTags")) assert.ok(Condition);
  });

  it("change the stack's network ACL, and no other", () => {
    for (const action of [
      "CreateNetworkAclEntry",
      "DeleteNetworkAclEntry",
      "ReplaceNetworkAclAssociation",
    ])
      assert.deepEqual(
        allowed(`ec2:${action}`).map(({ Condition }) => Condition),
        [{ StringEquals: tags }],
        action,
      );
  });

  it("use the stack's keys and the given one for what AWS encrypts, and for files in S3", () => {
    const keys = (action: string, recording: Recording) =>
      allowed(action, recording)
        .map(({ Resource, Condition }) => [Resource, Condition])
        .filter(([resource]) => resource !== full.state?.keyArn);
    const own = "arn:aws:kms:us-west-2:123456789012:key/*";
    const theirs = full.deployed?.keyArn;
    const Bool = { "kms:GrantIsForAWSResource": "true" };
    const grant = [own, { Bool, StringEquals: tags }];
    assert.deepEqual(keys("kms:CreateGrant", plain), [grant]);
    assert.deepEqual(keys("kms:CreateGrant", complete), [grant, [theirs, { Bool }]]);
    const s3 = { "kms:ViaService": "s3.us-west-2.amazonaws.com" };
    for (const action of ["kms:Decrypt", "kms:GenerateDataKey"])
      assert.deepEqual(keys(action, complete), [
        [own, { StringEquals: { ...tags, ...s3 } }],
        [theirs, { StringEquals: s3 }],
      ]);
    assert.deepEqual(keys("kms:DescribeKey", complete), [
      [own, { StringEquals: tags }],
      [theirs, undefined],
    ]);
  });

  it("stand under a path, and in any partition", async () => {
    const cloud = { partition: "aws-us-gov", iamPath: "/data/" };
    const recording = await record({ context: testContext([], cloud) });
    const roles = recording.findAll("aws:iam/role:Role").map(({ inputs }) => inputs);
    const text = JSON.stringify([...roles, ...policies(recording)]);
    assert.ok(!text.includes("arn:aws:"));
    assert.ok(text.includes("arn:aws-us-gov:iam::123456789012:role/data/dse-infra-dev-*"));
  });

  it("are known before anything is made", async () => {
    const recording = await record({ createProvider: true }, { preview: true });
    for (const { document } of policies(recording)) assert.equal(typeof document, "object");
    for (const role of recording.findAll("aws:iam/role:Role"))
      assert.equal(typeof role.inputs["assumeRolePolicy"], "object");
  });
});
