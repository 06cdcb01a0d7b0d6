// What a Terraform state says of jobs and of Airflow, as settings.
import { type AirflowLog, platformOptions } from "../../components/lib/airflow.ts";
import type { BatchServiceRole } from "../../components/lib/fargate.ts";
import type { Identity } from "./identity.mts";
import { block, nameTag } from "./kinds.mts";
import type { Settings } from "./settings.mts";
import { firstOf, type Instance, ofType, text } from "./terraform-state.mts";

/** One that Terraform made, or the one that AWS makes itself. */
export function serviceRoleOf(environment: Instance): BatchServiceRole {
  return text(environment, "service_role").includes("/aws-service-role/")
    ? "serviceLinked"
    : "custom";
}

interface Container {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly resourceRequirements?: readonly { readonly type: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}

export function jobSettings(instances: readonly Instance[]): Settings {
  const environment = block(
    firstOf(instances, "aws_batch_compute_environment"),
    "compute_resources",
  ) as { max_vcpus?: number; subnets?: readonly string[] };
  const publicSubnets = ofType(instances, "aws_subnet")
    .filter((subnet) => nameTag(subnet).includes("-public-"))
    .map((subnet) => text(subnet, "id"));
  const group = ofType(instances, "aws_security_group").find((one) =>
    text(one, "name").endsWith("-batch-sg"),
  );
  const rules = (group?.attributes["egress"] ?? []) as { from_port: number; protocol: string }[];
  const definition = text(firstOf(instances, "aws_batch_job_definition"), "container_properties");
  const container = JSON.parse(definition || "{}") as Container;
  const needs = (type: string) =>
    container.resourceRequirements?.find((requirement) => requirement.type === type)?.value;
  const [vcpus, memory] = [needs("VCPU"), needs("MEMORY")];
  const tag = /:([\w.-]+)$/.exec(container.image ?? "")?.[1];
  return {
    ...(environment.max_vcpus && { batchMaxVcpus: environment.max_vcpus }),
    batchServiceRole: serviceRoleOf(firstOf(instances, "aws_batch_compute_environment")),
    jobSubnets:
      environment.subnets?.some((id) => publicSubnets.includes(id)) === false
        ? "private"
        : "public",
    batchEgressPorts: rules.some(({ protocol }) => protocol === "-1")
      ? [0]
      : rules.map(({ from_port }) => from_port).sort((a, b) => a - b),
    ...(vcpus && { jobVcpus: vcpus }),
    ...(memory && { jobMemory: Number(memory) }),
    ...(container.command && { jobCommand: container.command }),
    ...(tag && { jobImageTag: tag }),
    ...secretSettings(container.secrets ?? []),
  };
}

/** `PREFIX_FIELD`, from `arn:…:secret:NAME-suffix:field::`. */
const secretField = /:secret:(?<secret>[^:]+?)(?:-\w{6})?:(?<field>\w+)::$/;

function secretSettings(secrets: NonNullable<Container["secrets"]>): Settings {
  const read = secrets.flatMap(({ name, valueFrom }) => {
    const { secret = "", field = "" } = secretField.exec(valueFrom)?.groups ?? {};
    return secret ? [{ secret, field, prefix: name.slice(0, -field.length - 1) }] : [];
  });
  const [first] = read;
  if (!first) return { jobSecret: "" };
  return {
    jobSecret: first.secret,
    jobSecretPrefix: first.prefix,
    jobSecretFields: read.map(({ field }) => field),
  };
}

export function airflowSettings(instances: readonly Instance[], { prefix }: Identity): Settings {
  const environment = firstOf(instances, "aws_mwaa_environment");
  const number = (attribute: string) => {
    const value = environment.attributes[attribute];
    return typeof value === "number" ? value : undefined;
  };
  const version = text(environment, "airflow_version");
  const [schedulers, minWorkers, maxWorkers] = [
    number("schedulers"),
    number("min_workers"),
    number("max_workers"),
  ];
  const options = Object.entries(
    (environment.attributes["airflow_configuration_options"] ?? {}) as Record<string, string>,
  ).filter(([option]) => !Object.values<string>(platformOptions).includes(option));
  const group = ofType(instances, "aws_security_group").find(
    (one) => text(one, "name") === `${prefix}-mwaa-no-ingress-sg`,
  );
  const ports = ((group?.attributes["egress"] ?? []) as { from_port: number; protocol: string }[])
    .filter(({ protocol }) => protocol === "tcp")
    .map(({ from_port }) => from_port);
  return {
    ...(version && { airflowVersion: version }),
    airflowOptions: Object.fromEntries(options),
    mwaaClass: text(environment, "environment_class") || "mw1.small",
    ...(schedulers && { mwaaSchedulers: schedulers }),
    ...(minWorkers && { mwaaMinWorkers: minWorkers }),
    ...(maxWorkers && { mwaaMaxWorkers: maxWorkers }),
    mwaaWebserverAccess: text(environment, "webserver_access_mode") || "PUBLIC_ONLY",
    mwaaEgressPorts: ports,
    mwaaLogLevels: logLevelsOf(environment),
  };
}

const logs: Readonly<Record<AirflowLog, string>> = {
  DAGProcessing: "dag_processing_logs",
  Scheduler: "scheduler_logs",
  Task: "task_logs",
  WebServer: "webserver_logs",
  Worker: "worker_logs",
};

/** Of the logs that are on. */
function logLevelsOf(environment: Instance): Settings {
  const configuration = block(environment, "logging_configuration");
  return Object.fromEntries(
    Object.entries(logs).flatMap(([log, attribute]) => {
      const [of] = (configuration[attribute] ?? []) as { enabled?: boolean; log_level?: string }[];
      return of?.enabled && of.log_level ? [[log, of.log_level]] : [];
    }),
  );
}
