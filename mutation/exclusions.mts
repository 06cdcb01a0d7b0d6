import type { Exclusion } from "./judge.mts";

const lib = "policy/lib";
const identity = "policy/rules/identity";
const network = "policy/rules/network";
const mwaa = "policy/rules/mwaa";
const batch = "policy/rules/batch";
const storage = "policy/rules/storage";

const arnFromTheStart = "What stands there is an ARN, which begins so or not at all.";
const neverUsed = "The text before it always has that part; the compiler does not know.";
const greedy = "The wildcard before it takes all that follows.";
const onlyItsLength =
  "Of the policies only the lengths count here, and what deploys them counts again (components/github.ts).";
const noRule = "A list of one text that is no rule is as good as an empty one.";

/** Mutants that may survive. One that matches no survivor any more fails the run, as an unexplained survivor does. */
export const exclusions: readonly Exclusion[] = [
  ...["!declaration", "`Pulumi.yaml declares no setting ${key}`"].map((code) => ({
    file: "config.ts",
    code,
    reason: "Each is declared, as a test has it; the compiler does not know.",
  })),
  {
    file: "config.ts",
    code: '""',
    replacement: '"Stryker was here!"',
    reason: "Neither is an address of this machine.",
  },
  {
    file: "config/airflow-files.ts",
    code: "{ // Also what no system takes as a path. return false; }",
    reason: "Nothing is as false as false.",
  },
  {
    file: "config/airflow-files.ts",
    code: '"utf8"',
    reason: "Node reads an encoding without a name as UTF-8.",
  },
  {
    file: "config/relations/airflow.ts",
    code: "airflowFiles === undefined",
    replacement: "false",
    reason: "Of no folder nothing is read.",
  },
  {
    file: "config/relations/jobs.ts",
    code: "own?.secretFields",
    replacement: "own.secretFields",
    reason: "Each job but the default one stands in jobs; the compiler does not know.",
  },
  {
    file: "config/airflow-files.ts",
    code: '"/"',
    reason: "Only Windows has other separators than this one.",
  },
  {
    file: "config/settings.ts",
    code: '"custom"',
    reason: "Whatever zod is told besides, it gives the message that stands there.",
  },
  {
    file: "config/settings.ts",
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: "Only objects have keys that are not recognized; the compiler does not know.",
  },
  {
    file: "config/settings.ts",
    code: "default: return undefined;",
    reason: "What follows returns nothing too.",
  },
  {
    file: "config/stack-file.ts",
    code: '".."',
    reason: "A test would have to leave a file in the project's own folder.",
  },
  {
    file: "config/relations/identity.ts",
    code: "!(error instanceof NamesError)",
    replacement: "false",
    reason: "Names throw nothing else, but for a mistake in them.",
  },
  {
    file: "config/relations/identity.ts",
    code: '""',
    replacement: '"Stryker was here!"',
    reason: "The ARNs of S3 have neither account nor domain.",
  },
  {
    file: "config/relations/identity.ts",
    code: "[]",
    reason: "Nobody else has the name that stands in for all.",
  },
  ...["!parsed", "`${text} was checked to be an address range`"].map((code) => ({
    file: "config/relations/network.ts",
    code,
    reason: "Only what is a range comes here; the compiler does not know.",
  })),
  ...[
    '"amazonaws.com.cn"',
    "permissionsBoundary || undefined",
    "{ Owner, Project, Environment: environmentOf(values) }",
    "[]",
    "withoutPeople > policyLength",
    "length <= policyLength",
  ].map((code) => ({ file: "config/relations/policies.ts", code, reason: onlyItsLength })),
  ...["names .trim()", "/\\s+/"].map((code) => ({
    file: `${lib}/actions.ts`,
    code,
    reason: "What then has no name is of its neighbours' kinds, and only a wildcard covers it.",
  })),
  {
    file: `${lib}/actions.ts`,
    code: "services .filter(([service]) => covers(serviceOf(pattern), service))",
    reason: "It only spares a look at the actions of other services.",
  },
  {
    file: `${lib}/secrets.ts`,
    replacement: "/\\beyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]/",
    reason: "Nothing is told of where a secret ends.",
  },
  {
    file: `${lib}/rule.ts`,
    code: '"resource"',
    reason: "A rule that is not of the stack is of a resource.",
  },
  {
    file: `${lib}/waivers.ts`,
    code: "given.rule === rule",
    replacement: "true",
    reason: "A waiver of another rule keeps its own entry.",
  },
  ...["{ today, stack: new StackResources([]), waivers: [] }", "[]"].map((code) => ({
    file: `${lib}/pack.ts`,
    code,
    reason: "A rule of one resource looks neither at the stack nor at waivers nor at the day.",
  })),
  {
    file: `${lib}/pack.ts`,
    code: "!isUnknownValue(error)",
    replacement: "false",
    reason: "A rule's own mistake ends the run a little later.",
  },
  {
    file: `${lib}/stack.ts`,
    code: "[]",
    replacement: '["Stryker was here"]',
    reason: "It has no URN, and so nothing is referred to.",
  },
  {
    file: `${lib}/document.ts`,
    code: "!/[*?]/.test(pattern)",
    replacement: "false",
    reason: "It only spares an expression, which would say the same.",
  },
  {
    file: `${lib}/document.ts`,
    code: '"string"',
    reason: "No type is called so, and what is read as a list of letters is the same.",
  },
  {
    file: `${lib}/document.ts`,
    code: 'typeof value === "string"',
    replacement: "false",
    reason: 'The one text that a principal may be is "*", of which the only letter is the same.',
  },
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
  ...["bucket-lifecycle", "bucket-versioning", "ecr-lifecycle-policy"].map((rule) => ({
    file: `${storage}/${rule}.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: noRule,
  })),
  {
    file: `${network}/nacl-no-admin-ports.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: noRule,
  },
  {
    file: `${network}/nacl-no-admin-ports.ts`,
    code: '""',
    reason: "A rule has a range of one kind or the other; the compiler does not know.",
  },
  {
    file: `${network}/cidr-disjoint.ts`,
    mutator: "ArrayDeclaration",
    code: "[]",
    reason: "A VPC has a range, and so has what adds one to it; the compiler does not know.",
  },
  {
    file: "components/data-key.ts",
    code: "{ data: undefined, airflow: undefined }",
    reason: "What an object has not is undefined too.",
  },
  {
    file: "components/buckets.ts",
    code: '"bucket"',
    reason: "The SDK names it in an error alone, which is caught there.",
  },
  ...["alarms", "batch", "bot", "bucket", "data-key", "ecr", "github", "mwaa", "people", "vpc"].map(
    (component) => ({
      file: `components/${component}.ts`,
      code: "this.registerOutputs();",
      reason: "The SDK does so by itself, once the constructor is through.",
    }),
  ),
];
