import { createHash } from "node:crypto";

/** The account that every mocked resource lives in: that of the local AWS. */
export const ACCOUNT_ID = "123456789012";
export const REGION = "us-west-2";

type Values = Record<string, unknown>;

/** What a provider knows when it is asked to create a resource. */
export interface Creation {
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  readonly inputs: Values;
  readonly region: string;
}

/** What it answers. The inputs are part of the state in any case. */
export interface Created {
  readonly id: string;
  readonly state: Values;
}

type Provider = (creation: Creation) => Created;

/** `subnet` of `aws:ec2/subnet:Subnet`. */
const kindOf = (type: string): string => {
  const last = type.split(":").at(-1) ?? type;
  return last.charAt(0).toLowerCase() + last.slice(1);
};

const text = (value: unknown, otherwise: string): string =>
  typeof value === "string" && value !== "" ? value : otherwise;

/** An id from which a test reads what was wired: the type and the logical name. */
const idOf = ({ type, name }: Creation): string => `${kindOf(type)}-${name}`;

const digest = (seed: string, bytes: number): Buffer =>
  createHash("sha512").update(seed).digest().subarray(0, bytes);

const partitionOf = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
const domainOf = (region: string): string =>
  partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";

const arn = (service: string, resource: string, region: string): string =>
  `arn:${partitionOf(region)}:${service}:${region}:${ACCOUNT_ID}:${resource}`;
/** IAM has no region, but the partition of one. */
const iamArn = (resource: string, region: string): string =>
  `arn:${partitionOf(region)}:iam::${ACCOUNT_ID}:${resource}`;
const s3Arn = (path: string, region: string): string => `arn:${partitionOf(region)}:s3:::${path}`;

/** A resource whose id AWS makes up, and whose ARN ends in `<kind>/<id>`. */
const numbered =
  (service: string, kind: string, more: (id: string, creation: Creation) => Values = () => ({})) =>
  (creation: Creation): Created => {
    const id = idOf(creation);
    const base = { arn: arn(service, `${kind}/${id}`, creation.region) };
    return { id, state: { ...base, ...more(id, creation) } };
  };

/** A resource whose id is its name. */
const named =
  (more: (name: string, creation: Creation) => Values, property = "name"): Provider =>
  (creation) => {
    const name = text(creation.inputs[property], creation.name);
    return { id: name, state: { [property]: name, ...more(name, creation) } };
  };

/** An IAM entity: its ARN carries its path. */
const identity = (kind: string): Provider =>
  named((name, creation) => {
    const path = text(creation.inputs["path"], "/");
    return {
      arn: iamArn(`${kind}${path}${name}`, creation.region),
      path,
      uniqueId: idOf(creation),
    };
  });

/** A setting of something that exists: its id is the one of the thing. */
const settingOf =
  (property: string): Provider =>
  (creation) => ({ id: text(creation.inputs[property], idOf(creation)), state: {} });

const bytes = ({ inputs, name }: Creation, length: number): Values => {
  const value = digest(name, length);
  const prefix = text(inputs["prefix"], "");
  return {
    hex: prefix + value.toString("hex"),
    b64Url: prefix + value.toString("base64url"),
    b64Std: prefix + value.toString("base64"),
    dec: prefix + BigInt(`0x${value.toString("hex")}`).toString(),
  };
};

const randomText: Provider = (creation) => {
  const length = Number(creation.inputs["length"] ?? 16);
  const result = digest(creation.name, 64).toString("hex").slice(0, length);
  return { id: result, state: { result } };
};

/**
 * The attributes that AWS makes up, per type: only what a program may wire on, in the form in which AWS gives it.
 * A type that is not listed gets its id and an ARN.
 */
const providers: Record<string, Provider> = {
  "aws:ec2/vpc:Vpc": numbered("ec2", "vpc", (id) => ({
    ownerId: ACCOUNT_ID,
    mainRouteTableId: `rtb-main-${id}`,
    defaultRouteTableId: `rtb-main-${id}`,
    defaultSecurityGroupId: `sg-default-${id}`,
    defaultNetworkAclId: `acl-default-${id}`,
  })),
  "aws:ec2/subnet:Subnet": numbered("ec2", "subnet", () => ({ ownerId: ACCOUNT_ID })),
  "aws:ec2/internetGateway:InternetGateway": numbered("ec2", "internet-gateway", () => ({
    ownerId: ACCOUNT_ID,
  })),
  "aws:ec2/eip:Eip": numbered("ec2", "elastic-ip", (id) => ({
    allocationId: id,
    publicIp: `203.0.113.${String(1 + ((digest(id, 1)[0] ?? 0) % 254))}`,
  })),
  "aws:ec2/natGateway:NatGateway": numbered("ec2", "natgateway", (id, { inputs }) => {
    const publicIp = `203.0.113.${String(1 + ((digest(id, 1)[0] ?? 0) % 254))}`;
    return inputs["availabilityMode"] === "regional"
      ? { regionalNatGatewayAddresses: [{ publicIp }] }
      : { publicIp };
  }),
  "aws:ec2/routeTable:RouteTable": numbered("ec2", "route-table", () => ({ ownerId: ACCOUNT_ID })),
  "aws:ec2/securityGroup:SecurityGroup": numbered("ec2", "security-group", (id, { inputs }) => ({
    name: text(inputs["name"], id),
    ownerId: ACCOUNT_ID,
  })),
  "aws:ec2/vpcEndpoint:VpcEndpoint": numbered("ec2", "vpc-endpoint", (id) => ({
    prefixListId: `pl-${id}`,
  })),

  "aws:iam/role:Role": identity("role"),
  "aws:iam/user:User": identity("user"),
  "aws:iam/group:Group": identity("group"),
  "aws:iam/instanceProfile:InstanceProfile": identity("instance-profile"),
  "aws:iam/policy:Policy": (creation) => {
    const name = text(creation.inputs["name"], creation.name);
    const policy = iamArn(`policy${text(creation.inputs["path"], "/")}${name}`, creation.region);
    return { id: policy, state: { name, arn: policy, policyId: idOf(creation) } };
  },
  "aws:iam/rolePolicy:RolePolicy": (creation) => {
    const name = text(creation.inputs["name"], creation.name);
    return { id: `${text(creation.inputs["role"], "role")}:${name}`, state: { name } };
  },
  "aws:iam/accessKey:AccessKey": (creation) => {
    const id = `AKIA-${creation.name}`;
    return { id, state: { secret: `secret-of-${id}`, sesSmtpPasswordV4: "", status: "Active" } };
  },

  "aws:s3/bucket:Bucket": named(
    (bucket, { region }) => ({
      arn: s3Arn(bucket, region),
      bucketDomainName: `${bucket}.s3.${domainOf(region)}`,
      bucketRegionalDomainName: `${bucket}.s3.${region}.${domainOf(region)}`,
    }),
    "bucket",
  ),
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs, name, region }) => {
    const path = `${text(inputs["bucket"], "bucket")}/${text(inputs["key"], name)}`;
    return {
      id: path,
      state: { arn: s3Arn(path, region), versionId: `version-${name}`, etag: `etag-${name}` },
    };
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": settingOf("bucket"),
  "aws:s3/bucketVersioning:BucketVersioning": settingOf("bucket"),
  "aws:s3/bucketPolicy:BucketPolicy": settingOf("bucket"),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": settingOf("bucket"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": settingOf("bucket"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    settingOf("bucket"),

  "aws:ecr/repository:Repository": named((name, { region }) => ({
    arn: arn("ecr", `repository/${name}`, region),
    registryId: ACCOUNT_ID,
    repositoryUrl: `${ACCOUNT_ID}.dkr.ecr.${region}.${domainOf(region)}/${name}`,
  })),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": settingOf("repository"),
  "aws:ecr/repositoryPolicy:RepositoryPolicy": settingOf("repository"),

  "aws:batch/computeEnvironment:ComputeEnvironment": named((name, { region }) => ({
    arn: arn("batch", `compute-environment/${name}`, region),
    status: "VALID",
  })),
  "aws:batch/jobQueue:JobQueue": ({ inputs, name, region }) => {
    const queue = arn("batch", `job-queue/${text(inputs["name"], name)}`, region);
    return { id: queue, state: { arn: queue } };
  },
  "aws:batch/jobDefinition:JobDefinition": ({ inputs, name, region }) => {
    const prefix = arn("batch", `job-definition/${text(inputs["name"], name)}`, region);
    return {
      id: `${prefix}:1`,
      state: { arn: `${prefix}:1`, arnPrefix: prefix, revision: 1 },
    };
  },

  "aws:mwaa/environment:Environment": named((name, { region }) => ({
    arn: arn("airflow", `environment/${name}`, region),
    status: "AVAILABLE",
    webserverUrl: `${name}.c0.${region}.airflow.amazonaws.com`,
    serviceRoleArn: iamArn(
      "role/aws-service-role/airflow.amazonaws.com/AWSServiceRoleForAmazonMWAA",
      region,
    ),
  })),

  "aws:cloudwatch/logGroup:LogGroup": named((name, { region }) => ({
    arn: arn("logs", `log-group:${name}`, region),
  })),
  "aws:sns/topic:Topic": named((name, { region }) => ({ arn: arn("sns", name, region) })),
  "aws:kms/key:Key": numbered("kms", "key", (id) => ({ keyId: id })),
  "aws:secretsmanager/secret:Secret": ({ inputs, name, region }) => {
    const secret = secretArn(text(inputs["name"], name), region);
    return { id: secret, state: { arn: secret } };
  },

  "awsx:ecr:Image": (creation) => {
    const repository = text(creation.inputs["repositoryUrl"], creation.name);
    const imageUri = `${repository}@sha256:${digest(creation.name, 32).toString("hex")}`;
    return { id: "", state: { imageUri } };
  },

  "random:index/randomId:RandomId": (creation) => {
    const values = bytes(creation, Number(creation.inputs["byteLength"]));
    return { id: String(values["b64Url"]), state: values };
  },
  "random:index/randomBytes:RandomBytes": (creation) => {
    const { hex, b64Std } = bytes(creation, Number(creation.inputs["length"]));
    return { id: "none", state: { hex, base64: b64Std } };
  },
  "random:index/randomString:RandomString": randomText,
  "random:index/randomPassword:RandomPassword": randomText,
};

/** What the provider of `creation.type` answers. */
export function create(creation: Creation): Created {
  const provider = providers[creation.type];
  if (provider !== undefined) return provider(creation);
  const [pkg = "", module = ""] = creation.type.split(":");
  if (pkg === "aws")
    return numbered(module.split("/")[0] ?? module, kindOf(creation.type))(creation);
  return { id: idOf(creation), state: {} };
}

export const secretArn = (name: string, region = REGION): string =>
  arn("secretsmanager", `secret:${name}-${digest(name, 3).toString("hex")}`, region);

/** A data source of AWS: what it is asked, in which region. */
export type Lookup = (inputs: Values, region: string) => Values;

/** The data sources that a program may ask. `missingSecrets` are names of secrets that the account lacks. */
export const lookups = (missingSecrets: readonly string[]): Record<string, Lookup> => ({
  "aws:index/getCallerIdentity:getCallerIdentity": (_, region) => ({
    id: ACCOUNT_ID,
    accountId: ACCOUNT_ID,
    arn: iamArn("root", region),
    userId: ACCOUNT_ID,
  }),
  "aws:index/getPartition:getPartition": (_, region) => ({
    id: partitionOf(region),
    partition: partitionOf(region),
    dnsSuffix: domainOf(region),
    reverseDnsPrefix: domainOf(region).split(".").reverse().join("."),
  }),
  "aws:index/getRegion:getRegion": (_, region) => ({
    id: region,
    name: region,
    region,
    endpoint: `ec2.${region}.${domainOf(region)}`,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (_, region) => ({
    id: region,
    names: ["a", "b", "c"].map((zone) => region + zone),
    zoneIds: ["1", "2", "3"].map((zone) => `usw2-az${zone}`),
    region,
  }),
  "aws:secretsmanager/getSecret:getSecret": (inputs, region) => {
    const name = text(inputs["name"], "");
    const byArn = text(inputs["arn"], "");
    const wanted = byArn || name;
    if (wanted === "") throw new Error("one of arn, name must be specified");
    if (missingSecrets.includes(wanted))
      throw new Error(`reading Secrets Manager Secret (${wanted}): couldn't find resource`);
    const found = byArn || secretArn(name, region);
    return { id: found, arn: found, name: name || (byArn.split(":secret:")[1] ?? "") };
  },
});
