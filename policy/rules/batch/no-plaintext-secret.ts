import { resourceRule } from "../../lib/rule.ts";
import { secretIn } from "../../lib/secrets.ts";
import { containersOf } from "../../lib/tasks.ts";
import { batch } from "../../lib/types.ts";

export const noPlaintextSecret = resourceRule({
  name: "batch-no-plaintext-secret",
  description: "No job definition holds a secret: everybody who may describe it reads it.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { fsbp: ["ECS.8"], nist: ["IA-5(7)"], nag: ["AwsSolutions-ECS2"] },
  remediationSteps:
    "Keep the value in Secrets Manager, name it under secrets of the container, and change it: what stood here is known.",
  url: "https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data.html",
  types: [batch.JobDefinition],
  *check(definition) {
    const containers = containersOf(definition);
    const values = [
      ...containers.flatMap(({ environment }) =>
        (environment ?? []).map(({ name, value = "" }) => ["the variable", name, value] as const),
      ),
      ...Object.entries(definition.props.parameters ?? {}).map(
        ([name, value]) => ["the parameter", name, value] as const,
      ),
      // A part of a command has no name; what stands before its `=`, or before it, may be one.
      ...containers.flatMap(({ command }) =>
        (command ?? []).map((part, i, all) => {
          const [, name = all[i - 1] ?? "", value = part] = /^(-[^=\s]+)=(.*)$/s.exec(part) ?? [];
          return ["the command's", /^-/.test(name) ? name : "", value] as const;
        }),
      ),
    ];
    for (const [where, name, value] of values) {
      const secret = secretIn(name, value);
      if (secret)
        yield {
          wrong: `${name ? `${where} ${name}` : "its command"} holds ${secret}`,
          write: "it under secrets, from Secrets Manager",
          detail: name || "command",
        };
    }
  },
});
