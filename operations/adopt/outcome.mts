// What becomes of each resource of Terraform's, and what the next deployment does to those that are adopted.
import type { DifferenceId } from "../../components/lib/differences.ts";
import { refused } from "../lib/errors.mts";
import { causesOf } from "./causes.mts";
import { isReal, nameOf, type Resource } from "./deployment.mts";
import { kinds } from "./kinds.mts";
import type { Match } from "./match.mts";
import type { Instance } from "./terraform-state.mts";
import type { Step } from "./workspace.mts";

/** A resource of Terraform's, or one that the account has and Terraform's state has not, which the stack takes over. */
export interface Adopted {
  readonly terraform: string | undefined;
  readonly urn: string;
  readonly type: string;
  /** In the program. */
  readonly name: string;
  /** URN of the component that it is in. */
  readonly parent: string | undefined;
  readonly importId: string;
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

export interface Outcome {
  readonly adopted: readonly Adopted[];
  readonly left: readonly Left[];
  readonly created: readonly Created[];
  readonly changed: readonly Changed[];
}

interface Facts {
  readonly instances: readonly Instance[];
  readonly matches: readonly Match[];
  /** Why something could not be read, by its URN. */
  readonly unread: ReadonlyMap<string, string>;
  /** Of the stack, once they are adopted. */
  readonly resources: readonly Resource[];
  /** Of the next deployment. */
  readonly steps: readonly Step[];
}

export function outcomeOf({ instances, matches, unread, resources, steps }: Facts): Outcome {
  const has = new Set(resources.map(({ urn }) => urn));
  const byInstance = new Map(matches.map((match) => [match.instance, match]));
  const byUrn = new Map(matches.map((match) => [match.wanted.urn, match]));
  const left = instances.flatMap((instance): Left[] => {
    const match = byInstance.get(instance);
    if (match && has.has(match.wanted.urn)) return [];
    const reason = !match
      ? whyUnmatched(instance)
      : (unread.get(match.wanted.urn) ?? "the account does not have it any more");
    return [{ terraform: instance.address, reason }];
  });
  const adopted = resources.filter(isReal).map(({ urn, type, parent, id = "" }) => {
    const { instance, importId = id } = byUrn.get(urn) ?? {};
    return { terraform: instance?.address, urn, type, name: nameOf(urn), parent, importId };
  });
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
  return { adopted, left, created, changed };
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

const losses = /replace|delete/;

/** An adoption after which the next deployment would replace or delete anything is none. */
export function refuseLosses(steps: readonly Step[]): void {
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
