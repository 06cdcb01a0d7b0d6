import assert from "node:assert/strict";
import { Bot } from "../../components/bot.ts";
import { createProjectBucket } from "../../components/buckets.ts";
import { Registry } from "../../components/ecr.ts";
import { jobImage } from "../../components/job-image.ts";
import type { DifferenceId } from "../../components/lib/differences.ts";
import type { ProjectGrant } from "../../components/lib/places.ts";
import { People, type PeopleArgs } from "../../components/people.ts";
import { testContext } from "../support/context.ts";
import { type Recording, runProgram } from "../support/mocks.ts";

const people = (args: Partial<PeopleArgs> = {}, keepReference: DifferenceId[] = []) =>
  runProgram(() => {
    new People("people", {
      context: testContext(keepReference),
      userNames: ["ann", "bob"],
      createUsers: true,
      ...args,
    });
  });

interface Document {
  Statement: { Sid?: string; Effect: string; NotAction?: string[]; Condition?: unknown }[];
}

describe("people", () => {
  it("are users in a group with both policies", async () => {
    const recording = await people();
    assert.deepEqual(
      recording.findAll("aws:iam/user:User").map(({ inputs }) => inputs),
      [
        { name: "ann", forceDestroy: true },
        { name: "bob", forceDestroy: true },
      ],
    );
    assert.deepEqual(recording.find("aws:iam/groupMembership:GroupMembership").inputs, {
      name: "analysts-dev-membership",
      group: "analysts-dev",
      users: ["ann", "bob"],
    });
    const attachments = recording.findAll("aws:iam/groupPolicyAttachment:GroupPolicyAttachment");
    assert.deepEqual(
      attachments.map(({ inputs }) => inputs["policyArn"]),
      ["s3-list-all-my-buckets", "self-manage-credentials-policy"].map(
        (name) => `arn:aws:iam::123456789012:policy/dse-infra-dev-${name}`,
      ),
    );
  });

  it("list all buckets, which AWS allows on no narrower resource", async () => {
    const actionOn = async (keepReference: DifferenceId[]) => {
      const recording = await people({}, keepReference);
      const { inputs } = recording.find("aws:iam/policy:Policy", "people-list-buckets");
      return (
        inputs["policy"] as { Statement: { Action: unknown; Resource: unknown }[] }
      ).Statement.filter(({ Action }) => JSON.stringify(Action).includes("ListAllMyBuckets")).map(
        ({ Resource }) => Resource,
      );
    };
    assert.deepEqual(await actionOn([]), ["*"]);
    assert.deepEqual(await actionOn(["list-buckets-resource"]), ["arn:aws:s3:::*"]);
  });

  it("are referred to where another stack makes them", async () => {
    const recording = await people({ createUsers: false });
    assert.deepEqual(recording.findAll("aws:iam/user:User"), []);
    const { inputs } = recording.find("aws:iam/groupMembership:GroupMembership");
    assert.deepEqual(inputs["users"], ["ann", "bob"]);
  });

  it("may be nobody", async () => {
    const recording = await people({ userNames: [] });
    assert.deepEqual(recording.findAll("aws:iam/groupMembership:GroupMembership"), []);
    assert.ok(recording.find("aws:iam/group:Group"));
  });

  it("without MFA can only set up MFA", async () => {
    const denied = async (keepReference: DifferenceId[]) => {
      const policy = (await people({}, keepReference)).find(
        "aws:iam/policy:Policy",
        "people-self-manage",
      );
      return (policy.inputs["policy"] as Document).Statement.filter(
        ({ Effect }) => Effect === "Deny",
      );
    };
    const [deny] = await denied([]);
    assert.deepEqual(deny?.Condition, {
      BoolIfExists: { "aws:MultiFactorAuthPresent": "false" },
    });
    const allowed = deny.NotAction ?? [];
    assert.ok(allowed.includes("iam:EnableMFADevice"));
    for (const action of [
      "iam:DeactivateMFADevice",
      "iam:CreateAccessKey",
      "iam:CreateLoginProfile",
    ])
      assert.ok(!allowed.includes(action), action);
    assert.deepEqual(await denied(["people-mfa"]), []);
  });

  it("cannot be deleted with their keys where the reference is kept", async () => {
    const [user] = (await people({}, ["people-force-destroy"])).findAll("aws:iam/user:User");
    assert.equal(user?.inputs["forceDestroy"], false);
  });
});

describe("projects of the people", () => {
  const ids = Array.from({ length: 12 }, (_, i) => `project-${String(i + 1).padStart(2, "0")}`);
  const record = (count: number, grant: ProjectGrant = "each") =>
    runProgram(() => {
      const context = testContext([], {}, ids.slice(0, count));
      const team = new People("people", { context, userNames: [], createUsers: true });
      const common = { context, noncurrentVersionDays: 90, owner: "aae" };
      const buckets = context.names.projects.map((project) =>
        createProjectBucket(project.id, { ...common, project }, {}),
      );
      team.grantProjects(buckets, grant);
    });
  const type = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment";
  /** What grants the projects: the attachments but the group's other two. */
  const grants = (recording: Recording) =>
    recording
      .findAll(type)
      .filter(({ name }) => !/^people-(list-buckets|self-manage)$/.test(name))
      .map(({ name, inputs }) => [name, String(inputs["policyArn"]).split("/").at(-1)]);
  const own = (id: string) => [`${id}-people`, `aae-${id}-dev-s3-policy`];
  const shared = ["people-projects", "dse-infra-dev-projects-s3-policy"];
  const sharedBuckets = (recording: Recording) => {
    const { inputs } = recording.find("aws:iam/policy:Policy", "people-projects");
    const [onBuckets] = (inputs["policy"] as { Statement: [{ Resource: unknown }] }).Statement;
    return onBuckets.Resource;
  };
  const arn = (id: string) => `arn:aws:s3:::aae-${id}-dev-us-west-2`;

  it("have a policy each, up to eight", async () => {
    assert.deepEqual(grants(await record(5)), ids.slice(0, 5).map(own));
    assert.deepEqual(grants(await record(8)), ids.slice(0, 8).map(own));
  });

  it("share the eighth place, where they are more", async () => {
    for (const count of [9, 12]) {
      const recording = await record(count);
      assert.deepEqual(grants(recording), [...ids.slice(0, 7).map(own), shared]);
      assert.deepEqual(sharedBuckets(recording), ids.slice(7, count).map(arn));
      // Another description would replace the policy.
      assert.equal(
        recording.find("aws:iam/policy:Policy", "people-projects").inputs["description"],
        "Policy allowing read/write for the buckets of several projects",
      );
    }
  });

  it("are granted together by a wildcard", async () => {
    for (const count of [1, 12]) {
      const recording = await record(count, "wildcard");
      assert.deepEqual(grants(recording), [shared]);
      assert.equal(sharedBuckets(recording), "arn:aws:s3:::aae-*-dev-us-west-2");
    }
    assert.deepEqual(grants(await record(0, "wildcard")), []);
  });

  it("are granted as far as there are places, and no further", async () => {
    const first = await record(12, "first");
    assert.deepEqual(grants(first), grants(await record(8)));
  });

  it("swap what stands in the eighth place, once the seven before have theirs", async () => {
    const [eight, nine] = [await record(8), await record(9)];
    const eighth = eight.find(type, "project-08-people");
    const together = nine.find(type, "people-projects");
    // The group is full: what leaves the place goes first, and each takes the place of the other.
    for (const [recording, inPlace, other] of [
      [eight, eighth, together],
      [nine, together, eighth],
    ] as const) {
      assert.equal(inPlace.options.deleteBeforeReplace, true);
      assert.deepEqual(inPlace.options.aliases, [{ name: other.name, parent: other.parent }]);
      for (const id of ids.slice(0, 7)) {
        const before = recording.find(type, `${id}-people`);
        assert.ok(recording.standsBefore(before, inPlace), id);
        assert.notEqual(before.options.deleteBeforeReplace, true);
        assert.deepEqual(before.options.aliases, []);
      }
    }
    // A project that moves up from the shared policy is there before it leaves it.
    const policy = nine.find("aws:iam/policy:Policy", "people-projects");
    assert.ok(nine.standsBefore(nine.find(type, "project-07-people"), policy));
  });
});

const bot = (keepReference: DifferenceId[] = []) =>
  runProgram(() => {
    const context = testContext(keepReference);
    const robot = new Bot("bot", { context });
    new Registry("registry", { context, untaggedImageDays: 14 }).grantPush("bot", robot.grantee);
  });

describe("bot", () => {
  it("has its policies by a group", async () => {
    const recording = await bot();
    assert.deepEqual(recording.find("aws:iam/groupMembership:GroupMembership").inputs["users"], [
      "dse-infra-dev-cd-bot",
    ]);
    const attachment = recording.find("aws:iam/groupPolicyAttachment:GroupPolicyAttachment");
    assert.equal(attachment.inputs["group"], "dse-infra-dev-cd-bot");
    assert.deepEqual(recording.findAll("aws:iam/userPolicyAttachment:UserPolicyAttachment"), []);
  });

  it("has them itself where the reference is kept", async () => {
    const recording = await bot(["bot-group"]);
    assert.deepEqual(recording.findAll("aws:iam/group:Group"), []);
    const attachment = recording.find("aws:iam/userPolicyAttachment:UserPolicyAttachment");
    assert.equal(attachment.inputs["user"], "dse-infra-dev-cd-bot");
  });

  it("gets no access key: it would stand in the state", async () => {
    assert.deepEqual((await bot()).findAll("aws:iam/accessKey:AccessKey"), []);
  });
});

describe("registry", () => {
  it("scans what is pushed, and grants to push to itself alone", async () => {
    const recording = await bot();
    const { inputs } = recording.find("aws:ecr/repository:Repository");
    assert.deepEqual(inputs["imageScanningConfiguration"], { scanOnPush: true });
    const policy = recording.find("aws:iam/policy:Policy", "registry-push");
    const [push, token] = (
      policy.inputs["policy"] as { Statement: { Action: unknown; Resource: string }[] }
    ).Statement;
    assert.equal(
      push?.Resource,
      "arn:aws:ecr:us-west-2:123456789012:repository/dse-infra-dev-us-west-2-default",
    );
    assert.deepEqual([token?.Action, token?.Resource], ["ecr:GetAuthorizationToken", "*"]);
  });
});

describe("registry settings", () => {
  const registry = (keepReference: DifferenceId[] = [], kmsKeyArn?: string) =>
    runProgram(() => {
      const context = { ...testContext(keepReference), dataOnDestroy: "empty" as const };
      new Registry("registry", { context, untaggedImageDays: 3, kmsKeyArn });
    });
  const type = "aws:ecr/repository:Repository";

  it("let only latest move, and untagged images expire", async () => {
    const recording = await registry();
    const { inputs } = recording.find(type);
    assert.equal(inputs["imageTagMutability"], "IMMUTABLE_WITH_EXCLUSION");
    assert.deepEqual(inputs["imageTagMutabilityExclusionFilters"], [
      { filter: "latest", filterType: "WILDCARD" },
    ]);
    const lifecycle = recording.find("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"];
    const { rules } = JSON.parse(String(lifecycle)) as { rules: [{ selection: unknown }] };
    assert.deepEqual(rules[0].selection, {
      tagStatus: "untagged",
      countType: "sinceImagePushed",
      countUnit: "days",
      countNumber: 3,
    });
  });

  it("are the reference's where that is kept", async () => {
    const recording = await registry(["ecr-tag-immutability", "ecr-lifecycle"]);
    assert.equal(recording.find(type).inputs["imageTagMutability"], "MUTABLE");
    assert.deepEqual(recording.findAll("aws:ecr/lifecyclePolicy:LifecyclePolicy"), []);
  });

  it("encrypt with a key of the team's, and delete images with it where data is disposable", async () => {
    const kmsKey = "arn:aws:kms:us-west-2:123456789012:key/k";
    const { inputs } = (await registry([], kmsKey)).find(type);
    assert.deepEqual(inputs["encryptionConfigurations"], [{ encryptionType: "KMS", kmsKey }]);
    assert.equal(inputs["forceDelete"], true);
  });
});

describe("job image", () => {
  const record = async (context: string | undefined) => {
    let image: unknown;
    const recording = await runProgram(async () => {
      const registry = new Registry("registry", { context: testContext(), untaggedImageDays: 14 });
      const address = await jobImage("job-image", { registry, tag: "v1", context }, {});
      image =
        typeof address === "string"
          ? address
          : await new Promise((resolve) =>
              (address as { apply(f: (v: unknown) => void): void }).apply(resolve),
            );
    });
    return { image, recording };
  };

  it("is the tag in the registry where none is built", async () => {
    const { image, recording } = await record(undefined);
    assert.equal(
      image,
      "123456789012.dkr.ecr.us-west-2.amazonaws.com/dse-infra-dev-us-west-2-default:v1",
    );
    assert.deepEqual(recording.findAll("awsx:ecr:Image"), []);
  });

  it("is built from its context and known by digest", async () => {
    const { image, recording } = await record("images");
    const { inputs } = recording.find("awsx:ecr:Image");
    assert.equal(inputs["context"], "images");
    assert.equal(inputs["platform"], "linux/amd64");
    assert.match(String(image), /dse-infra-dev-us-west-2-default@sha256:[0-9a-f]{64}$/);
  });
});
