// Terraform states as other teams would have them, written from the reference's.
import type { Attributes, TerraformState } from "./terraform-state.mts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** All strings of a value, keys left alone, as `change` makes them. */
function mapText<T>(value: T, change: (text: string, key: string) => string, key = ""): T {
  const map = (json: Json, at: string): Json => {
    if (typeof json === "string") return change(json, at);
    if (Array.isArray(json)) return json.map((item) => map(item, at));
    if (json === null || typeof json !== "object") return json;
    return Object.fromEntries(Object.entries(json).map(([name, item]) => [name, map(item, name)]));
  };
  return map(value as Json, key) as T;
}

export interface Other {
  readonly owner: string;
  readonly project: string;
  readonly environment: string;
  readonly projectOwner: string;
  readonly region: string;
  readonly projects: number;
  readonly people: number;
}

const named = (what: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${what}-${String(i + 1).padStart(2, "0")}`);

/** The state of a platform of other names, in another region, with other numbers of projects and people. */
export function otherState(state: TerraformState, other: Other): TerraformState {
  const { owner, project, environment, projectOwner, region } = other;
  const tags: Record<string, Record<string, string>> = {
    Owner: { dse: owner, aae: projectOwner },
    Project: { infra: project },
    Environment: { dev: environment },
  };
  const renamed = mapText(state, (text, key) =>
    (tags[key]?.[text] ?? text)
      .replaceAll("dse-infra-dev", `${owner}-${project}-${environment}`)
      .replaceAll("odi-advanced-analytics-dev", `odi-advanced-analytics-${environment}`)
      .replaceAll(/\baae-(\w+)-dev\b/g, `${projectOwner}-$1-${environment}`)
      .replaceAll("us-west-2", region),
  );
  const larger = withPeople(
    withProjects(renamed, named("study", other.projects)),
    named("person", other.people),
  );
  return asLater(larger);
}

/** With the path that the reference's emulator has lost, and the egress of jobs that was opened later. */
function asLater(state: TerraformState): TerraformState {
  for (const { type, instances } of state.resources)
    for (const { attributes } of instances) {
      if (type === "aws_mwaa_environment") attributes.requirements_s3_path = "requirements.txt";
      if (type === "aws_security_group")
        attributes.egress = attributes.egress.map((rule) => ({
          ...rule,
          protocol: "-1",
          from_port: 0,
          to_port: 0,
        }));
    }
  return state;
}

/** Each project of the list in place of the reference's; AWS lets Terraform attach the policies of eight. */
function withProjects(state: TerraformState, ids: readonly string[]): TerraformState {
  const templates = ["dsa_project", "s3_dsa_project_policy", "aae_dsa_project"];
  return {
    ...state,
    resources: state.resources.map((resource) => {
      if (resource.mode !== "managed" || !templates.includes(resource.name)) return resource;
      const [template] = resource.instances;
      if (!template) return resource;
      const places = resource.type === "aws_iam_group_policy_attachment" ? ids.slice(0, 8) : ids;
      const instances = places.map((id) => ({
        ...mapText(template, (text) => text.replaceAll("bppe", id)),
        index_key: id,
      }));
      return { ...resource, instances };
    }),
  };
}

function withPeople(state: TerraformState, names: readonly string[]): TerraformState {
  const isPerson = (name: string) => /^analyst_/.test(name);
  const template = state.resources.find(({ name }) => isPerson(name));
  const people = template
    ? names.map((name) => ({
        ...mapText(template, (text) => text.replaceAll("analyst-1", name)),
        name: name.replace("-", "_"),
      }))
    : [];
  const resources = state.resources.flatMap((resource) => {
    if (isPerson(resource.name)) return resource === template ? people : [];
    if (resource.type !== "aws_iam_group_membership") return [resource];
    const instances = resource.instances.map((instance) => ({
      ...instance,
      attributes: { ...instance.attributes, users: [...names] },
    }));
    return [{ ...resource, instances }];
  });
  return { ...state, resources };
}

/** What `terraform show -json` prints of the state, of which half is in a module. */
export function asShown({ resources }: TerraformState): unknown {
  const shown = resources.flatMap(({ mode, type, name, instances }) =>
    instances.map(({ attributes, index_key }) => ({
      address: `${type}.${name}${index_key === undefined ? "" : `[${JSON.stringify(index_key)}]`}`,
      mode,
      type,
      name,
      values: attributes,
    })),
  );
  const inModule = shown
    .filter((_, i) => i % 2 === 0)
    .map((one) => ({ ...one, address: `module.all.${one.address}` }));
  return {
    format_version: "1.0",
    terraform_version: "1.11.4",
    values: {
      root_module: {
        resources: shown.filter((_, i) => i % 2 === 1),
        child_modules: [{ address: "module.all", resources: inModule }],
      },
    },
  };
}

/** A resource as Terraform would have made it besides. */
export function besides(
  type: string,
  attributes: Partial<Attributes>,
): TerraformState["resources"][number] {
  return {
    mode: "managed",
    type,
    name: "other",
    instances: [{ attributes: attributes as Attributes }],
  };
}
