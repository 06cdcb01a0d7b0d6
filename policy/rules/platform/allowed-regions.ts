import { z } from "zod";
import { isOf } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { anyAws, Provider } from "../../lib/types.ts";

export const allowedRegions = resourceRule({
  name: "allowed-regions",
  description: "Nothing is made outside the regions in which the team may keep data.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["SA-9(5)"] },
  remediationSteps: "Set region of the provider, and leave it out of the resource.",
  url: "https://www.pulumi.com/registry/packages/aws/installation-configuration/",
  settings: {
    regions: z
      .array(z.string())
      .min(1)
      .default(["us-west-2"])
      .describe("Regions in which resources may be."),
  },
  types: [Provider, anyAws],
  *check(resource, { settings: { regions } }) {
    const { region } = resource.props;
    const write = `region: "${regions.join('" or "')}"`;
    if (region ? !regions.includes(region) : isOf(resource, Provider))
      yield { wrong: region ? `its region is ${region}` : "its region is the shell's", write };
  },
});
