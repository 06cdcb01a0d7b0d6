import { stackRule } from "../../lib/rule.ts";
import { batch } from "../../lib/types.ts";

export const spotRetries = stackRule({
  name: "batch-spot-retries",
  description: "Where jobs run on Spot, which takes capacity back, they are tried again.",
  severity: "low",
  enforcementLevel: "advisory",
  controls: { nist: ["CP-10"] },
  remediationSteps: "Give the job definition a retryStrategy of two attempts or more.",
  url: "https://docs.aws.amazon.com/batch/latest/userguide/fargate.html",
  types: [batch.JobDefinition],
  *check({ props }, { stack }) {
    const onSpot = stack
      .of(batch.ComputeEnvironment)
      .some((environment) => environment.props.computeResources?.type === "FARGATE_SPOT");
    if (onSpot && (props.retryStrategy?.attempts ?? 1) < 2)
      yield {
        wrong: "its jobs may run on Spot, and are tried once",
        write: "retryStrategy.attempts of 2 or more",
      };
  },
});
