// What adopting would do: tried in a workspace of its own, of which neither stack nor account hears.
import { relative } from "node:path";
import { clone } from "../lib/pulumi.mts";
import { say } from "../lib/progress.mts";
import type { AirflowFiles } from "./airflow-files.mts";
import { compose, settle } from "./compose.mts";
import {
  type Exported,
  keeping,
  nameOf,
  type Resource,
  resourcesOf,
  withResources,
} from "./deployment.mts";
import type { Identity } from "./identity.mts";
import { type Match, Matcher } from "./match.mts";
import { type Outcome, outcomeOf, refuseLosses } from "./outcome.mts";
import { keptInAdopted, nobody, type Seen, type Settings, settingsOf } from "./settings.mts";
import { type Instance, text } from "./terraform-state.mts";
import type { Finding } from "./waivers.mts";
import type { Refreshed, Workspace } from "./workspace.mts";

export interface Plan extends Outcome {
  readonly settings: Settings;
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
  const { workspace, instances } = args;
  const empty = await workspace.export();
  let seen = nobody;
  let look = await lookAt(args, empty, seen);
  const people = peopleSeen(instances, look);
  if (people.gone.length + people.joined.length > 0) {
    seen = people;
    say("People came or went by hand: looking again, with those whom the account has …");
    look = await lookAt(args, empty, seen);
  }
  const resources = settle(keeping(resourcesOf(look.refreshed.state)), look.planned);
  await workspace.import(withResources(look.refreshed.state, resources));
  say("Previewing what the program changes of it …");
  const { steps, findings } = await workspace.preview(args.packConfig);
  refuseLosses(steps);
  const { settings, matches, refreshed } = look;
  return {
    ...outcomeOf({ instances, matches, unread: refreshed.unread, resources, steps }),
    settings,
    notes: [...notesOf(seen), ...optionNotes(settings), ...args.airflow.notes],
    resources,
    findings,
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

/** They may have secrets in them, which belong into no file. */
const optionNotes = ({ airflowOptions = {} }: Settings): string[] =>
  Object.keys(airflowOptions as object).map(
    (option) => `dse:airflowOptions has ${option} from Airflow: see that it is no secret`,
  );

const notesOf = ({ gone, joined }: Seen): string[] => [
  ...gone.map((name) => `${name} is in the state and not in the account: left out of dse:people`),
  ...joined.map((name) => `${name} is in the group and not in the state: put into dse:people`),
];
