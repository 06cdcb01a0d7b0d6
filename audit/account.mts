// What stands in the account, as the scans need it.
import {
  DescribeNetworkAclsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  GetGroupPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  IAMClient,
  paginateListGroupPolicies,
  paginateListGroups,
  paginateListPolicies,
  paginateListRolePolicies,
  paginateListRoles,
  paginateListUserPolicies,
  paginateListUsers,
} from "@aws-sdk/client-iam";
import { GetBucketPolicyCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { paginateListSecrets, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Instance } from "../local/instance.mts";
import type { Policy } from "./scanners.mts";

const clientOptions = ({ url, region, account }: Instance) => ({
  endpoint: url,
  region,
  credentials: { accessKeyId: account, secretAccessKey: "test" },
});

const present = <T,>(values: (T | undefined)[]) => values.filter((value) => value !== undefined);

async function all<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

/** Ids and ARNs of what the emulator comes with: the default VPC, and the secret that it seeds. */
export async function standing(instance: Instance): Promise<Set<string>> {
  const ec2 = new EC2Client(clientOptions(instance));
  const secrets = new SecretsManagerClient(clientOptions(instance));
  const [vpcs, subnets, groups, acls, seeded] = await Promise.all([
    ec2.send(new DescribeVpcsCommand({})),
    ec2.send(new DescribeSubnetsCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
    ec2.send(new DescribeNetworkAclsCommand({})),
    all(paginateListSecrets({ client: secrets }, {}), (page) => page.SecretList),
  ]);
  return new Set(
    present([
      ...(vpcs.Vpcs ?? []).map((vpc) => vpc.VpcId),
      ...(subnets.Subnets ?? []).map((subnet) => subnet.SubnetId),
      ...(groups.SecurityGroups ?? []).map((group) => group.GroupId),
      ...(acls.NetworkAcls ?? []).map((acl) => acl.NetworkAclId),
      ...seeded.map((secret) => secret.ARN),
    ]),
  );
}

const parse = (document: string | undefined): unknown => JSON.parse(document ?? "null");
const decode = (document: string | undefined) => parse(decodeURIComponent(document ?? "null"));

/**
 * Every policy of the account that parliament understands: those that it manages itself, those inline in
 * users, groups and roles, and those of buckets. Not trust policies: parliament calls each of them
 * malformed, as they name no resource.
 */
export async function readPolicies(instance: Instance): Promise<Policy[]> {
  const client = new IAMClient(clientOptions(instance));
  const managed = await all(
    paginateListPolicies({ client }, { Scope: "Local" }),
    (page) => page.Policies,
  );
  const policies: Policy[] = [];
  for (const { Arn, DefaultVersionId } of managed) {
    const version = await client.send(
      new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId: DefaultVersionId }),
    );
    policies.push({ arn: Arn ?? "", document: decode(version.PolicyVersion?.Document) });
  }
  const add = (owner: string | undefined, PolicyName: string, document: string | undefined) =>
    policies.push({ arn: `${owner ?? ""}/${PolicyName}`, document: decode(document) });
  for (const { Arn, UserName } of await all(paginateListUsers({ client }, {}), (p) => p.Users))
    for (const PolicyName of await all(
      paginateListUserPolicies({ client }, { UserName }),
      (page) => page.PolicyNames,
    )) {
      const answer = await client.send(new GetUserPolicyCommand({ UserName, PolicyName }));
      add(Arn, PolicyName, answer.PolicyDocument);
    }
  for (const { Arn, GroupName } of await all(paginateListGroups({ client }, {}), (p) => p.Groups))
    for (const PolicyName of await all(
      paginateListGroupPolicies({ client }, { GroupName }),
      (page) => page.PolicyNames,
    )) {
      const answer = await client.send(new GetGroupPolicyCommand({ GroupName, PolicyName }));
      add(Arn, PolicyName, answer.PolicyDocument);
    }
  for (const { Arn, RoleName } of await all(paginateListRoles({ client }, {}), (p) => p.Roles))
    for (const PolicyName of await all(
      paginateListRolePolicies({ client }, { RoleName }),
      (page) => page.PolicyNames,
    )) {
      const answer = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      add(Arn, PolicyName, answer.PolicyDocument);
    }
  return [...policies, ...(await readBucketPolicies(instance))];
}

async function readBucketPolicies(instance: Instance): Promise<Policy[]> {
  const s3 = new S3Client({ ...clientOptions(instance), forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const policies = Buckets.map(async ({ Name: Bucket }) => {
    try {
      const { Policy: document } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      return { arn: `arn:aws:s3:::${Bucket ?? ""}`, document: parse(document) };
    } catch (error) {
      if ((error as Error).name === "NoSuchBucketPolicy") return undefined;
      throw error;
    }
  });
  return present(await Promise.all(policies));
}
