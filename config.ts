import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isLoopback } from "./components/lib/account.ts";
import { airflowVersionWarning } from "./components/lib/airflow.ts";
import { type DataOnDestroy, dataOnDestroyChoices } from "./components/lib/data.ts";
import { postureOf } from "./components/lib/differences.ts";
import { platformNames } from "./components/lib/names.ts";
import { readAirflowFiles } from "./config/airflow-files.ts";
import { githubOf } from "./config/github.ts";
import { type Problem, relationProblems } from "./config/relations.ts";
import {
  airflowSizesOf,
  airflowVersionOf,
  environmentOf,
  type Key,
  keptDifferences,
  nearest,
  ruleOf,
  type Settings,
  settings,
} from "./config/settings.ts";
import { unreadKeys } from "./config/stack-file.ts";
import { jobsOf } from "./config/jobs.ts";

/** A setting as Pulumi.yaml declares it. */
interface Declaration {
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  readonly default: unknown;
  readonly description: string;
}

/** The settings that Pulumi.yaml declares, by key without the project's name. */
export function declaredSettings(): Readonly<Record<string, Declaration>> {
  return (declarations ??= readDeclarations());
}

/** Kept: to parse them takes longer than to check a stack's settings, and tests check hundreds of stacks. */
let declarations: Readonly<Record<string, Declaration>> | undefined;

function readDeclarations(): Readonly<Record<string, Declaration>> {
  const file = parse(readFileSync(join(import.meta.dirname, "Pulumi.yaml"), "utf8")) as {
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
  const secret = new Set(secretKeys(project));
  const problems: Problem[] = [
    ...unknownKeys(project, Object.keys(given), Object.keys(declared)),
    ...unreadKeys(),
    ...[...secret].map((key) => ({ key, value: undefined, rule: secretRule })),
  ];

  const values: Partial<Record<Key, unknown>> = {};
  for (const key of Object.keys(settings) as Key[]) {
    if (secret.has(key)) continue;
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
  problems.push(...relationProblems(values as Partial<Settings>));
  if (problems.length) throw new pulumi.RunError(report(project, problems));
  return derive(values as Settings);
}

export type PlatformConfig = ReturnType<typeof loadConfig>;

/** The settings as the parts of the platform take them, with what empty values stand for. */
function derive(values: Settings) {
  const environment = environmentOf(values);
  const posture = postureOf(keptDifferences(values.keepReference));
  const airflowVersion = airflowVersionOf(values);
  const airflowWarning = airflowVersionWarning(airflowVersion);
  const tags = { Owner: values.owner, Project: values.project, Environment: environment };
  const names = platformNames({ ...values, environment }, values.projects);
  return deepFreeze({
    region: values.region,
    accountId: values.accountId || undefined,
    iamPath: values.iamPath === "/" ? undefined : values.iamPath,
    permissionsBoundary: values.permissionsBoundary || undefined,
    tags,
    names,
    posture,
    retention: {
      logRetentionDays: values.logRetentionDays,
      noncurrentVersionDays: values.noncurrentVersionDays,
    },
    network: {
      cidrBlock: values.vpcCidr,
      publicCidrBlocks: values.publicSubnetCidrs,
      privateCidrBlocks: values.privateSubnetCidrs,
      natStrategy: values.natStrategy,
      natElasticIps: values.natElasticIps,
      interfaceEndpoints: values.interfaceEndpoints,
    },
    existingNetwork: values.existingVpcId
      ? {
          vpcId: values.existingVpcId,
          publicSubnetIds: values.existingPublicSubnetIds,
          privateSubnetIds: values.existingPrivateSubnetIds,
        }
      : undefined,
    batch: {
      maxVcpus: values.batchMaxVcpus,
      capacity: values.batchCapacity,
      subnets: values.jobSubnets,
      egressPorts: values.batchEgressPorts,
      serviceRole: values.batchServiceRole,
      runnableTimeLimit: values.runnableTimeLimit || undefined,
    },
    registry: {
      untaggedImageDays: values.untaggedImageDays,
      kmsKeyArn: values.kmsKeyArn || undefined,
    },
    encryption: { kmsKeyArn: values.kmsKeyArn || undefined, forAirflow: values.mwaaDataKey },
    dataOnDestroy: localDataOnDestroy() ?? values.dataOnDestroy,
    jobs: jobsOf(values),
    jobImage: { tag: values.jobImageTag, context: values.jobImageContext || undefined },
    airflow: {
      airflowVersion,
      environmentClass: values.mwaaClass,
      ...airflowSizesOf(values),
      minWorkers: values.mwaaMinWorkers,
      webserverAccess: values.mwaaWebserverAccess,
      egressPorts: values.mwaaEgressPorts,
      minWebservers: values.mwaaMinWebservers || undefined,
      maxWebservers: values.mwaaMaxWebservers || undefined,
      maintenanceWindow: values.mwaaMaintenanceWindow || undefined,
      workerReplacement: values.mwaaWorkerReplacement || undefined,
      logLevels: values.mwaaLogLevels,
      files: readAirflowFiles(values.airflowFiles),
      options: values.airflowOptions,
    },
    people: { userNames: values.people, createUsers: values.createPeople },
    projectOwner: values.projectOwner,
    projectGrant: values.projectGrant,
    github: githubOf(values, names, tags),
    alarms: values.alarmEmails.length
      ? {
          names: names.alarms,
          emails: values.alarmEmails,
          budget: values.monthlyBudgetUsd
            ? {
                usd: values.monthlyBudgetUsd,
                tags: { Project: values.project, Environment: environment },
              }
            : undefined,
        }
      : undefined,
    scratch: { expiryDays: values.scratchExpiryDays },
    warnings: airflowWarning ? [airflowWarning] : [],
  });
}

/**
 * The local AWS holds nothing worth keeping: its environment asks for buckets to be emptied. Heard where the
 * endpoint is on this machine and nowhere else.
 */
function localDataOnDestroy(): DataOnDestroy | undefined {
  const { AWS_ENDPOINT_URL: endpoint = "", DSE_LOCAL_DATA_ON_DESTROY: asked } = process.env;
  return isLoopback(endpoint) ? dataOnDestroyChoices.find((choice) => choice === asked) : undefined;
}

/** Frozen all the way down, so that no part can change what another reads. */
function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (inner instanceof Object) deepFreeze(inner as object);
  return Object.freeze(value);
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
    // Of a copy of this project under another name, which would be deployed without it.
    if (namespace !== project && declared.includes(name))
      return [
        {
          key,
          value: undefined,
          rule: `this project is ${project}; did you mean ${project}:${name}?`,
        },
      ];
    if (namespace !== project || declared.includes(name)) return [];
    if (name === project)
      return [
        {
          key,
          value: undefined,
          rule: `no level of its own: write ${project}: before each setting`,
        },
      ];
    const rule = `no such setting; did you mean ${project}:${nearest(name, declared)}?`;
    return [{ key, value: undefined, rule }];
  });
}

/** What the provider keeps secret itself. */
const keptSecret: readonly string[] = ["airflowOptions"] satisfies Key[];

// The SDK has it, and leaves it out of its types.
const { isConfigSecret } = pulumi.runtime as unknown as {
  isConfigSecret: (key: string) => boolean;
};

/** The others become names and documents, which the state and AWS show in plain text. */
const secretRule =
  "must be in plain text, as it is to be seen in the state and in AWS; jobs get secrets by jobSecret";

function secretKeys(project: string): Key[] {
  return (Object.keys(settings) as Key[]).filter(
    (key) => isConfigSecret(`${project}:${key}`) && !keptSecret.includes(key),
  );
}

const unreadable = Symbol("unreadable");

/** A value from its text in the configuration, where all but strings are JSON. */
function read(text: string, type: Declaration["type"]): unknown {
  if (type === "string") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return unreadable;
  }
}

function check(key: Key, value: unknown): Problem[] {
  const result = settings[key].safeParse(value, { error: ruleOf });
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => {
    const paths =
      issue.code === "unrecognized_keys"
        ? issue.keys.map((name) => [...issue.path, name])
        : [issue.path];
    return paths.map((path) => ({
      key: [key, ...path].join("."),
      value: path.reduce<unknown>((v, part) => (v as Record<PropertyKey, unknown>)[part], value),
      rule: issue.message,
    }));
  });
}

/** Characters that a problem shows of a key or a value: enough to find it in the stack's file. */
const shownLength = 150;

/** A problem is a line: whatever its parts hold. */
function oneLine(text: string): string {
  const plain = text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return plain.length > shownLength ? `${plain.slice(0, shownLength)}…` : plain;
}

function report(project: string, problems: readonly Problem[]): string {
  const lines = problems.map(({ key, value, rule }) => {
    const name = oneLine(key.includes(":") ? key : `${project}:${key}`);
    const shown =
      value === undefined || isConfigSecret(`${project}:${key.replace(/\..*/, "")}`)
        ? ""
        : ` ${oneLine(JSON.stringify(value))}`;
    return `  ${name}${shown}: ${rule}`;
  });
  const count = problems.length === 1 ? "1 setting" : `${String(problems.length)} settings`;
  return `${count} of stack ${pulumi.getStack()} cannot be deployed:\n${lines.join("\n")}`;
}
