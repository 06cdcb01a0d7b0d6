import { parsed } from "./json.ts";

/** One statement of a policy document, however it was written: every list is a list, every value a text. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: string;
  /** As `*`, `AWS:arn:…`, `Service:ecs.amazonaws.com`; `{"AWS": "*"}` is `*` too, as it is for AWS. */
  readonly principals: readonly string[];
  readonly notPrincipals: readonly string[];
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface Condition {
  /** In lower case, as AWS does not tell them apart: `stringequals`. */
  readonly operator: string;
  /** In lower case: `aws:sourceaccount`. */
  readonly key: string;
  readonly values: readonly string[];
}

type Values = Record<string, unknown>;

/**
 * The statements of a policy document, an object or JSON. Throws where it is neither: no rule can judge it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function statementsOf(document: unknown): Statement[] {
  const { Statement: statements } = parsed(document) as Values;
  return list(statements).map((item) => {
    const statement = item as Values;
    return {
      sid: statement["Sid"] as string | undefined,
      effect: String(statement["Effect"]),
      principals: principals(statement["Principal"]),
      notPrincipals: principals(statement["NotPrincipal"]),
      actions: texts(statement["Action"]),
      notActions: texts(statement["NotAction"]),
      resources: texts(statement["Resource"]),
      notResources: texts(statement["NotResource"]),
      conditions: Object.entries((statement["Condition"] ?? {}) as Values).flatMap(
        ([operator, keys]) =>
          Object.entries(keys as Values).map(([key, values]) => ({
            operator: operator.toLowerCase(),
            key: key.toLowerCase(),
            values: texts(values),
          })),
      ),
    };
  });
}

/**
 * Whether a pattern with `*` and `?` covers a text. Actions are matched without regard to case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function covers(pattern: string, text: string): boolean {
  // Most have no wildcard, and an expression for each took a fifth of the pack's time.
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === text.toLowerCase();
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is").test(text);
}

/** Keys of a condition that bind a request to an owner, so that `*` does not mean anyone. */
const identityKeys = [
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "kms:calleraccount",
];

/**
 * Whether the statement allows anyone in the world what it is about: as S3 decides whether a policy is public.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function isPublic({ effect, principals, notPrincipals, conditions }: Statement): boolean {
  const anyone = principals.includes("*") || notPrincipals.length > 0;
  return effect === "Allow" && anyone && !conditions.some(bindsIdentity);
}

const bindsIdentity = (condition: Condition): boolean =>
  identityKeys.includes(condition.key) && isBinding(condition);

/**
 * Whether the condition holds for certain values of its key alone. A value that begins with a wildcard binds no one,
 * and neither does an operator that a request without the key passes.
 */
export function isBinding({ operator, values }: Condition): boolean {
  return (
    /^(foranyvalue:)?(string|arn)(equals|like)/.test(operator) &&
    !operator.endsWith("ifexists") &&
    values.every((value) => !/^\*|^$/.test(value))
  );
}

function principals(value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [value];
  return Object.entries(value as Values).flatMap(([kind, ids]) =>
    texts(ids).map((id) => (id === "*" ? id : `${kind}:${id}`)),
  );
}

const list = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const texts = (value: unknown): string[] => list(value).map(String);
