// Stacks that comply with every rule; a test changes one thing of them.
import { ec2, ecr, iam, s3 } from "../../policy/lib/types.ts";
import { type Fixture, fixture } from "./support.ts";

export const ACCOUNT_ID = "123456789012";
export const REGION = "us-west-2";

const tlsOnly = (name: string) => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** A document of these statements. */
export const document = (...Statement: unknown[]) => ({ Version: "2012-10-17", Statement });

/** A document of these statements, which allow where they do not say what they do; undefined leaves one part out. */
const allowing = (statements: readonly object[]) =>
  document(
    ...statements.map((statement) =>
      Object.fromEntries(
        Object.entries<unknown>({ Effect: "Allow", ...statement }).filter(
          ([, part]) => part !== undefined,
        ),
      ),
    ),
  );

export const tags = { Owner: "dse", Project: "infra", Environment: "dev" };

/** A policy called `policy` of these statements, which allow where they do not say what they do. */
export const policyStack = (...statements: object[]): Fixture[] => [
  fixture(iam.Policy, "policy", { policy: allowing(statements) }),
];

/** A role called `role` that trusts by these statements. */
export const roleStack = (...statements: object[]): Fixture[] => [
  fixture(iam.Role, "role", { assumeRolePolicy: allowing(statements) }),
];

/**
 * A VPC called `main` with a public and a private subnet in each of two zones, each private one going out by a NAT
 * gateway of its zone, and with everything that belongs to it.
 */
export function networkStack(): Fixture[] {
  const main = fixture(ec2.Vpc, "main", { cidrBlock: "10.0.0.0/16", tags });
  const ofMain = { refs: { vpcId: main } };
  const internet = fixture(ec2.InternetGateway, "main", { tags }, ofMain);
  const open = fixture(ec2.RouteTable, "public", { tags }, ofMain);
  return [
    main,
    internet,
    open,
    fixture(
      ec2.Route,
      "public",
      { destinationCidrBlock: "0.0.0.0/0" },
      { refs: { routeTableId: open, gatewayId: internet } },
    ),
    ...["a", "b"].flatMap((zone, i) => zoneOf(zone, i, main, open)),
    fixture(ec2.DefaultSecurityGroup, "main", { ingress: [], egress: [], tags }, ofMain),
    fixture(
      ec2.DefaultNetworkAcl,
      "main",
      {
        ingress: [
          entry(90, "deny", "tcp", 22),
          entry(91, "deny", "tcp", 3389),
          entry(100, "allow", "-1", 0),
        ],
        tags,
      },
      { refs: { defaultNetworkAclId: main } },
    ),
    fixture(ec2.FlowLog, "main", { trafficType: "ALL", tags }, ofMain),
  ];
}

/** A rule of a network ACL, for one port and everyone. */
export const entry = (ruleNo: number, action: string, protocol: string, port: number) => ({
  ruleNo,
  action,
  protocol,
  fromPort: port,
  toPort: port,
  cidrBlock: "0.0.0.0/0",
});

function zoneOf(zone: string, i: number, main: Fixture, open: Fixture): Fixture[] {
  const subnet = (tier: string, third: number) =>
    fixture(
      ec2.Subnet,
      `${tier}-${zone}`,
      { cidrBlock: `10.0.${third}.0/24`, availabilityZone: REGION + zone, tags },
      { refs: { vpcId: main } },
    );
  const [outer, inner] = [subnet("public", i), subnet("private", i + 2)];
  const table = fixture(ec2.RouteTable, `private-${zone}`, { tags }, { refs: { vpcId: main } });
  const nat = fixture(ec2.NatGateway, zone, { tags }, { refs: { subnetId: outer } });
  const associate = (to: Fixture, of: Fixture) =>
    fixture(ec2.RouteTableAssociation, to.name, {}, { refs: { subnetId: to, routeTableId: of } });
  return [
    outer,
    inner,
    table,
    nat,
    fixture(
      ec2.Route,
      `private-${zone}`,
      { destinationCidrBlock: "0.0.0.0/0" },
      { refs: { routeTableId: table, natGatewayId: nat } },
    ),
    associate(outer, open),
    associate(inner, table),
  ];
}

/** A bucket called `data`, its companions, and the bucket `logs` that it logs to. */
export function bucketStack(): Fixture[] {
  const logs = bucket("logs");
  const data = bucket("data");
  return [
    logs,
    data,
    ...companions(logs, "AES256"),
    ...companions(data, "aws:kms"),
    fixture(
      s3.BucketLogging,
      "data",
      { targetPrefix: "data/" },
      { refs: { bucket: data, targetBucket: logs } },
    ),
  ];
}

/** A repository called `images`, and its lifecycle policy. */
export function repositoryStack(): Fixture[] {
  const images = fixture(
    ecr.Repository,
    "images",
    {
      name: "images",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key }],
      tags,
    },
    { opts: { protect: true } },
  );
  const selection = { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days" };
  const rule = { rulePriority: 1, action: { type: "expire" } };
  return [
    images,
    fixture(
      ecr.LifecyclePolicy,
      "images",
      { policy: { rules: [{ ...rule, selection: { ...selection, countNumber: 14 } }] } },
      { refs: { repository: images } },
    ),
  ];
}

export const key = `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

const bucket = (name: string) =>
  fixture(s3.Bucket, name, { bucket: name, tags }, { opts: { protect: true } });

function companions(of: Fixture, sseAlgorithm: "AES256" | "aws:kms"): Fixture[] {
  const { name } = of;
  const refs = { refs: { bucket: of } };
  const rule = { status: "Enabled", filter: { prefix: "" } };
  return [
    fixture(s3.BucketVersioning, name, { versioningConfiguration: { status: "Enabled" } }, refs),
    fixture(
      s3.BucketPublicAccessBlock,
      name,
      {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      refs,
    ),
    fixture(
      s3.BucketOwnershipControls,
      name,
      { rule: { objectOwnership: "BucketOwnerEnforced" } },
      refs,
    ),
    fixture(
      s3.BucketServerSideEncryptionConfiguration,
      name,
      {
        rules: [
          {
            applyServerSideEncryptionByDefault: {
              sseAlgorithm,
              ...(sseAlgorithm === "aws:kms" && { kmsMasterKeyId: key }),
            },
          },
        ],
      },
      refs,
    ),
    fixture(s3.BucketPolicy, name, { policy: document(tlsOnly(name)) }, refs),
    fixture(
      s3.BucketLifecycleConfiguration,
      name,
      {
        rules: [
          { ...rule, id: "uploads", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
          { ...rule, id: "versions", noncurrentVersionExpiration: { noncurrentDays: 90 } },
        ],
      },
      refs,
    ),
  ];
}
