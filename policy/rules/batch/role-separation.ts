import { z } from "zod";
import { covers, type Statement } from "../../lib/document.ts";
import { allows, grantsOf, resourcesOf, rolesOf } from "../../lib/grants.ts";
import { type Finding, stackRule } from "../../lib/rule.ts";
import { tasksOf } from "../../lib/tasks.ts";
import { batch } from "../../lib/types.ts";

/** What reads or changes data in a bucket; the wildcards of a statement cover one of these, or no data. */
const dataActions = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"];
const secretActions = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"];

export const roleSeparation = stackRule({
  name: "batch-role-separation",
  description:
    "A job runs as a role of its own, which reaches the jobs' buckets alone and no secrets.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-6"], checkov: ["CKV_AWS_249"] },
  remediationSteps:
    "Give the job a jobRoleArn other than its executionRoleArn, and grant it the jobs' buckets by name. Secrets come from the execution role, through secrets of the job definition.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
  settings: {
    buckets: z
      .array(z.string().min(1))
      .default(["*-scratch"])
      .describe("Names of the buckets that jobs may reach, `*` in them any characters."),
  },
  types: [batch.JobDefinition],
  *check(definition, { stack, settings }) {
    for (const { jobRole, executionRole } of tasksOf(definition)) {
      if (!jobRole) continue;
      if (jobRole === executionRole)
        yield {
          wrong:
            "its jobs run as their execution role, and so may read all that it starts them with",
          write: "a jobRoleArn of its own",
          detail: "same role",
        };
      for (const role of rolesOf(stack, jobRole)) {
        const { statements, elsewhere } = grantsOf(stack, role);
        for (const arn of elsewhere)
          yield {
            wrong: `its job role ${role.name} has ${arn}, of which this stack cannot tell what it grants`,
            write: "a policy of the stack that names what jobs need",
            detail: arn,
          };
        yield* secrets(statements, role.name);
        yield* buckets(statements, role.name, settings.buckets);
      }
    }
  },
});

function* secrets(statements: readonly Statement[], role: string): Iterable<Finding> {
  for (const action of secretActions)
    if (statements.some((statement) => allows(statement, action)))
      yield {
        wrong: `its job role ${role} is allowed ${action}`,
        write: "the secret in secrets of the job definition, which the execution role reads",
        detail: action,
      };
}

function* buckets(
  statements: readonly Statement[],
  role: string,
  expected: readonly string[],
): Iterable<Finding> {
  const reached = statements
    .filter((statement) => dataActions.some((action) => allows(statement, action)))
    .flatMap(resourcesOf)
    .map((arn) => arn.replace(/^arn:[^:]*:s3:[^:]*:[^:]*:/, "").split("/")[0] ?? "");
  for (const bucket of new Set(reached))
    if (!expected.some((pattern) => covers(pattern, bucket)))
      yield {
        wrong: `its job role ${role} reaches ${bucket === "*" ? "every bucket" : `the bucket ${bucket}`}`,
        write: `buckets among ${expected.join(", ") || "none"}`,
        detail: bucket,
      };
}
