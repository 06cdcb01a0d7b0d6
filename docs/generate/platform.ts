// The platform by its components, from what the program makes and what that depends on.
import type { Recorded, Recording } from "../../test/support/mocks.ts";
import { type Edge, node, render } from "./graph.ts";
import type { Runs } from "./runs.ts";

/** Title and purpose of each component by its token. */
const parts: Readonly<Record<string, readonly [string, string]>> = {
  "dse:platform:Vpc": ["Network", "VPC, subnets, NAT, flow logs"],
  "dse:platform:Registry": ["ECR", "repository of job images"],
  "dse:platform:Batch": ["AWS Batch", "queue and jobs on Fargate"],
  "dse:platform:Mwaa": ["Managed Airflow", "environment, bucket of DAGs"],
  "dse:platform:People": ["People", "users, group"],
  "dse:platform:Bot": ["Bot", "user of GitHub Actions"],
  "dse:platform:GithubRoles": ["GitHub roles", "OIDC, if set"],
  "dse:platform:Alarms": ["Alarms", "topic, budget, if set"],
  "dse:platform:DataKey": ["KMS key", "of buckets and logs"],
};

const buckets: Readonly<Record<string, readonly [string, string]>> = {
  scratch: ["Scratch bucket", "files between jobs and DAGs"],
  "access-logs": ["Access logs", "of all buckets"],
  project: ["Project buckets", "one for each project"],
};

/** What most others stand on; its arrows are drawn light, to leave the others to be seen. */
const beneath = new Set(["data-key", "access-logs"]);

/**
 * An arrow goes from what depends to what it depends on; a dashed one from who is granted something to what it is. For a
 * grant, the resource graph has the attachment, which belongs to what is granted and depends on who gets it.
 */
export function platformPicture({ full }: Runs): Promise<string> {
  const groups = Map.groupBy(
    full.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:")),
    (resource) => groupOf(resource, full),
  );
  const nodes = [...groups].map(([group, resources]) => {
    const [title, what] = titleOf(group, full);
    return node(group, title, what, `${resources.length} resources`);
  });
  const edges = [...groups.values()]
    .flat()
    .flatMap((resource) =>
      resource.dependencies
        .map((urn) => edgeOf(resource, full.byUrn(urn), full))
        .filter(({ from, to }) => from !== to && groups.has(from) && groups.has(to)),
    );
  return render("platform", nodes, edges);
}

function edgeOf(resource: Recorded, dependency: Recorded, run: Recording): Edge {
  const [from, to] = [groupOf(resource, run), groupOf(dependency, run)];
  const isGrant = /Attachment$/.test(resource.type) && /:(Role|Group|User)$/.test(dependency.type);
  if (isGrant) return { from: to, to: from, style: 'style=dashed, color="#2f855a"' };
  return { from, to, style: beneath.has(to) ? 'color="#d5dbe5"' : "" };
}

/** The name of the component under the stack that a resource is part of; of the projects' buckets, one for all. */
function groupOf(resource: Recorded, run: Recording): string {
  let at = resource;
  while (at.parent !== undefined) {
    const parent = run.byUrn(at.parent);
    if (parent.type === "pulumi:pulumi:Stack") break;
    at = parent;
  }
  return at.name.replace(/^project-.*/, "project");
}

function titleOf(group: string, run: Recording): readonly [string, string] {
  const component = run.resources.find(({ name, custom }) => name === group && !custom);
  const title = buckets[group] ?? parts[component?.type ?? ""];
  if (!title) throw new Error(`docs/generate/platform.ts has no title for ${group}`);
  return title;
}
