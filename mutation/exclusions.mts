import type { Exclusion } from "./judge.mts";

const identity = "policy/rules/identity";
const mwaa = "policy/rules/mwaa";
const batch = "policy/rules/batch";

const arnFromTheStart = "What stands there is an ARN, which begins so or not at all.";
const neverUsed = "The text before it always has that part; the compiler does not know.";
const greedy = "The wildcard before it takes all that follows.";
const registersItself = "The SDK does so by itself, once the constructor is through.";
const noKeyLikeIt = "AWS has no other key of a condition in which that stands.";

/** Mutants that may survive. One that matches no survivor any more fails the run, as an unexplained survivor does. */
export const exclusions: readonly Exclusion[] = [
  {
    file: `${identity}/no-broad-or-inline.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: "A list of one text that is no ARN of AWS's is as good as an empty one.",
  },
  {
    file: `${identity}/no-broad-or-inline.ts`,
    code: '""',
    reason: "A policy called otherwise is none of the broad ones either.",
  },
  {
    file: `${identity}/no-broad-or-inline.ts`,
    replacement: "/arn:[^:]+:iam::aws:policy\\/(.+)$/",
    reason: arnFromTheStart,
  },
  {
    file: `${identity}/no-broad-or-inline.ts`,
    replacement: "/^arn:[^:]+:iam::aws:policy\\/(.+)/",
    reason: greedy,
  },
  {
    file: `${identity}/oidc-sub-scoped.ts`,
    code: '""',
    replacement: '"Stryker was here!"',
    reason: neverUsed,
  },
  {
    file: `${identity}/oidc-sub-scoped.ts`,
    replacement: "/Federated:.*:oidc-provider\\/(.+)$/",
    reason: "A principal begins with its kind.",
  },
  {
    file: `${identity}/oidc-sub-scoped.ts`,
    replacement: "/^Federated:.*:oidc-provider\\/(.+)/",
    reason: greedy,
  },
  {
    file: `${identity}/oidc-sub-scoped.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: "Only the second item is read, and a list of one has none.",
  },
  {
    file: `${identity}/group-requires-mfa.ts`,
    code: "condition?.operator",
    reason:
      "The line before it has made sure that there is a condition; the compiler does not know.",
  },
  {
    file: `${identity}/no-not-element.ts`,
    replacement: "/arn:[^:]+:kms:[^:]+:\\d{12}:key\\/\\*$/",
    reason: arnFromTheStart,
  },
  {
    file: `${identity}/no-star-resource.ts`,
    mutator: "Regex",
    reason: noKeyLikeIt,
  },
  {
    file: `${identity}/trust-scoped.ts`,
    mutator: "Regex",
    reason: noKeyLikeIt,
  },
  {
    file: `${batch}/image-pinned.ts`,
    code: '""',
    reason: neverUsed,
  },
  {
    file: `${batch}/image-pinned.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: "No image comes from the one registry that it then has.",
  },
  {
    file: `${batch}/role-separation.ts`,
    code: '""',
    reason: neverUsed,
  },
  {
    file: `${batch}/role-separation.ts`,
    replacement: "/arn:[^:]*:s3:[^:]*:[^:]*:/",
    reason: arnFromTheStart,
  },
  {
    file: `${batch}/secret-source-local.ts`,
    code: '""',
    reason: "An ARN has a region and an account.",
  },
  {
    file: `${batch}/no-plaintext-secret.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason:
      "A list of one text is as good as an empty one: its name is no secret's, and only later items are read.",
  },
  {
    file: `${batch}/no-plaintext-secret.ts`,
    code: '""',
    replacement: '"Stryker was here!"',
    reason: "What stands before the first part is no option, whatever it is.",
  },
  {
    file: `${batch}/network-private.ts`,
    code: '"DISABLED"',
    reason: "Whatever is not ENABLED is off.",
  },
  {
    file: `${batch}/no-plaintext-secret.ts`,
    replacement: "/^(-[^=\\s]+)=(.*)/s",
    reason: greedy,
  },
  {
    file: `${batch}/queue-stuck-jobs.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: "A text has no state, as no action has none.",
  },
  {
    file: `${mwaa}/network.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: "A list of one text that is no address range and no rule is as good as an empty one.",
  },
  {
    file: `${mwaa}/exposure-and-keys.ts`,
    code: 'typeof item === "string"',
    reason:
      "What is no text in JSON is true, a number or nested, and none of it is read as a secret.",
  },
  {
    file: `${mwaa}/exposure-and-keys.ts`,
    code: 'typeof value === "object"',
    reason: "A text or a number in JSON has no named parts, which alone may be secrets.",
  },
  {
    file: `${mwaa}/exposure-and-keys.ts`,
    code: "props.airflowConfigurationOptions?.[name]",
    reason: "It has the name, or the name would not be asked for; the compiler does not know.",
  },
  {
    file: `${mwaa}/one-key.ts`,
    mutator: "Regex",
    reason: "An id of a key is hexadecimal: it has such a part at its start or not at all.",
  },
  {
    file: "components/buckets.ts",
    code: '"bucket"',
    reason: "The SDK names it in an error alone, which is caught there.",
  },
  {
    file: "components/alarms.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/batch.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/bot.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/bucket.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/data-key.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/ecr.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/github.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/mwaa.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/people.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
  {
    file: "components/vpc.ts",
    code: "this.registerOutputs();",
    reason: registersItself,
  },
];
