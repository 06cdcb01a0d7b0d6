import assert from "node:assert/strict";
import { Registry } from "../../components/ecr";
import { GithubRoles, type GithubRolesArgs } from "../../components/github";
import type { Arns } from "../../components/lib/arn";
import { testContext } from "../support/context";
import { runProgram } from "../support/mocks";

const names = {
  preview: "dse-infra-dev-us-west-2-github-preview",
  deploy: "dse-infra-dev-us-west-2-github-deploy",
  jobs: "dse-infra-dev-us-west-2-github-jobs",
  all: "dse-infra-dev-us-west-2-github-*",
};
const deployed = {
  projectBuckets: "aae-*-dev-us-west-2",
  projectPolicies: "aae-*-dev-s3-policy",
  people: ["ann", "bob"],
  tags: { Owner: "dse", Project: "infra", Environment: "dev" },
};
const ids = { owner: "123", repository: "456" };

const record = (args: Partial<GithubRolesArgs> = {}, cloud: Partial<Arns["cloud"]> = {}) =>
  runProgram(() => {
    const context = testContext([], cloud);
    new GithubRoles("github", {
      context,
      names,
      repository: { name: "cagov/data" },
      environment: "dev",
      branch: "main",
      createProvider: false,
      deployed,
      ...args,
    });
  });

interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}
type Recording = Awaited<ReturnType<typeof record>>;

const list = (value: string | string[]) => (typeof value === "string" ? [value] : value);
const statementsOf = (recording: Recording, policy: string) =>
  (
    recording.find("aws:iam/policy:Policy", `github-${policy}`).inputs["policy"] as {
      Statement: Statement[];
    }
  ).Statement;
const allStatements = (recording: Recording) =>
  ["read", "network", "identity", "people", "services"].flatMap((policy) =>
    statementsOf(recording, policy),
  );
const allowed = (statements: Statement[], action: string) =>
  statements.filter((s) => s.Effect === "Allow" && list(s.Action).includes(action));

const subjects = async (role: string, args: Partial<GithubRolesArgs> = {}) => {
  const { inputs } = (await record(args)).find("aws:iam/role:Role", `github-${role}`);
  const [statement] = (
    inputs["assumeRolePolicy"] as { Statement: [{ Condition: Record<string, unknown> }] }
  ).Statement;
  assert.deepEqual(Object.keys(statement.Condition), ["StringEquals"]);
  return statement.Condition["StringEquals"] as Record<string, unknown>;
};

describe("GitHub's roles", () => {
  it("are taken by jobs of the repository: pull requests and the branch preview, the environment deploys", async () => {
    const claims = async (role: string) =>
      (await subjects(role))["token.actions.githubusercontent.com:sub"];
    assert.deepEqual(await claims("preview"), [
      "repo:cagov/data:pull_request",
      "repo:cagov/data:ref:refs/heads/main",
    ]);
    assert.deepEqual(await claims("deploy"), ["repo:cagov/data:environment:dev"]);
    assert.deepEqual(await claims("jobs"), ["repo:cagov/data:environment:dev"]);
  });

  it("know the repository with its ids as well, exactly, and for AWS's audience", async () => {
    assert.deepEqual(await subjects("deploy", { repository: { name: "cagov/data", ids } }), {
      "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
      "token.actions.githubusercontent.com:sub": [
        "repo:cagov/data:environment:dev",
        "repo:cagov@123/data@456:environment:dev",
      ],
    });
  });

  it("trust the account's one provider, made here or not", async () => {
    const arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    for (const createProvider of [true, false]) {
      const recording = await record({ createProvider });
      const providers = recording.findAll("aws:iam/openIdConnectProvider:OpenIdConnectProvider");
      assert.deepEqual(
        providers.map(({ inputs }) => inputs),
        createProvider
          ? [
              {
                url: "https://token.actions.githubusercontent.com",
                clientIdLists: ["sts.amazonaws.com"],
              },
            ]
          : [],
      );
      for (const role of recording.findAll("aws:iam/role:Role")) {
        const policy = role.inputs["assumeRolePolicy"] as {
          Statement: [{ Principal: unknown; Action: string }];
        };
        assert.deepEqual(policy.Statement[0].Principal, { Federated: arn });
        assert.equal(policy.Statement[0].Action, "sts:AssumeRoleWithWebIdentity");
        for (const provider of providers) assert.ok(recording.standsBefore(provider, role));
      }
    }
  });

  it("last for an hour", async () => {
    for (const { inputs } of (await record()).findAll("aws:iam/role:Role"))
      assert.equal(inputs["maxSessionDuration"], 3600);
  });

  it("have the policies that they need, and jobs what it is granted", async () => {
    const recording = await runProgram(() => {
      const context = testContext();
      const roles = new GithubRoles("github", {
        context,
        names,
        repository: { name: "cagov/data" },
        environment: "dev",
        branch: "main",
        createProvider: false,
        deployed,
      });
      new Registry("registry", { context, untaggedImageDays: 14 }).grantPush("github", roles.jobs);
    });
    const attached = recording
      .findAll("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .map(({ inputs }) => [inputs["role"], String(inputs["policyArn"]).split("/").at(-1)])
      .sort();
    assert.deepEqual(
      attached,
      [
        [names.preview, `${names.preview}-read`],
        [names.deploy, `${names.preview}-read`],
        [names.deploy, `${names.deploy}-network`],
        [names.deploy, `${names.deploy}-identity`],
        [names.deploy, `${names.deploy}-people`],
        [names.deploy, `${names.deploy}-services`],
        [names.jobs, "dse-infra-dev-us-west-2-default-ecr-push-policy"],
      ].sort(),
    );
  });
});

describe("GitHub's policies", () => {
  const full: Partial<GithubRolesArgs> = {
    permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
    state: { bucket: "state", keyArn: "arn:aws:kms:us-west-2:123456789012:key/1" },
  };

  it("are as long as AWS takes them, with all of their options and twenty people", async () => {
    const people = Array.from({ length: 20 }, (_, i) => `analyst.number-${String(i)}`);
    const recording = await record({ ...full, deployed: { ...deployed, people } });
    for (const { name, inputs } of recording.findAll("aws:iam/policy:Policy")) {
      const { length } = JSON.stringify(inputs["policy"]);
      assert.ok(length <= 6144, `${name} has ${String(length)} characters`);
    }
  });

  it("that would be longer are refused before anything is made", async () => {
    const people = Array.from({ length: 200 }, (_, i) => `analyst-${String(i)}`);
    await assert.rejects(record({ deployed: { ...deployed, people } }), {
      message: /policy .*github-preview-read has \d+ characters, AWS takes 6144: .*fewer people/,
    });
  });

  it("allow actions by their names, and nothing by exclusion", async () => {
    for (const statement of allStatements(await record(full))) {
      if (statement.Effect === "Deny") continue;
      for (const action of list(statement.Action)) assert.doesNotMatch(action, /[*?]/);
      assert.ok(!("NotAction" in statement || "NotResource" in statement));
    }
  });

  it("allow on any resource only what knows none", async () => {
    const recording = await record(full);
    const anywhere = allStatements(recording).filter(({ Resource }) => Resource === "*");
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

  it("let a preview change nothing, and read no secret's value and no data", async () => {
    const statements = statementsOf(await record(full), "read");
    for (const { Action } of statements)
      for (const action of list(Action))
        assert.match(action, /^\w+:(Describe|Get|List|View)\w+$|^kms:Decrypt$/);
    assert.deepEqual(allowed(statements, "secretsmanager:GetSecretValue"), []);
    assert.deepEqual(
      allowed(statements, "s3:GetObject").map(({ Resource }) => Resource),
      ["arn:aws:s3:::dse-infra-dev-us-west-2-mwaa/*", "arn:aws:s3:::state/*"],
    );
  });

  it("pass the platform's roles to services that they are for, and no other role", async () => {
    const [statement, ...more] = allowed(allStatements(await record()), "iam:PassRole");
    assert.deepEqual(more, []);
    assert.deepEqual(
      list(statement?.Resource ?? []).map((arn) => arn.split("role/").at(-1)),
      ["flow-logs-role", "batch-service-role", "batch-exec-role", "batch-job-role"]
        .concat("mwaa-execution-role")
        .map((role) => `dse-infra-dev-us-west-2-${role}`),
    );
    assert.deepEqual(statement?.Condition, {
      StringEquals: {
        "iam:PassedToService": [
          "airflow.amazonaws.com",
          "batch.amazonaws.com",
          "ecs-tasks.amazonaws.com",
          "vpc-flow-logs.amazonaws.com",
        ],
      },
    });
  });

  it("change IAM only where the platform's names are", async () => {
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
    const recording = await record();
    const statements = ["identity", "people"].flatMap((policy) => statementsOf(recording, policy));
    for (const { Resource } of statements.filter((s) => s.Effect === "Allow" && !s.Sid))
      for (const resource of list(Resource))
        assert.ok(
          ours.some((start) => resource.startsWith(start)),
          resource,
        );
  });

  it("attach no policy but the platform's and AWS's for its services", async () => {
    for (const action of ["iam:AttachRolePolicy", "iam:AttachGroupPolicy"])
      for (const { Condition } of allowed(statementsOf(await record(), "identity"), action))
        assert.deepEqual(Condition?.["ArnLike"]?.["iam:PolicyARN"], [
          "arn:aws:iam::123456789012:policy/dse-infra-dev-*",
          "arn:aws:iam::123456789012:policy/aae-*-dev-s3-policy",
          "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole",
          "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        ]);
  });

  it("make no credentials, and write no inline policy", async () => {
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
      assert.deepEqual(allowed(allStatements(await record(full)), action), [], action);
  });

  it("let those who deploy change neither their own rights nor their boundary", async () => {
    const [deny, ...more] = statementsOf(await record(full), "identity").filter(
      ({ Effect }) => Effect === "Deny",
    );
    assert.deepEqual(more, []);
    assert.deepEqual(deny?.Resource, [
      `arn:aws:iam::123456789012:role/${names.all}`,
      `arn:aws:iam::123456789012:policy/${names.all}`,
      "arn:aws:iam::123456789012:policy/boundary",
    ]);
    assert.equal(deny.Condition, undefined);
    const rights = ["AttachRolePolicy", "CreatePolicyVersion", "UpdateAssumeRolePolicy"];
    for (const action of [...rights, "DeletePolicyVersion", "DetachRolePolicy"])
      assert.ok(deny.Action.includes(`iam:${action}`), action);
  });

  it("make roles and users only with the boundary, where there is one", async () => {
    const statements = allStatements(await record(full));
    for (const action of [
      "iam:CreateRole",
      "iam:CreateUser",
      "iam:AttachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutUserPermissionsBoundary",
    ]) {
      const [statement, ...more] = allowed(statements, action);
      assert.deepEqual(more, [], action);
      assert.equal(
        statement?.Condition?.["StringEquals"]?.["iam:PermissionsBoundary"],
        full.permissionsBoundary,
        action,
      );
    }
    const recording = await record(full);
    for (const { inputs } of recording.findAll("aws:iam/role:Role"))
      assert.equal(inputs["permissionsBoundary"], full.permissionsBoundary);
    assert.deepEqual(allowed(allStatements(await record()), "iam:PutRolePermissionsBoundary"), []);
  });

  it("change only what has the stack's tags, where AWS makes up the names", async () => {
    const tags = {
      "aws:ResourceTag/Owner": "dse",
      "aws:ResourceTag/Project": "infra",
      "aws:ResourceTag/Environment": "dev",
    };
    const statements = allStatements(await record());
    for (const action of [
      "ec2:DeleteVpc",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:DeleteTags",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
    ])
      assert.deepEqual(
        allowed(statements, action).map(({ Condition }) => Condition),
        [{ StringEquals: tags }],
        action,
      );
    for (const { Condition } of allowed(statements, "ec2:CreateTags")) assert.ok(Condition);
  });

  it("stand under a path, and in any partition", async () => {
    const recording = await record(
      { deployed: { ...deployed, path: "/data/" } },
      { partition: "aws-us-gov" },
    );
    const roles = recording.findAll("aws:iam/role:Role");
    const policies = recording.findAll("aws:iam/policy:Policy");
    const text = JSON.stringify([...roles, ...policies].map(({ inputs }) => inputs));
    assert.ok(!text.includes("arn:aws:"));
    assert.ok(text.includes("arn:aws-us-gov:iam::123456789012:role/data/dse-infra-dev-*"));
    for (const { inputs } of roles) assert.equal(inputs["path"], "/data/");
  });

  it("are known before anything is made", async () => {
    const recording = await runProgram(
      () => {
        const context = testContext();
        new GithubRoles("github", {
          context,
          names,
          repository: { name: "cagov/data" },
          environment: "dev",
          branch: "main",
          createProvider: true,
          deployed,
        });
      },
      { preview: true },
    );
    for (const policy of recording.findAll("aws:iam/policy:Policy"))
      assert.equal(typeof policy.inputs["policy"], "object");
    for (const role of recording.findAll("aws:iam/role:Role"))
      assert.equal(typeof role.inputs["assumeRolePolicy"], "object");
  });
});
