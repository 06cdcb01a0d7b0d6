// What adopting would do: tried in a workspace of its own, of which neither stack nor account hears.
import { relative } from "node:path";
import type { DifferenceId } from "../../components/lib/differences.ts";
import { refused } from "../lib/errors.mts";
import { clone } from "../lib/pulumi.mts";
import { say } from "../lib/progress.mts";
import type { AirflowFiles } from "./airflow-files.mts";
import { causesOf } from "./causes.mts";
import { compose, settle } from "./compose.mts";
import {
  type Exported,
  isReal,
  keeping,
  nameOf,
  type Resource,
  resourcesOf,
  withResources,
} from "./deployment.mts";
import { kinds } from "./kinds.mts";
import { type Match, Matcher } from "./match.mts";
import type { Identity } from "./identity.mts";
import { keptInAdopted, type Seen, type Settings, settingsOf } from "./settings.mts";
import { type Instance, text } from "./terraform-state.mts";
import type { Finding } from "./waivers.mts";
import type { Preview, Refreshed, Step, Workspace } from "./workspace.mts";

/** A resource of Terraform's, or one that the account has and Terraform's state has not, which the stack takes over. */
export interface Adopted {
  readonly terraform: string | undefined;
  readonly urn: string;
  readonly id: string;
}

export interface Left {
  readonly terraform: string;
  readonly reason: string;
}

export interface Created {
  readonly urn: string;
  readonly causes: readonly DifferenceId[];
  /** Where Terraform's state has what the account has no more. */
  readonly missing: string | undefined;
}

export interface Changed {
  readonly urn: string;
  readonly properties: readonly {
    readonly name: string;
    readonly causes: readonly DifferenceId[];
  }[];
}

export interface Plan {
  readonly settings: Settings;
  readonly adopted: readonly Adopted[];
  readonly left: readonly Left[];
  readonly created: readonly Created[];
  readonly changed: readonly Changed[];
  /** What people changed by hand, and what became of it. */
  readonly notes: readonly string[];
  /** The stack's resources once they are adopted. */
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
}

interface Arguments {
  readonly workspace: Workspace;
  readonly instances: readonly Instance[];
  readonly identity: Identity;
  /** Of the stack; the state's are over them. */
  readonly config: Settings;
  /** What the policy pack is told of the stack. */
  readonly packConfig: string;
  /** What Airflow gets besides DAGs. */
  readonly airflow: AirflowFiles;
}

/** A look at the account, with the people as `seen`. */
interface Look {
  readonly settings: Settings;
  readonly planned: readonly Resource[];
  readonly matches: readonly Match[];
  readonly refreshed: Refreshed;
}

export async function planAdoption(args: Arguments): Promise<Plan> {
  const empty = await args.workspace.export();
  let seen: Seen = { gone: [], joined: [] };
  let look = await lookAt(args, empty, seen);
  const people = peopleSeen(args.instances, look);
  if (people.gone.length + people.joined.length > 0) {
    seen = people;
    say("People came or went by hand: looking again, with those whom the account has …");
    look = await lookAt(args, empty, seen);
  }
  const resources = settle(keeping(resourcesOf(look.refreshed.state)), look.planned);
  await args.workspace.import(withResources(look.refreshed.state, resources));
  say("Previewing what the program changes of it …");
  const preview = await args.workspace.preview(args.packConfig);
  refuseLosses(preview);
  return {
    ...summary(args.instances, look, resources, preview),
    notes: [...notesOf(seen), ...args.airflow.notes],
  };
}

async function lookAt(
  { workspace, instances, identity, config, airflow }: Arguments,
  empty: Exported,
  seen: Seen,
): Promise<Look> {
  const settings = {
    ...settingsOf(instances, identity, seen),
    airflowFiles: airflow.folder ? relative(clone, airflow.folder) : "",
    keepReference: kept(config["keepReference"]),
  };
  workspace.configure({ ...config, ...settings });
  await workspace.import(empty);
  say("Asking the program what it would make …");
  const planned = await workspace.wanted();
  const matches = new Matcher(planned, instances).matches();
  await workspace.import(withResources(empty, compose(planned, matches)));
  say("Reading what the account has of it …");
  const refreshed = await workspace.refresh();
  return { settings, planned, matches, refreshed };
}

/** What the stack keeps of the reference already, and what an adopted stack keeps in any case. */
function kept(of: unknown): readonly unknown[] {
  const own = Array.isArray(of) ? (of as unknown[]) : [];
  return own.includes("all") ? ["all"] : [...new Set([...own, ...keptInAdopted])];
}

/** Whom of the state's people the account has no more, and who is in their group besides. */
function peopleSeen(instances: readonly Instance[], { matches, refreshed }: Look): Seen {
  const found = new Map(resourcesOf(refreshed.state).map((one) => [one.urn, one]));
  const ofType = (type: string) => matches.filter(({ wanted }) => wanted.type === type);
  const known = instances
    .filter(({ type }) => type === "aws_iam_user")
    .map((user) => text(user, "name"));
  const gone = ofType("aws:iam/user:User").flatMap(({ wanted, instance }) =>
    instance && nameOf(wanted.urn).startsWith("people-") && !found.has(wanted.urn)
      ? [text(instance, "name")]
      : [],
  );
  const joined = ofType("aws:iam/groupMembership:GroupMembership").flatMap(
    ({ wanted, instance }) => {
      const before = (instance?.attributes["users"] ?? []) as readonly string[];
      const now = (found.get(wanted.urn)?.outputs?.["users"] ?? []) as readonly string[];
      return instance ? now.filter((name) => !before.includes(name) && !known.includes(name)) : [];
    },
  );
  return { gone, joined };
}

const notesOf = ({ gone, joined }: Seen): string[] => [
  ...gone.map((name) => `${name} is in the state and not in the account: left out of dse:people`),
  ...joined.map((name) => `${name} is in the group and not in the state: put into dse:people`),
];

const losses = /replace|delete/;

/** An adoption after which the next deployment would replace or delete anything is none. */
function refuseLosses({ steps }: Preview): void {
  const lost = steps.filter(({ op }) => losses.test(op));
  if (lost.length === 0) return;
  const lines = [...new Set(lost.map(({ urn }) => urn))].map((urn) => {
    const properties = lost.flatMap((step) => (step.urn === urn ? (step.keys ?? []) : []));
    return `  ${shown(urn)}${properties.length ? `: ${[...new Set(properties)].join(", ")}` : ""}`;
  });
  throw refused(
    `the program would replace or delete what stands there, so nothing is adopted. Settings that keep it (docs/settings.md) go into the stack's file:\n${lines.join("\n")}`,
  );
}

/** `aws:s3/bucket:Bucket scratch`, as people call a resource. */
export function shown(urn: string): string {
  const [, , types = ""] = urn.split("::");
  return `${types.split("$").at(-1) ?? ""} ${nameOf(urn)}`;
}

function summary(
  instances: readonly Instance[],
  { settings, matches, refreshed }: Look,
  resources: readonly Resource[],
  { steps, findings }: Preview,
): Omit<Plan, "notes"> {
  const has = new Set(resources.map(({ urn }) => urn));
  const byInstance = new Map(matches.map((match) => [match.instance, match]));
  const byUrn = new Map(matches.map((match) => [match.wanted.urn, match]));
  const left = instances.flatMap((instance): Left[] => {
    const match = byInstance.get(instance);
    if (match && has.has(match.wanted.urn)) return [];
    const reason = !match
      ? whyUnmatched(instance)
      : (refreshed.unread.get(match.wanted.urn) ?? "the account does not have it any more");
    return [{ terraform: instance.address, reason }];
  });
  const adopted = resources.filter(isReal).map(({ urn, id = "" }) => ({
    terraform: byUrn.get(urn)?.instance?.address,
    urn,
    id,
  }));
  const created = steps
    .filter((step) => step.op === "create" && isRealStep(step))
    .map(({ urn }) => ({
      urn,
      causes: causesOf({ type: typeOf(urn), name: nameOf(urn) }),
      missing: byUrn.get(urn)?.instance?.address,
    }));
  const changed = steps
    .filter((step) => step.op === "update" && isRealStep(step))
    .map((step) => ({ urn: step.urn, properties: changesOf(step) }));
  return { settings, adopted, left, created, changed, resources, findings };
}

const isRealStep = ({ urn, new: wanted }: Step): boolean =>
  wanted?.custom === true && !typeOf(urn).startsWith("pulumi:providers:");

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

function whyUnmatched({ type }: Instance): string {
  const known = Object.values(kinds).some(({ terraform }) => terraform === type);
  return known
    ? "the program makes none of this name or place"
    : `the program makes no ${type}: it stays Terraform's`;
}

/** Properties of the arguments: what AWS makes of them follows. */
function changesOf({ urn, detailedDiff, old, new: wanted }: Step): Changed["properties"] {
  const paths = Object.keys(detailedDiff ?? {}).map((path) => /^[^.[]+/.exec(path)?.[0] ?? path);
  const inputs = { ...old?.inputs, ...wanted?.inputs };
  const names = [...new Set(paths)].filter((name) => name in inputs && name !== "tagsAll");
  const changes = names.length > 0 ? names : [...new Set(paths)];
  return changes.sort().map((name) => ({
    name,
    causes: causesOf({ type: typeOf(urn), name: nameOf(urn), property: name }),
  }));
}
