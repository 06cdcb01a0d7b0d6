// The settings of a stack that is what a Terraform state describes.
import { localAccountId } from "../../components/lib/account.ts";
import { type AirflowLog, platformOptions } from "../../components/lib/airflow.ts";
import { differences } from "../../components/lib/differences.ts";
import type { BatchServiceRole } from "../../components/lib/fargate.ts";
import { projectPlaces } from "../../components/lib/places.ts";
import type { Identity } from "./identity.mts";
import { block, nameTag } from "./kinds.mts";
import { firstOf, type Instance, ofType, text } from "./terraform-state.mts";

export type Settings = Readonly<Record<string, unknown>>;

/** The settings as a stack's file has them, under `config`. */
export const asConfig = (settings: Settings): Settings =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`dse:${key}`, value] as const),
  );

/** Differences that stay as they are in an adopted stack: what brings them would replace, delete or be refused. */
export const keptInAdopted = Object.entries(differences).flatMap(([id, { adoption }]) =>
  adoption === "in place" || adoption === "new resource" ? [] : [id],
);

/** What of the account decides more than the state does. */
export interface Seen {
  /** Names of people of the state whom the account has no more. */
  readonly gone: readonly string[];
  /** Names of members of the group of whom the state does not know. */
  readonly joined: readonly string[];
}

export function settingsOf(
  instances: readonly Instance[],
  identity: Identity,
  { gone, joined }: Seen = { gone: [], joined: [] },
): Settings {
  const { owner, project, environment, region, accountId } = identity;
  return {
    owner,
    project,
    environment,
    region,
    // The local AWS's: no setting may name it.
    ...(accountId !== localAccountId && { accountId }),
    ...identitySettings(instances),
    ...networkSettings(instances),
    ...jobSettings(instances),
    ...airflowSettings(instances, identity),
    ...peopleSettings(instances, identity, { gone, joined }),
    ...projectSettings(instances, identity),
  };
}

/** One that Terraform made, or the one that AWS makes itself. */
export function serviceRoleOf(environment: Instance): BatchServiceRole {
  return text(environment, "service_role").includes("/aws-service-role/")
    ? "serviceLinked"
    : "custom";
}

/** As the first role has them: an account that wants them wants them of all. */
function identitySettings(instances: readonly Instance[]): Settings {
  const roles = ofType(instances, "aws_iam_role");
  const [role] = roles;
  if (!role) return {};
  const path = text(role, "path");
  const boundary = text(role, "permissions_boundary");
  return {
    ...(path && path !== "/" && { iamPath: path }),
    ...(boundary && { permissionsBoundary: boundary }),
  };
}

function networkSettings(instances: readonly Instance[]): Settings {
  const subnets = [...ofType(instances, "aws_subnet")].sort((a, b) =>
    text(a, "availability_zone") < text(b, "availability_zone") ? -1 : 1,
  );
  const cidrs = (what: string) =>
    subnets
      .filter((subnet) => nameTag(subnet).includes(`-${what}-`))
      .map((subnet) => text(subnet, "cidr_block"));
  const nats = ofType(instances, "aws_nat_gateway");
  const addresses = new Set(ofType(instances, "aws_eip").map((eip) => text(eip, "id")));
  const foreign = nats.map((nat) => text(nat, "allocation_id")).filter((id) => !addresses.has(id));
  const publicSubnetCidrs = cidrs("public");
  const zones = publicSubnetCidrs.length;
  return {
    vpcCidr: text(firstOf(instances, "aws_vpc"), "cidr_block"),
    publicSubnetCidrs,
    privateSubnetCidrs: cidrs("private"),
    natStrategy: nats.length === 0 ? "none" : nats.length < zones ? "single" : "perZone",
    ...(foreign.length > 0 && { natElasticIps: foreign }),
  };
}

interface Container {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly resourceRequirements?: readonly { readonly type: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}

function jobSettings(instances: readonly Instance[]): Settings {
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
    batchEgressPorts: rules
      .filter(({ protocol }) => protocol === "tcp")
      .map(({ from_port }) => from_port)
      .sort((a, b) => a - b),
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

function airflowSettings(instances: readonly Instance[], { prefix }: Identity): Settings {
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

function peopleSettings(
  instances: readonly Instance[],
  { environment, prefix }: Identity,
  { gone, joined }: Seen,
): Settings {
  const users = ofType(instances, "aws_iam_user")
    .map((user) => text(user, "name"))
    .filter((name) => name !== `${prefix}-cd-bot`);
  const membership = ofType(instances, "aws_iam_group_membership")[0];
  const members = (membership?.attributes["users"] ?? []) as readonly string[];
  const group = text(firstOf(instances, "aws_iam_group"), "name");
  const people = [...new Set([...members, ...users, ...joined])].filter(
    (name) => !gone.includes(name),
  );
  return {
    people: people.sort(),
    // Another state of the account has the users, where this one knows members alone.
    createPeople: users.length > 0,
    ...(group.endsWith(`-${environment}`) && {
      groupName: group.slice(0, -environment.length - 1),
    }),
  };
}

function projectSettings(
  instances: readonly Instance[],
  { environment, region }: Identity,
): Settings {
  const suffix = `-${environment}-s3-policy`;
  const attached = ofType(instances, "aws_iam_group_policy_attachment").map((attachment) =>
    text(attachment, "policy_arn"),
  );
  const projects = ofType(instances, "aws_s3_bucket").flatMap((bucket) => {
    const { Owner: owner = "", Project: id = "" } = (bucket.attributes["tags"] ?? {}) as {
      Owner?: string;
      Project?: string;
    };
    if (text(bucket, "bucket") !== `${owner}-${id}-${environment}-${region}`) return [];
    const granted = attached.some((arn) => arn.endsWith(`/${owner}-${id}${suffix}`));
    return [{ id, owner, granted }];
  });
  const [first] = projects;
  // Those that people are granted come first: the group has no place for all.
  const ordered = [...projects].sort((a, b) => Number(b.granted) - Number(a.granted));
  return {
    projects: ordered.map(({ id }) => id),
    projectGrant: ordered.length > projectPlaces ? "first" : "each",
    ...(first && { projectOwner: first.owner }),
  };
}
