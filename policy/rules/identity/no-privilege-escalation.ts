import { credentialActions, isAbout, namesNothing, rightsActions } from "../../lib/actions.ts";
import { covers, isBinding, type Statement } from "../../lib/document.ts";
import { allowedBy, identityPolicyTypes } from "../../lib/identity.ts";
import { type Finding, resourceRule } from "../../lib/rule.ts";

export const noPrivilegeEscalation = resourceRule({
  name: "iam-no-privilege-escalation",
  description: "No policy lets its holder take further rights, or the place of anybody.",
  severity: "critical",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-6"], checkov: ["CKV_AWS_110", "CKV_AWS_286"] },
  remediationSteps:
    "Name the users, roles and policies that it is about; for oneself, credentials alone, by ${aws:username}. Bind iam:PassRole by iam:PassedToService.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
  types: identityPolicyTypes,
  *check(resource) {
    for (const statement of allowedBy(resource)) {
      yield* onAnybody(statement);
      yield* onOneself(statement);
      yield* passedToAnyService(statement);
    }
  },
});

const allowed = ({ actions }: Statement, among: readonly string[]): string[] =>
  among.filter((action) => actions.some((pattern) => covers(pattern, action)));

function* onAnybody(statement: Statement): Iterable<Finding> {
  for (const action of allowed(statement, [...rightsActions, ...credentialActions])) {
    const everybody = statement.resources.find((arn) => namesNothing(arn) && isAbout(action, arn));
    if (everybody !== undefined)
      yield {
        wrong: `it allows ${action} on ${everybody}`,
        write: "the ARNs that it is needed for",
        detail: action,
      };
  }
}

function* onOneself(statement: Statement): Iterable<Finding> {
  for (const action of allowed(statement, rightsActions)) {
    const self = statement.resources.find((arn) => isSelf.test(arn) && isAbout(action, arn));
    if (self !== undefined)
      yield {
        wrong: `it allows ${action} on oneself, ${self}`,
        write: "no right to change one's own rights",
        detail: action,
      };
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const isSelf = /\$\{aws:(username|userid)\}/i;

function* passedToAnyService(statement: Statement): Iterable<Finding> {
  const isBound = statement.conditions.some(
    (condition) => condition.key === "iam:passedtoservice" && isBinding(condition),
  );
  if (isBound || statement.resources.some(namesNothing)) return;
  for (const action of allowed(statement, ["iam:PassRole"]))
    yield {
      wrong: `it allows ${action} to any service`,
      write: "a condition StringEquals on iam:PassedToService",
      detail: action,
    };
}
