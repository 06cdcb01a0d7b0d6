import { isOf } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { batch } from "../../lib/types.ts";

export const onFargate = resourceRule({
  name: "batch-on-fargate",
  description:
    "Jobs run on Fargate: there are no hosts to patch, and every job is one that the rules read.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["CM-7", "SI-2"] },
  remediationSteps:
    "Make the compute environment FARGATE or FARGATE_SPOT, and the definition one of platform FARGATE with containerProperties or ecsProperties.",
  url: "https://docs.aws.amazon.com/batch/latest/userguide/fargate.html",
  types: [batch.ComputeEnvironment, batch.JobDefinition],
  *check(resource) {
    if (isOf(resource, batch.ComputeEnvironment)) {
      const type = resource.props.computeResources?.type;
      if (!type?.startsWith("FARGATE"))
        yield {
          wrong: `it runs jobs on ${type ?? "hosts that AWS does not manage"}`,
          write: "computeResources.type FARGATE or FARGATE_SPOT",
        };
      return;
    }
    const { platformCapabilities, containerProperties, ecsProperties } = resource.props;
    const capabilities = platformCapabilities ?? ["EC2"];
    if (capabilities.some((one) => one !== "FARGATE"))
      yield {
        wrong: `its jobs may run on ${capabilities.join(", ")}`,
        write: 'platformCapabilities: ["FARGATE"]',
        detail: "platformCapabilities",
      };
    if (!containerProperties && !ecsProperties)
      yield {
        wrong: "it has neither containerProperties nor ecsProperties",
        write: "one of them; nodes and EKS are not on Fargate here",
        detail: "properties",
      };
  },
});
