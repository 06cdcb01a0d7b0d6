import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { distance } from "fastest-levenshtein";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { localAccountId } from "../components/lib/account.ts";
import {
  airflowLogLevels,
  airflowLogs,
  defaultAirflowVersion,
  isAirflowVersion,
  platformOptions,
  referenceAirflowVersion,
} from "../components/lib/airflow.ts";
import { parseCidr } from "../components/lib/cidr.ts";
import { dataOnDestroyChoices } from "../components/lib/data.ts";
import { type DifferenceId, differenceIds } from "../components/lib/differences.ts";
import {
  architectures,
  batchServiceRoles,
  fargateCapacities,
  fargateMemory,
} from "../components/lib/fargate.ts";
import { nameProblem } from "../components/lib/names.ts";
import { natStrategies } from "../components/lib/nat.ts";
import { projectGrants } from "../components/lib/places.ts";
import { airflowFilesProblem } from "./airflow-files.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionPeriods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

/** https://docs.aws.amazon.com/mwaa/latest/userguide/environment-class.html */
const mwaaClasses = [
  "mw1.micro",
  "mw1.small",
  "mw1.medium",
  "mw1.large",
  "mw1.xlarge",
  "mw1.2xlarge",
] as const;

const oneOf = (values: readonly (string | number)[]) => `must be one of ${values.join(", ")}`;

const word = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    "must be lower-case letters, digits and hyphens, from a letter",
  );
const cidr = z.string().refine((text) => parseCidr(text) !== undefined, {
  error: "must be an address range such as 10.0.0.0/24, without bits beyond its prefix",
});
const subnetCidr = cidr.refine((text) => sized(text), {
  error: "must be from /16 to /28",
});
/** AWS's APIs take integers of 32 bits. */
const largest = 2 ** 31 - 1;
const count = z.int().max(largest);
const days = count.min(1, "must be at least 1 day");
const unique = <T extends z.ZodType>(item: T) =>
  z.array(item).superRefine((items, ctx) => {
    items.forEach((value, i) => {
      if (items.indexOf(value) !== i)
        ctx.addIssue({ code: "custom", path: [i], message: "there twice" });
    });
  });

const portRule = "must be a port, 1 to 65535";
const port = z.int().min(1, portRule).max(65535, portRule);

const idOf = (prefix: string, what: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]+$`), `must be the id of ${what}, ${prefix}-…`);

const vcpus = z.string().refine((size) => Object.hasOwn(fargateMemory, size), {
  error: `must be one of ${Object.keys(fargateMemory).sort(numerically).join(", ")}`,
});
const imageTag = z.string().regex(/^\w[\w.-]{0,127}$/, "must be a tag of an image");
const secretName = z
  .string()
  .regex(
    /^$|^[\w/+=.@-]{1,512}$|^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/,
    "must be the name or ARN of a secret",
  );
const secretField = z.string().regex(/^\w+$/, "must be letters, digits and underscores");
const variable = z.string().regex(/^[A-Za-z_]\w*$/, "must be letters, digits and underscores");
const logRetention = z.int().refine((n) => retentionPeriods.includes(n), {
  error: oneOf(retentionPeriods),
});

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html */
const reasonPattern = z
  .string()
  .regex(
    /^(?=.)[A-Za-z0-9.:\s]{0,511}\*?$/,
    "must be letters, digits, periods, colons and spaces, and may end in *",
  );
const retryRule = z
  .strictObject({
    action: z.enum(["RETRY", "EXIT"], { error: oneOf(["RETRY", "EXIT"]) }),
    onExitCode: z
      .string()
      .regex(/^(?=.)\d{0,511}\*?$/, "must be digits in quotes, and may end in *")
      .optional(),
    onReason: reasonPattern.optional(),
    onStatusReason: reasonPattern.optional(),
  })
  .refine((rule) => Object.keys(rule).length > 1, {
    error: "must have onExitCode, onReason or onStatusReason",
  });

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html */
const environmentVariables = z.record(z.string(), z.string()).superRefine((variables, ctx) => {
  for (const name of Object.keys(variables))
    if (name.startsWith("AWS_BATCH"))
      ctx.addIssue({
        code: "custom",
        path: [name],
        message: "AWS Batch keeps AWS_BATCH… to itself",
      });
});

const webservers = z.int().min(0, "must be 0 to 5").max(5, "must be 0 to 5");

const kmsKeyArn = z
  .string()
  .regex(/^$|^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]{1,64}$/, "must be the ARN of a KMS key");

/** Policies take fewer characters than the rest of IAM. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
const iamPath = z
  .string()
  .max(512, "must be at most 512 characters")
  .regex(/^(\/[\w.,+@=-]+)*\/$/, "must begin and end with a slash, such as /data/");
const policyArn = z
  .string()
  .regex(/^$|^arn:[\w-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/, "must be the ARN of a policy");

/** Every setting of Pulumi.yaml, and what a value of it must be. */
export const settings = {
  owner: word,
  project: word,
  environment: z.union([z.literal(""), word]),
  region: z.string().refine((region) => Object.values<string>(aws.Region).includes(region), {
    error: "no region of AWS",
  }),
  accountId: z
    .union([
      z.literal(""),
      z.string().regex(/^\d{12}$/, "must be the 12 digits of an account, in quotes"),
    ])
    .refine((id) => id !== localAccountId, {
      error: "the account of the local AWS, which no real stack may have",
    }),
  iamPath,
  permissionsBoundary: policyArn,
  vpcCidr: cidr.refine((text) => sized(text), { error: "must be from /16 to /28" }),
  publicSubnetCidrs: z
    .array(subnetCidr)
    .min(2, "must be at least two")
    .max(6, "must be at most six"),
  privateSubnetCidrs: z.array(subnetCidr).min(2, "must be at least two, which Airflow needs"),
  natStrategy: z.enum(natStrategies, { error: oneOf(natStrategies) }),
  natElasticIps: unique(idOf("eipalloc", "an elastic IP's allocation")),
  interfaceEndpoints: unique(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]+$/, "must be a service such as ecr.api")
      .refine((service) => service !== "s3", { error: "has its free gateway endpoint already" }),
  ),
  existingVpcId: z.union([z.literal(""), idOf("vpc", "a VPC")]),
  existingPublicSubnetIds: unique(idOf("subnet", "a subnet")),
  existingPrivateSubnetIds: unique(idOf("subnet", "a subnet")),
  batchEgressPorts: unique(z.union([z.literal(0), port], { error: portRule })).refine(
    (ports) => !ports.includes(0) || ports.length === 1,
    { error: "must be 0, which is everything, or ports" },
  ),
  batchMaxVcpus: count.min(1, "must be at least 1"),
  batchCapacity: unique(z.enum(fargateCapacities, { error: oneOf(fargateCapacities) })).min(
    1,
    "must name one at least",
  ),
  batchServiceRole: z.enum(batchServiceRoles, { error: oneOf(batchServiceRoles) }),
  // https://docs.aws.amazon.com/batch/latest/APIReference/API_JobStateTimeLimitAction.html
  runnableTimeLimit: z.int().refine((n) => n === 0 || (n >= 600 && n <= 86400), {
    error: "must be 0 or from 600 to 86400 seconds",
  }),
  jobSubnets: z.enum(["public", "private"], { error: oneOf(["public", "private"]) }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      imageTag: imageTag.optional(),
      imageDigest: z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/, "must be a digest, sha256:…")
        .optional(),
      command: z.array(z.string()).optional(),
      vcpus: vcpus.optional(),
      memory: count.optional(),
      storageGib: z
        .int()
        .min(21, "must be 21 to 200 GiB")
        .max(200, "must be 21 to 200 GiB")
        .optional(),
      environment: environmentVariables.optional(),
      secret: secretName.optional(),
      secretPrefix: variable.optional(),
      secretFields: unique(secretField).optional(),
      timeout: count.min(60, "must be at least 60 seconds").optional(),
      attempts: z.int().min(1, "must be 1 to 10").max(10, "must be 1 to 10").optional(),
      retryRules: z.array(retryRule).max(5, "must be at most five rules").optional(),
      architecture: z.enum(architectures, { error: oneOf(architectures) }).optional(),
      readonlyRoot: z.boolean().optional(),
      user: z
        .string()
        .regex(/^\w[\w.-]*(:\w[\w.-]*)?$/, "must be a user, or user:group, by name or number")
        .optional(),
      initProcess: z.boolean().optional(),
      logRetentionDays: logRetention.optional(),
    }),
  ),
  jobVcpus: vcpus,
  jobMemory: count,
  jobCommand: z.array(z.string()),
  jobImageTag: imageTag,
  jobImageContext: z
    .string()
    .refine((dir) => !dir || existsSync(join(import.meta.dirname, "..", dir, "Dockerfile")), {
      error: "must be a folder with a Dockerfile",
    }),
  jobSecret: secretName,
  jobSecretPrefix: variable,
  jobSecretFields: unique(secretField),
  airflowVersion: z.string().refine((version) => !version || isAirflowVersion(version), {
    error: "must be a version such as 3.0.6; the first that MWAA had was 1.10.12",
  }),
  airflowOptions: z.record(z.string(), z.string()).superRefine((options, ctx) => {
    for (const option of Object.keys(options)) {
      const message = Object.values<string>(platformOptions).includes(option)
        ? "set by the platform, which DAGs rely on"
        : !/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(option) && "must be section.option in lower case";
      if (message) ctx.addIssue({ code: "custom", path: [option], message });
    }
  }),
  airflowFiles: z.string().superRefine((folder, ctx) => {
    const message = airflowFilesProblem(folder);
    if (message) ctx.addIssue({ code: "custom", message });
  }),
  mwaaClass: z.enum(mwaaClasses, { error: oneOf(mwaaClasses) }),
  mwaaSchedulers: z.int().min(0, "must be 0 to 5").max(5, "must be 0 to 5"),
  mwaaMinWorkers: count.min(1, "must be at least 1"),
  mwaaMaxWorkers: count.min(0, "must be at least 1, or 0"),
  mwaaWebserverAccess: z.enum(["PUBLIC_ONLY", "PRIVATE_ONLY", "PUBLIC_AND_PRIVATE"], {
    error: oneOf(["PUBLIC_ONLY", "PRIVATE_ONLY", "PUBLIC_AND_PRIVATE"]),
  }),
  mwaaDataKey: z.boolean(),
  mwaaEgressPorts: unique(port).refine((ports) => ports.length === 0 || ports.includes(443), {
    error: "must have 443, by which Airflow reaches AWS",
  }),
  mwaaMinWebservers: webservers,
  mwaaMaxWebservers: webservers,
  mwaaMaintenanceWindow: z
    .string()
    .regex(
      /^$|^(MON|TUE|WED|THU|FRI|SAT|SUN):([01]\d|2[0-3]):(00|30)$/,
      "must be a day, an hour and a full or half hour in UTC, such as SUN:03:30",
    ),
  mwaaWorkerReplacement: z.enum(["", "FORCED", "GRACEFUL"], {
    error: `${oneOf(["FORCED", "GRACEFUL"])}, or empty`,
  }),
  mwaaLogLevels: z.partialRecord(
    z.enum(airflowLogs),
    z.enum(airflowLogLevels, { error: oneOf(airflowLogLevels) }),
    { error: `must have no other keys than ${airflowLogs.join(", ")}` },
  ),
  people: unique(
    z.string().superRefine((name, ctx) => {
      const problem = nameProblem("user", name);
      if (problem) ctx.addIssue({ code: "custom", message: problem });
    }),
  ),
  createPeople: z.boolean(),
  groupName: z.string().min(1, "must not be empty"),
  projects: unique(word),
  projectOwner: word,
  projectGrant: z.enum(projectGrants, { error: oneOf(projectGrants) }),
  // https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments
  githubRepository: z.string().regex(/^$|^[\w-]{1,39}\/[\w.-]{1,100}$/, "must be owner/name"),
  githubOwnerId: z.string().regex(/^\d{0,20}$/, "must be a number"),
  githubRepositoryId: z.string().regex(/^\d{0,20}$/, "must be a number"),
  githubEnvironment: z.string().regex(/^[\w.-]{0,255}$/, "must be the name of an environment"),
  githubBranch: z.string().regex(/^[\w./-]{1,255}$/, "must be the name of a branch"),
  createGithubProvider: z.boolean(),
  stateBucket: z
    .string()
    .regex(/^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket"),
  stateKeyArn: kmsKeyArn,
  alarmEmails: unique(z.email("must be an address")),
  monthlyBudgetUsd: count.min(0, "must be at least 0"),
  dataOnDestroy: z.enum(dataOnDestroyChoices, { error: oneOf(dataOnDestroyChoices) }),
  kmsKeyArn,
  untaggedImageDays: days,
  scratchExpiryDays: days,
  noncurrentVersionDays: days,
  logRetentionDays: logRetention,
  keepReference: unique(
    z.enum(["all", ...differenceIds], {
      error: ({ input }) => `no difference; did you mean ${nearest(String(input), differenceIds)}?`,
    }),
  ),
} as const satisfies Record<string, z.ZodType>;

export type Key = keyof typeof settings;
export type Settings = { readonly [K in Key]: z.infer<(typeof settings)[K]> };

/** The environment; an empty setting stands for the stack's name. */
export function environmentOf({ environment }: Pick<Settings, "environment">): string {
  return environment || pulumi.getStack();
}

/** The differences that `keepReference` undoes. */
export function keptDifferences(ids: Settings["keepReference"]): readonly DifferenceId[] {
  return ids.includes("all") ? differenceIds : (ids as DifferenceId[]);
}

/** The Airflow version to run; an empty setting stands for the default's or the reference's. */
export function airflowVersionOf({
  airflowVersion,
  keepReference,
}: Pick<Settings, "airflowVersion" | "keepReference">): string {
  if (airflowVersion) return airflowVersion;
  return keptDifferences(keepReference).includes("airflow-version")
    ? referenceAirflowVersion
    : defaultAirflowVersion;
}

/** What Airflow runs of each; 0 stands for the reference's numbers, or for those of mw1.micro, which has one of each. */
export function airflowSizesOf({
  mwaaClass,
  mwaaSchedulers,
  mwaaMaxWorkers,
}: Pick<Settings, "mwaaClass" | "mwaaSchedulers" | "mwaaMaxWorkers">) {
  const micro = mwaaClass === "mw1.micro";
  return {
    schedulers: mwaaSchedulers || (micro ? 1 : 2),
    maxWorkers: mwaaMaxWorkers || (micro ? 1 : 5),
  };
}

/** What Pulumi.yaml calls the types that zod calls otherwise. All numbers are integers. */
const typeNames: Readonly<Record<string, string>> = {
  int: "integer",
  number: "integer",
  record: "object",
};

/** What a value must be, where its rule has no words of its own. */
export function ruleOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type": {
      const type = typeNames[issue.expected] ?? issue.expected;
      const unquoted = type === "string" && ["number", "boolean"].includes(typeof issue.input);
      return `must be of type ${type}${unquoted ? ", in quotes" : ""}`;
    }
    case "unrecognized_keys": {
      const fields = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
      return `no such field; there are ${fields.join(", ")}`;
    }
    case "too_big":
      return `must be at most ${issue.maximum}`;
    // Below what JavaScript counts exactly.
    case "too_small":
      return `must be at least ${issue.minimum}`;
    default:
      return undefined;
  }
}

export function nearest(word: string, words: readonly string[]): string {
  return words.reduce((best, other) =>
    distance(other, word) < distance(best, word) ? other : best,
  );
}

function sized(text: string): boolean {
  const { prefix } = parseCidr(text) ?? { prefix: 16 };
  return prefix >= 16 && prefix <= 28;
}

function numerically(a: string, b: string): number {
  return Number(a) - Number(b);
}
