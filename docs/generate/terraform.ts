import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UNKNOWN as UNKNOWN_TO_ENGINE } from "../../operations/adopt/deployment.mts";
import { Matcher } from "../../operations/adopt/match.mts";
import { parseState } from "../../operations/adopt/terraform-state.mts";
import { type Recording, UNKNOWN } from "../../test/support/mocks.ts";
import { code, table } from "./markdown.ts";
import type { Runs } from "./runs.ts";

const STATE = join(import.meta.dirname, "../../test/reference/dev.tfstate");

/** Names of the program's resources by Terraform's address; empty for what nothing of the program is. */
export function terraformResources(adopted: Recording): Map<string, string> {
  const planned = adopted.resources.map(({ urn, type, custom, inputs, propertyDependencies }) => ({
    urn,
    type,
    custom,
    inputs: asPreviewed(inputs),
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([name, urns]) => [name, [...urns]]),
    ),
  }));
  const instances = parseState(readFileSync(STATE, "utf8"), STATE);
  const found = new Map(instances.map(({ address }) => [address, ""]));
  for (const { instance, wanted } of new Matcher(planned, instances).matches())
    if (instance) found.set(instance.address, wanted.urn);
  return found;
}

const asPreviewed = (inputs: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(inputs).replaceAll(UNKNOWN, UNKNOWN_TO_ENGINE)) as Record<
    string,
    unknown
  >;

export function terraformPage(runs: Runs): string {
  const found = terraformResources(runs.adopted);
  const groups = Map.groupBy(found, ([address]) => address.replace(/\[.*\]$/, ""));
  const rows = [...groups].map(([address, members]) => {
    const urns = members.map(([, urn]) => urn);
    const [type = ""] = urns.map((urn) => urn.split("::")[2]?.split("$").at(-1) ?? "");
    const [component = ""] = urns.map((urn) => urn.split("$")[0]?.split(":").at(-1) ?? "");
    const names = urns.map((urn) => code(urn.split("::").slice(3).join("::")));
    return [
      code(address),
      String(members.length),
      component,
      code(type.replace(/\/\w+:/, ":")),
      names.join(", "),
    ];
  });
  return `# Where each of Terraform's resources went

<!-- Generated from test/reference/dev.tfstate and the program by \`make docs\`. -->

The ${found.size} resources of the Terraform state of dev, and what each is in a stack that has taken them over, by
[\`platform adopt\`](adopt.md)'s own rules. [from-terraform.md](from-terraform.md) says the rest. In a stack that is made anew the
bot's two policies are attached to a group of its own, which is the difference \`bot-group\`; and with the settings of
\`Pulumi.dev.yaml\` there is one NAT gateway with one address.

${table(["in Terraform", "how many", "component", "type", "name in the stack"], rows)}
`;
}
