// People and projects come and go on a stack that stands: what the group is granted is read back through IAM's API.
import assert from "node:assert/strict";
import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListVirtualMFADevicesCommand,
  paginateListUsers,
} from "@aws-sdk/client-iam";
import {
  accountOf,
  deploy,
  freshInstance,
  pulumi,
  removeInstance,
  setConfig,
  succeeds,
} from "../support/cli.mts";

const ids = Array.from({ length: 12 }, (_, i) => `project-${String(i + 1)}`);
const own = (id: string) => `aae-${id}-dev-s3-policy`;
const shared = "dse-infra-dev-projects-s3-policy";
const bucket = (id: string) => `arn:aws:s3:::aae-${id}-dev-us-west-2`;

describe("people and projects of a stack that stands", function () {
  this.timeout(300_000);
  let folder: string;
  let iam: IAMClient;

  const set = (settings: Record<string, unknown>) => setConfig(folder, "dev", settings);
  const up = () => deploy(folder, "dev");

  before(async () => {
    const instance = await freshInstance("projects", "dev");
    folder = instance.folder;
    iam = new IAMClient(accountOf(instance));
  });

  after(async () => {
    await removeInstance(folder);
  });

  /** Attached policies of the group that grant projects, and the buckets that each lets objects be read from. */
  const grants = async () => {
    const group = new ListAttachedGroupPoliciesCommand({
      GroupName: "odi-advanced-analytics-dev",
    });
    const { AttachedPolicies = [] } = await iam.send(group);
    const entries = AttachedPolicies.map(async ({ PolicyName = "", PolicyArn }) => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const VersionId = Policy?.DefaultVersionId;
      const version = new GetPolicyVersionCommand({ PolicyArn, VersionId });
      const document = decodeURIComponent((await iam.send(version)).PolicyVersion?.Document ?? "");
      const { Statement } = JSON.parse(document) as {
        Statement: { Action?: string | string[]; Resource: string | string[] }[];
      };
      const buckets = Statement.filter(({ Action }) => Action?.includes("s3:GetObject"))
        .flatMap(({ Resource }) => Resource)
        .map((resource) => resource.replace(/\/\*$/, ""));
      return [PolicyName, buckets] as const;
    });
    const all = Object.fromEntries(await Promise.all(entries));
    const { [`dse-infra-dev-s3-list-all-my-buckets`]: list, ...others } = all;
    const { [`dse-infra-dev-self-manage-credentials-policy`]: self, ...projects } = others;
    assert.ok(list && self);
    return projects;
  };

  const each = (projects: string[]) =>
    Object.fromEntries(projects.map((id) => [own(id), [bucket(id)]]));
  const eighthShared = (projects: string[]) => ({
    ...each(projects.slice(0, 7)),
    [shared]: projects.slice(7).map(bucket),
  });

  for (const [count, expected] of [
    [8, each(ids.slice(0, 8))],
    [9, eighthShared(ids.slice(0, 9))],
    [12, eighthShared(ids)],
    [8, each(ids.slice(0, 8))],
  ] as const)
    it(`${String(count)} projects: each is granted, and the next preview sees no change`, async () => {
      await set({ projects: ids.slice(0, count) });
      await succeeds(up());
      assert.deepEqual(await grants(), expected);
      await succeeds(pulumi(folder, "preview", "--expect-no-changes", "-s", "dev"));
    });

  it("a wildcard and back, with all places taken before and after", async () => {
    await set({ projectGrant: "wildcard" });
    await succeeds(up());
    const wildcard = { [shared]: ["arn:aws:s3:::aae-*-dev-us-west-2"] };
    assert.deepEqual(await grants(), wildcard);
    await set({ projectGrant: "each" });
    await succeeds(up());
    assert.deepEqual(await grants(), each(ids.slice(0, 8)));
  });

  it("a project among the first leaves nine by way of the wildcard; without it nobody loses any", async () => {
    const rest = ids.slice(1, 10);
    await set({ projects: ids.slice(0, 10) });
    await succeeds(up());
    await set({ projects: rest });
    const { code, output } = await up();
    assert.notEqual(code, 0);
    assert.match(output, /Cannot exceed quota for PoliciesPerGroup: 10/);
    assert.deepEqual(await grants(), eighthShared(ids.slice(0, 10)));
    await set({ projectGrant: "wildcard" });
    await succeeds(up());
    await set({ projectGrant: "each" });
    await succeeds(up());
    assert.deepEqual(await grants(), eighthShared(rest));
  });

  it("who leaves is deleted with password, keys and MFA device", async () => {
    const UserName = "analyst-5";
    const users = async () => {
      const names: string[] = [];
      for await (const page of paginateListUsers({ client: iam }, {}))
        names.push(...(page.Users ?? []).map((user) => user.UserName ?? ""));
      return names.filter((name) => name.startsWith("analyst-")).sort();
    };
    const devices = async () =>
      (await iam.send(new ListVirtualMFADevicesCommand({}))).VirtualMFADevices ?? [];
    assert.ok((await users()).includes(UserName));
    await iam.send(new CreateAccessKeyCommand({ UserName }));
    await iam.send(new CreateLoginProfileCommand({ UserName, Password: "Not-a-real-1-password" }));
    const device = new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: UserName });
    const { VirtualMFADevice } = await iam.send(device);
    const enabled = {
      UserName,
      SerialNumber: VirtualMFADevice?.SerialNumber,
      AuthenticationCode1: "123456",
      AuthenticationCode2: "654321",
    };
    await iam.send(new EnableMFADeviceCommand(enabled));
    assert.equal((await devices()).length, 1);

    const stay = ["analyst-1", "analyst-2", "analyst-3", "analyst-4"];
    await set({ people: stay });
    await succeeds(up());
    assert.deepEqual(await users(), stay);
    assert.deepEqual(await devices(), []);
  });
});
