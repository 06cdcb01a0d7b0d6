import { z } from "zod";
import { isOf, type Resource } from "../../lib/resource.ts";
import { stackRule } from "../../lib/rule.ts";
import { batch, ec2, mwaa } from "../../lib/types.ts";
import { known } from "../../lib/unknown.ts";

/** By price. https://docs.aws.amazon.com/mwaa/latest/userguide/environment-class.html */
const classes = [
  "mw1.micro",
  "mw1.small",
  "mw1.medium",
  "mw1.large",
  "mw1.xlarge",
  "mw1.2xlarge",
] as const;

export const costCeiling = stackRule({
  name: "cost-ceiling",
  description: "Jobs, NAT gateways and Airflow cannot grow beyond what the environment may cost.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: {},
  remediationSteps:
    "Make it smaller; or let who answers for the budget raise the environment's limit.",
  url: "https://docs.aws.amazon.com/wellarchitected/latest/cost-optimization-pillar/welcome.html",
  settings: {
    // No limits of AWS: what production is trusted with until it says otherwise.
    maxVcpus: z.int().min(1).default(256).describe("vCPUs of all compute environments."),
    natGateways: z.int().min(0).default(3).describe("NAT gateways."),
    mwaaClass: z.enum(classes).default("mw1.large").describe("Largest class of Airflow."),
    mwaaWorkers: z.int().min(1).default(25).describe("Workers of an Airflow environment."),
  },
  types: [batch.ComputeEnvironment, ec2.NatGateway, mwaa.Environment],
  *check(resource, { stack, settings }) {
    if (isOf(resource, batch.ComputeEnvironment)) {
      const all = upTo(resource, stack.of(batch.ComputeEnvironment));
      const vcpus = all.reduce(
        (sum, { props }) => sum + (props.computeResources?.maxVcpus ?? 0),
        0,
      );
      if (vcpus > settings.maxVcpus)
        yield {
          wrong: `with it jobs may use ${vcpus} vCPUs`,
          write: `maxVcpus that come to ${settings.maxVcpus} at most`,
        };
    } else if (isOf(resource, ec2.NatGateway)) {
      const { length } = upTo(resource, stack.of(ec2.NatGateway));
      if (length > settings.natGateways)
        yield {
          wrong: `it is NAT gateway number ${length}`,
          write: `${settings.natGateways} at most`,
        };
    } else {
      // AWS's defaults, which a preview does not know:
      // https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
      const environmentClass = known(() => resource.props.environmentClass) ?? "mw1.small";
      const maxWorkers = known(() => resource.props.maxWorkers) ?? 10;
      // A class that is not in the list is newer, and may cost anything.
      const size = classes.findIndex((name) => name === environmentClass);
      if (size < 0 || size > classes.indexOf(settings.mwaaClass))
        yield {
          wrong: `its class is ${environmentClass}`,
          write: `environmentClass: "${settings.mwaaClass}" or smaller`,
          detail: "class",
        };
      if (maxWorkers > settings.mwaaWorkers)
        yield {
          wrong: `it may run ${maxWorkers} workers`,
          write: `maxWorkers: ${settings.mwaaWorkers} or fewer`,
          detail: "workers",
        };
    }
  },
});

/** The resource and those before it, so that a limit is passed by those alone that come after it. */
const upTo = <Args>(
  resource: Resource,
  all: readonly Resource<Args>[],
): readonly Resource<Args>[] => all.filter(({ urn }) => urn <= resource.urn);
