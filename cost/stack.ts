import * as pulumi from "@pulumi/pulumi";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLError } from "yaml";
import { loadConfig, type PlatformConfig } from "../config.ts";
import type { Platform } from "./estimate.ts";

const root = join(import.meta.dirname, "..");

function yaml(file: string): unknown {
  try {
    return parse(readFileSync(join(root, file), "utf8"));
  } catch (error) {
    if (!(error instanceof YAMLError)) throw error;
    throw new pulumi.RunError(`${file}: ${error.message.split("\n")[0] ?? ""}`);
  }
}

/** The settings that a stack's file gives, as the engine hands them to the program: text, or JSON. */
export type Given = Readonly<Record<string, string>>;

/** The stacks that have a file of settings. */
export function stacks(): string[] {
  return readdirSync(root)
    .flatMap((file) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

let name: string | undefined;
/** The project's name. Its file, which holds the schema of all settings, takes tens of milliseconds to parse, and each key asks. */
const project = () => (name ??= (yaml("Pulumi.yaml") as { name: string }).name);

/** What Pulumi.<stack>.yaml sets. */
export function givenSettings(stack: string): Given {
  const { config } = yaml(`Pulumi.${stack}.yaml`) as { config?: Record<string, unknown> | null };
  return withSettings({}, config ?? {});
}

/** The given settings with others changed. A key without a namespace is one of the project. */
export function withSettings(given: Given, changes: Readonly<Record<string, unknown>>): Given {
  const changed = Object.entries(changes)
    // Only the stack's owner can read a secret; none of those that cost is one.
    .filter(([, value]) => !(value instanceof Object && "secure" in value))
    .map(([key, value]) => [
      key.includes(":") ? key : `${project()}:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  return { ...given, ...(Object.fromEntries(changed) as Given) };
}

/** Reads and checks the settings as the program does, and throws the error that it would throw. */
export function load(stack: string, given: Given): PlatformConfig {
  // What the engine does before it runs the program.
  pulumi.runtime.resetOptions(project(), stack, -1, "", "", false, "");
  pulumi.runtime.setAllConfig(given);
  return loadConfig();
}

/** What of the settings costs money; one with a question mark is the component's default where not set. */
interface Costly {
  readonly network: Pick<
    PlatformConfig["network"],
    "publicCidrBlocks" | "natStrategy" | "interfaceEndpoints"
  >;
  readonly existingNetwork: object | undefined;
  readonly airflow: Pick<
    PlatformConfig["airflow"],
    "environmentClass" | "schedulers" | "minWorkers"
  > & { readonly minWebservers?: number | undefined };
  readonly batch: Pick<PlatformConfig["batch"], "capacity" | "subnets">;
  readonly jobs: Readonly<Record<string, Job>>;
  readonly encryption: PlatformConfig["encryption"];
  readonly posture: Pick<PlatformConfig["posture"], "bucket-access-logs" | "data-key">;
  readonly alarms: object | undefined;
  readonly names: { readonly projects: readonly unknown[] };
  readonly retention: Pick<PlatformConfig["retention"], "logRetentionDays">;
}

interface Job {
  readonly vcpus: string;
  /** MiB. */
  readonly memory: number;
  readonly architecture?: string | undefined;
  readonly secret?: { readonly name: string } | undefined;
}

/** What of a stack costs money, with hours of the job `jobName`; undefined where it has no such job. */
export function platformOf(config: Costly, jobName: string): Platform | undefined {
  const { network, existingNetwork, airflow, batch, jobs, posture, encryption } = config;
  const job = Object.hasOwn(jobs, jobName) ? jobs[jobName] : undefined;
  if (!job) return undefined;
  return {
    network: existingNetwork
      ? undefined
      : {
          zones: network.publicCidrBlocks.length,
          natStrategy: network.natStrategy,
          interfaceEndpoints: network.interfaceEndpoints.length,
        },
    airflow: {
      environmentClass: airflow.environmentClass,
      workers: airflow.minWorkers,
      schedulers: airflow.schedulers,
      webservers: airflow.minWebservers ?? 0,
    },
    job: {
      vcpus: Number(job.vcpus),
      memory: job.memory / 1024,
      arm: job.architecture === "ARM64",
      spot: batch.capacity[0] === "FARGATE_SPOT",
      publicAddress: batch.subnets === "public",
    },
    logRetentionDays: config.retention.logRetentionDays,
    // MWAA's and scratch's, access logs' and the projects'.
    buckets: 2 + Number(posture["bucket-access-logs"]) + config.names.projects.length,
    alarms: config.alarms ? 1 : 0,
    secrets: new Set(Object.values(jobs).flatMap(({ secret }) => secret?.name ?? [])).size,
    // Of data, made here or given, and of the alarms' topic.
    kmsKeys:
      Number(encryption.kmsKeyArn !== undefined || encryption.forAirflow || posture["data-key"]) +
      Number(config.alarms !== undefined),
  };
}
