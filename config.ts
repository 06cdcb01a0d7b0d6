import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { distance } from "fastest-levenshtein";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { localAccountId } from "./components/lib/account";
import {
  airflowVersionWarning,
  atLeast,
  defaultAirflowVersion,
  isAirflowVersion,
  referenceAirflowVersion,
} from "./components/lib/airflow";
import { contains, overlap, parseCidr } from "./components/lib/cidr";
import { type DifferenceId, differenceIds, postureOf } from "./components/lib/differences";
import { fargateMemory } from "./components/lib/fargate";
import { NamesError, nameProblem, platformNames } from "./components/lib/names";

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
    /^[a-z][a-z0-9-]*[a-z0-9]$/,
    "must be lower-case letters, digits and hyphens, from a letter",
  );
const cidr = z.string().refine((text) => parseCidr(text) !== undefined, {
  error: "must be an address range such as 10.0.0.0/24, without bits beyond its prefix",
});
const subnetCidr = cidr.refine((text) => sized(text), {
  error: "must be from /16 to /28",
});
const days = z.int().min(1, "must be at least 1 day");
const unique = <T extends z.ZodType>(item: T) =>
  z.array(item).superRefine((items, ctx) => {
    items.forEach((value, i) => {
      if (items.indexOf(value) !== i)
        ctx.addIssue({ code: "custom", path: [i], message: "there twice" });
    });
  });

/** By these DAGs find the platform, as in the reference. */
const platformOptions = [
  "custom.scratch_bucket",
  "custom.default_job_queue",
  "custom.default_job_definition",
];

/** Every setting of Pulumi.yaml, and what a value of it must be. */
const settings = {
  owner: word,
  project: word,
  environment: z.union([z.literal(""), word]),
  region: z.string().refine((region) => Object.values<string>(aws.Region).includes(region), {
    error: "no region of AWS",
  }),
  accountId: z
    .union([z.literal(""), z.string().regex(/^\d{12}$/, "must be the 12 digits of an account")])
    .refine((id) => id !== localAccountId, {
      error: "the account of the local AWS, which no real stack may have",
    }),
  vpcCidr: cidr.refine((text) => sized(text), { error: "must be from /16 to /28" }),
  publicSubnetCidrs: z
    .array(subnetCidr)
    .min(2, "must be at least two")
    .max(6, "must be at most six"),
  privateSubnetCidrs: z.array(subnetCidr).min(2, "must be at least two, which Airflow needs"),
  batchEgressPorts: unique(
    z.int().min(1, "must be a port, 1 to 65535").max(65535, "must be a port, 1 to 65535"),
  ),
  batchMaxVcpus: z.int().min(1, "must be at least 1"),
  jobVcpus: z.string().refine((size) => size in fargateMemory, {
    error: `must be one of ${Object.keys(fargateMemory).sort(numerically).join(", ")}`,
  }),
  jobMemory: z.int(),
  jobCommand: z.array(z.string()),
  jobImageTag: z.string().regex(/^\w[\w.-]{0,127}$/, "must be a tag of an image"),
  jobImageContext: z
    .string()
    .refine((dir) => !dir || existsSync(join(__dirname, dir, "Dockerfile")), {
      error: "must be a folder with a Dockerfile",
    }),
  jobSecret: z
    .string()
    .regex(
      /^$|^[\w/+=.@-]{1,512}$|^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/,
      "must be the name or ARN of a secret",
    ),
  jobSecretPrefix: z.string().regex(/^[A-Za-z_]\w*$/, "must be letters, digits and underscores"),
  jobSecretFields: unique(z.string().regex(/^\w+$/, "must be letters, digits and underscores")),
  airflowVersion: z.string().refine((version) => !version || isAirflowVersion(version), {
    error: "must be a version such as 3.0.6; the first that MWAA had was 1.10.12",
  }),
  airflowOptions: z.record(z.string(), z.string()).superRefine((options, ctx) => {
    for (const option of Object.keys(options)) {
      const message = platformOptions.includes(option)
        ? "set by the platform, which DAGs rely on"
        : !/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(option) && "must be section.option in lower case";
      if (message) ctx.addIssue({ code: "custom", path: [option], message });
    }
  }),
  mwaaClass: z.enum(mwaaClasses, { error: oneOf(mwaaClasses) }),
  mwaaSchedulers: z.int().min(1, "must be at least 1").max(5, "must be at most 5"),
  mwaaMinWorkers: z.int().min(1, "must be at least 1"),
  mwaaMaxWorkers: z.int().min(1, "must be at least 1"),
  mwaaWebserverAccess: z.enum(["PUBLIC_ONLY", "PRIVATE_ONLY", "PUBLIC_AND_PRIVATE"], {
    error: oneOf(["PUBLIC_ONLY", "PRIVATE_ONLY", "PUBLIC_AND_PRIVATE"]),
  }),
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
  scratchExpiryDays: days,
  noncurrentVersionDays: days,
  logRetentionDays: z.int().refine((n) => retentionPeriods.includes(n), {
    error: oneOf(retentionPeriods),
  }),
  keepReference: unique(
    z.enum(["all", ...differenceIds], {
      error: ({ input }) => `no difference; did you mean ${nearest(String(input), differenceIds)}?`,
    }),
  ),
} as const satisfies Record<string, z.ZodType>;

type Key = keyof typeof settings;
type Settings = { readonly [K in Key]: z.infer<(typeof settings)[K]> };

/** A setting that cannot be deployed. */
interface Problem {
  readonly key: string;
  readonly value: unknown;
  readonly rule: string;
}

/** A setting as Pulumi.yaml declares it. */
interface Declaration {
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  readonly default: unknown;
  readonly description: string;
}

/** The settings that Pulumi.yaml declares, by key without the project's name. */
export function declaredSettings(): Readonly<Record<string, Declaration>> {
  const file = parse(readFileSync(join(__dirname, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, Declaration>;
  };
  return Object.fromEntries(Object.entries(file.config).filter(([key]) => !key.includes(":")));
}

/**
 * Reads and checks every setting of the stack. Throws one error that lists all that is wrong, before
 * any resource is registered. Defaults are those of Pulumi.yaml: the engine merges them into the
 * configuration, but tests run without an engine.
 */
export function loadConfig() {
  const project = pulumi.getProject();
  const given = pulumi.runtime.allConfig();
  const declared = declaredSettings();
  const problems: Problem[] = unknownKeys(project, Object.keys(given), Object.keys(declared));

  const values: Partial<Record<Key, unknown>> = {};
  for (const key of Object.keys(settings) as Key[]) {
    const declaration = declared[key];
    if (!declaration) throw new Error(`Pulumi.yaml declares no setting ${key}`);
    const text = given[`${project}:${key}`];
    const value = text === undefined ? declaration.default : read(text, declaration.type);
    const result =
      value === unreadable
        ? [{ key, value: text, rule: `must be of type ${declaration.type}` }]
        : check(key, value);
    if (result.length) problems.push(...result);
    else values[key] = value;
  }
  // Every rule over several settings has what it needs, or is left to the next run.
  problems.push(...relations(values as Partial<Settings>));
  if (problems.length) throw new pulumi.RunError(report(project, problems));
  return derive(values as Settings);
}

export type PlatformConfig = ReturnType<typeof loadConfig>;

/** The settings as the parts of the platform take them, with what empty values stand for. */
function derive(values: Settings) {
  const environment = values.environment || pulumi.getStack();
  const posture = postureOf(expand(values.keepReference));
  const airflowVersion = airflowVersionOf(values);
  const airflowWarning = airflowVersionWarning(airflowVersion);
  return deepFreeze({
    region: values.region,
    accountId: values.accountId || undefined,
    tags: { Owner: values.owner, Project: values.project, Environment: environment },
    names: platformNames({ ...values, environment }, values.projects),
    posture,
    retention: {
      logRetentionDays: values.logRetentionDays,
      noncurrentVersionDays: values.noncurrentVersionDays,
    },
    network: {
      cidrBlock: values.vpcCidr,
      publicCidrBlocks: values.publicSubnetCidrs,
      privateCidrBlocks: values.privateSubnetCidrs,
    },
    batch: { maxVcpus: values.batchMaxVcpus, egressPorts: values.batchEgressPorts },
    job: { command: values.jobCommand, vcpus: values.jobVcpus, memory: values.jobMemory },
    jobImage: { tag: values.jobImageTag, context: values.jobImageContext || undefined },
    jobSecret: values.jobSecret
      ? { secret: values.jobSecret, prefix: values.jobSecretPrefix, fields: values.jobSecretFields }
      : undefined,
    airflow: {
      airflowVersion,
      environmentClass: values.mwaaClass,
      schedulers: values.mwaaSchedulers,
      minWorkers: values.mwaaMinWorkers,
      maxWorkers: values.mwaaMaxWorkers,
      webserverAccess: values.mwaaWebserverAccess,
    },
    airflowOptions: values.airflowOptions,
    people: { userNames: values.people, createUsers: values.createPeople },
    projectOwner: values.projectOwner,
    scratch: { expiryDays: values.scratchExpiryDays },
    warnings: airflowWarning ? [airflowWarning] : [],
  });
}

/** Frozen all the way down, so that no part can change what another reads. */
function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (inner instanceof Object) deepFreeze(inner as object);
  return Object.freeze(value);
}

function airflowVersionOf({ airflowVersion = "", keepReference = [] }: Partial<Settings>): string {
  if (airflowVersion) return airflowVersion;
  return expand(keepReference).includes("airflow-version")
    ? referenceAirflowVersion
    : defaultAirflowVersion;
}

function expand(ids: Settings["keepReference"]): readonly DifferenceId[] {
  return ids.includes("all") ? differenceIds : (ids as DifferenceId[]);
}

function unknownKeys(project: string, given: string[], declared: string[]): Problem[] {
  return given.flatMap((key): Problem[] => {
    const [namespace, name] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
    if (namespace === "aws")
      return [
        {
          key,
          value: undefined,
          rule: `not read, the program makes its own provider: region and account are ${project}:region and ${project}:accountId, credentials come from the environment`,
        },
      ];
    if (namespace !== project || declared.includes(name)) return [];
    const rule = `no such setting; did you mean ${project}:${nearest(name, declared)}?`;
    return [{ key, value: undefined, rule }];
  });
}

function nearest(word: string, words: readonly string[]): string {
  return words.reduce((best, other) =>
    distance(other, word) < distance(best, word) ? other : best,
  );
}

const unreadable = Symbol("unreadable");

/** A value from its text in the configuration, where all but strings are JSON. */
function read(text: string, type: Declaration["type"]): unknown {
  if (type === "string") return text;
  try {
    const value: unknown = JSON.parse(text);
    const actual = Array.isArray(value) ? "array" : typeof value;
    const matches = type === "integer" ? Number.isInteger(value) : actual === type;
    return matches ? value : unreadable;
  } catch {
    return unreadable;
  }
}

function check(key: Key, value: unknown): Problem[] {
  const result = settings[key].safeParse(value, { reportInput: true });
  if (result.success) return [];
  return result.error.issues.map((issue) => ({
    key: [key, ...issue.path].join("."),
    value: issue.path.reduce<unknown>(
      (v, part) => (v as Record<PropertyKey, unknown>)[part],
      value,
    ),
    rule: issue.message,
  }));
}

/** What no setting shows by itself. A rule whose settings are themselves wrong is silent. */
function relations(values: Partial<Settings>): Problem[] {
  return [
    ...subnetProblems(values),
    ...jobProblems(values),
    ...airflowProblems(values),
    ...peopleProblems(values),
    ...nameProblems(values),
  ];
}

function subnetProblems({
  vpcCidr,
  publicSubnetCidrs = [],
  privateSubnetCidrs = [],
}: Partial<Settings>): Problem[] {
  const subnets = [
    ...publicSubnetCidrs.map((value, i) => ({ key: `publicSubnetCidrs.${String(i)}`, value })),
    ...privateSubnetCidrs.map((value, i) => ({ key: `privateSubnetCidrs.${String(i)}`, value })),
  ];
  const problems: Problem[] = subnets.flatMap((subnet, i) =>
    subnets
      .slice(0, i)
      .filter((other) => overlap(range(other.value), range(subnet.value)))
      .map((other) => ({ ...subnet, rule: `overlaps ${other.key}, ${other.value}` })),
  );
  if (vpcCidr)
    problems.push(
      ...subnets
        .filter(({ value }) => !contains(range(vpcCidr), range(value)))
        .map((subnet) => ({ ...subnet, rule: `must be inside the VPC, ${vpcCidr}` })),
    );
  const zones = publicSubnetCidrs.length;
  if (zones && privateSubnetCidrs.length && privateSubnetCidrs.length !== zones)
    problems.push({
      key: "privateSubnetCidrs",
      value: privateSubnetCidrs,
      rule: `must be as many as publicSubnetCidrs, ${String(zones)}: a pair per zone`,
    });
  return problems;
}

function jobProblems({ jobVcpus, jobMemory, jobSecret, jobSecretFields }: Partial<Settings>) {
  const problems: Problem[] = [];
  const sizes = jobVcpus === undefined ? undefined : fargateMemory[jobVcpus];
  if (sizes && jobMemory !== undefined && !sizes.includes(jobMemory))
    problems.push({
      key: "jobMemory",
      value: jobMemory,
      rule: `with ${String(jobVcpus)} vCPU Fargate has ${sizes.join(", ")} MiB`,
    });
  if (jobSecret && jobSecretFields?.length === 0)
    problems.push({
      key: "jobSecretFields",
      value: jobSecretFields,
      rule: "must name a field where jobSecret names a secret",
    });
  return problems;
}

function airflowProblems(values: Partial<Settings>): Problem[] {
  const { mwaaClass, mwaaSchedulers, mwaaMinWorkers, mwaaMaxWorkers } = values;
  const problems: Problem[] = [];
  if (mwaaMinWorkers && mwaaMaxWorkers && mwaaMinWorkers > mwaaMaxWorkers)
    problems.push({
      key: "mwaaMinWorkers",
      value: mwaaMinWorkers,
      rule: `must not be above mwaaMaxWorkers, ${String(mwaaMaxWorkers)}`,
    });
  // https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
  const micro = mwaaClass === "mw1.micro";
  if (mwaaClass && mwaaSchedulers && micro !== (mwaaSchedulers === 1))
    problems.push({
      key: "mwaaSchedulers",
      value: mwaaSchedulers,
      rule: micro ? "must be 1 in mw1.micro" : `must be 2 to 5 in ${mwaaClass}`,
    });
  if (micro && mwaaMaxWorkers !== undefined && mwaaMaxWorkers !== 1)
    problems.push({
      key: "mwaaMaxWorkers",
      value: mwaaMaxWorkers,
      rule: "must be 1 in mw1.micro, which does not scale",
    });
  const version = airflowVersionOf(values);
  if (values.mwaaWebserverAccess === "PUBLIC_AND_PRIVATE" && !atLeast(version, "3.2.0"))
    problems.push({
      key: "mwaaWebserverAccess",
      value: values.mwaaWebserverAccess,
      rule: `needs Airflow 3.2.0 or later, this is ${version}`,
    });
  return problems;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const groupPolicyLimit = 10;
const ownGroupPolicies = 2;

function peopleProblems({ projects }: Partial<Settings>): Problem[] {
  const most = groupPolicyLimit - ownGroupPolicies;
  if (!projects || projects.length <= most) return [];
  return [
    {
      key: "projects",
      value: projects,
      rule: `must be at most ${String(most)}: each adds a policy to the analysts' group, which takes ${String(groupPolicyLimit)}`,
    },
  ];
}

function nameProblems(values: Partial<Settings>): Problem[] {
  const { owner, project, region, groupName, projectOwner, projects } = values;
  if (!owner || !project || !region || !groupName || !projectOwner || !projects) return [];
  const environment = values.environment || pulumi.getStack();
  const identity = { owner, project, environment, region, groupName, projectOwner };
  try {
    platformNames(identity, projects);
    return [];
  } catch (error) {
    if (!(error instanceof NamesError)) throw error;
    return error.problems.map(({ name, from, rule }) => ({ key: from, value: name, rule }));
  }
}

function report(project: string, problems: readonly Problem[]): string {
  const lines = problems.map(({ key, value, rule }) => {
    const shown = value === undefined ? "" : ` ${JSON.stringify(value)}`;
    return `  ${key.includes(":") ? key : `${project}:${key}`}${shown}: ${rule}`;
  });
  const count = problems.length === 1 ? "1 setting" : `${String(problems.length)} settings`;
  return `${count} of stack ${pulumi.getStack()} cannot be deployed:\n${lines.join("\n")}`;
}

function range(text: string) {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`${text} was checked to be an address range`);
  return parsed;
}

function sized(text: string): boolean {
  const { prefix } = parseCidr(text) ?? { prefix: 16 };
  return prefix >= 16 && prefix <= 28;
}

function numerically(a: string, b: string): number {
  return Number(a) - Number(b);
}
