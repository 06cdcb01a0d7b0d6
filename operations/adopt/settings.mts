// The settings of a stack that is what a Terraform state describes.
import { localAccountId } from "../../components/lib/account.ts";
import { differences } from "../../components/lib/differences.ts";
import { projectPlaces } from "../../components/lib/places.ts";
import type { Identity } from "./identity.mts";
import { nameTag } from "./kinds.mts";
import { firstOf, type Instance, ofType, text } from "./terraform-state.mts";
import { airflowSettings, jobSettings } from "./workload-settings.mts";

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

/** The account as the state has it. */
export const nobody: Seen = { gone: [], joined: [] };

export function settingsOf(
  instances: readonly Instance[],
  identity: Identity,
  { gone, joined }: Seen = nobody,
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
