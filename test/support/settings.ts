// Settings made up for tests: valid ones, by the rules of config/settings.ts where those say enough, and spoilt ones.
import * as aws from "@pulumi/aws";
import fc, { type Arbitrary } from "fast-check";
import type { z } from "zod";
import { architectures, fargateMemory } from "../../components/lib/fargate.ts";
import { airflowEndpoints, elasticIpCount, natStrategies } from "../../components/lib/nat.ts";
import { type Key, keptDifferences, type Settings, settings } from "../../config/settings.ts";
import { partitionOf } from "../../components/lib/arn.ts";

type Values = Record<string, unknown>;

/** The part of what zod keeps of a rule that the settings' rules are made of. */
interface Definition {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly values?: readonly unknown[];
}
interface Check {
  readonly check: string;
  readonly pattern?: RegExp;
  readonly value?: number;
  readonly minimum?: number;
}

/** What a rule says of itself that it allows. A rule that is a function says nothing: {@link functions} does. */
function valuesOf(rule: z.ZodType): Arbitrary<unknown> {
  const def = rule.def as unknown as Definition;
  const checks = (def.checks ?? []).map(({ _zod }) => _zod.def);
  const checkOf = (name: string) => checks.find(({ check }) => check === name);
  const inner = (type: z.ZodType | undefined) => {
    if (!type) throw new Error(`a rule of ${def.type} without what is in it`);
    return valuesOf(type);
  };
  switch (def.type) {
    case "boolean":
      return fc.boolean();
    case "enum":
      return fc.constantFrom(...Object.values(def.entries ?? {}));
    case "literal":
      return fc.constantFrom(...(def.values ?? []));
    case "optional":
      return inner(def.innerType);
    case "union":
      return fc.oneof(...(def.options ?? []).map(valuesOf));
    case "number": {
      const min = checkOf("greater_than")?.value ?? 0;
      return fc.integer({
        min,
        max: Math.min(checkOf("less_than")?.value ?? Infinity, min + 5000),
      });
    }
    case "array": {
      const minLength = checkOf("min_length")?.minimum ?? 0;
      return fc.uniqueArray(inner(def.element), { minLength, maxLength: minLength + 4 });
    }
    case "record":
      return fc.dictionary(inner(def.keyType) as Arbitrary<string>, inner(def.valueType), {
        maxKeys: 4,
      });
    case "string": {
      const pattern = checkOf("string_format")?.pattern;
      return pattern ? fc.stringMatching(pattern, { maxLength: 60 }) : anyText;
    }
    default:
      throw new Error(`test/support/settings.ts makes no values of a rule of ${def.type}`);
  }
}

const anyText = fc.string({ unit: "binary", maxLength: 20 });
/** Short enough for the names that are made of several of them. */
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,5}[a-z0-9]$/);
const some = <T>(item: Arbitrary<T>, maxLength = 4) => fc.uniqueArray(item, { maxLength });
const variable = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,10}$/);
const logRetention = fc.constantFrom(1, 7, 30, 365, 3653);
const size = fc
  .constantFrom(...Object.entries(fargateMemory))
  .chain(([vcpus, memory]) =>
    fc.record({ vcpus: fc.constant(vcpus), memory: fc.constantFrom(...memory) }),
  );

const retryRule = fc
  .record(
    {
      action: fc.constantFrom("RETRY", "EXIT"),
      onExitCode: fc.stringMatching(/^\d{1,3}\*?$/),
      onReason: fc.stringMatching(/^[A-Za-z0-9.: ]{1,20}\*?$/),
      onStatusReason: fc.stringMatching(/^[A-Za-z0-9.: ]{1,20}\*?$/),
    },
    { requiredKeys: ["action"] },
  )
  .filter((rule) => Object.keys(rule).length > 1);

/** What jobs say besides the default's settings. */
const job = fc
  .record(
    {
      attempts: fc.integer({ min: 1, max: 10 }),
      retryRules: fc.array(retryRule, { maxLength: 5 }),
      environment: fc.dictionary(fc.stringMatching(/^[A-Z]{1,5}$/), anyText, { maxKeys: 3 }),
      storageGib: fc.integer({ min: 21, max: 200 }),
      timeout: fc.integer({ min: 60, max: 100_000 }),
      readonlyRoot: fc.boolean(),
      initProcess: fc.boolean(),
      user: fc.constantFrom("1000", "app", "1000:1000", "app:app"),
      logRetentionDays: logRetention,
    },
    { requiredKeys: [] },
  )
  .map(({ retryRules, ...rest }) =>
    rest.attempts === undefined ? rest : { ...rest, ...(retryRules && { retryRules }) },
  );
const image = fc.oneof(
  fc.record({ imageTag: fc.stringMatching(/^\w[\w.-]{0,20}$/) }),
  fc.record({ imageDigest: fc.stringMatching(/^sha256:[0-9a-f]{64}$/) }),
  fc.constant({}),
);
const otherJob = fc
  .tuple(
    job,
    image,
    fc.oneof(size, fc.constant({})),
    fc.record(
      {
        command: fc.array(anyText, { maxLength: 3 }),
        secret: fc.stringMatching(/^(|[\w/+=.@-]{1,40})$/),
        secretPrefix: variable,
        secretFields: some(fc.stringMatching(/^[a-z]{1,6}$/)),
      },
      { requiredKeys: [] },
    ),
  )
  .map((parts): Values => Object.assign({}, ...parts) as Values);
const jobs = fc
  .tuple(
    job,
    fc.constantFrom(undefined, ...architectures),
    fc.dictionary(fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/), otherJob, { maxKeys: 3 }),
  )
  .map(([first, architecture, others]) => ({
    ...others,
    default: { ...first, ...(architecture && { architecture }) },
  }));

/** Values of the settings whose rules are functions, or allow longer ones than fit into a name. */
const functions = {
  owner: word,
  project: word,
  environment: fc.oneof(fc.constant(""), word),
  projectOwner: word,
  groupName: fc.stringMatching(/^[\w+=,.@-]{1,60}$/),
  projects: some(word, 12),
  people: some(fc.stringMatching(/^[\w+=,.@-]{1,64}$/).map((name) => name.toLowerCase())),
  iamPath: fc.stringMatching(/^(\/[\w.,+@=-]{1,12}){0,3}\/$/),
  interfaceEndpoints: some(fc.stringMatching(/^[a-z][a-z0-9.-]{3,12}$/)),
  batchEgressPorts: fc.oneof(fc.constant([0]), some(fc.integer({ min: 1, max: 65535 }))),
  mwaaEgressPorts: fc.oneof(
    fc.constant([]),
    some(fc.integer({ min: 1000, max: 65535 })).map((ports) => [443, ...ports]),
  ),
  runnableTimeLimit: fc.oneof(fc.constant(0), fc.integer({ min: 600, max: 86400 })),
  jobImageContext: fc.constantFrom("", "test/fixtures/image"),
  jobs,
  jobSecretFields: some(fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/)).filter(
    (fields) => fields.length > 0,
  ),
  airflowVersion: fc.constantFrom("", "2.4.3", "2.10.3", "3.0.6", "3.2.0"),
  airflowOptions: fc.dictionary(fc.stringMatching(/^[a-z0-9_]{1,6}\.[a-z0-9_]{1,6}$/), anyText),
  airflowFiles: fc.constantFrom("", "airflow"),
  alarmEmails: some(fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `${name}@example.org`)),
  logRetentionDays: logRetention,
  githubRepository: fc.stringMatching(/^(|[\w-]{1,39}\/[\w.-]{1,100})$/),
} satisfies { readonly [K in Key]?: Arbitrary<unknown> };

/** Subnets in a VPC: pairs of them somewhere in it, in any order, none over another. */
const network = fc
  .record({
    prefix: fc.integer({ min: 16, max: 24 }),
    second: fc.integer({ min: 0, max: 255 }),
    zones: fc.integer({ min: 2, max: 6 }),
    slots: fc.shuffledSubarray([...Array(16).keys()], { minLength: 12 }),
    natStrategy: fc.constantFrom(...natStrategies),
    own: fc.boolean(),
  })
  .map(({ prefix, second, zones, slots, natStrategy, own }) => {
    const subnet = (slot: number) => {
      const first = slot * 2 ** (28 - prefix);
      return `10.${second}.${first >> 8}.${first & 255}/${prefix + 4}`;
    };
    const addresses = own ? elasticIpCount(natStrategy, zones) : 0;
    return {
      vpcCidr: `10.${second}.0.0/${prefix}`,
      publicSubnetCidrs: slots.slice(0, zones).map(subnet),
      privateSubnetCidrs: slots.slice(6, 6 + zones).map(subnet),
      natStrategy,
      natElasticIps: Array.from({ length: addresses }, (_, i) => `eipalloc-${i}`),
    };
  });

const existing = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constant({
      existingVpcId: "",
      existingPublicSubnetIds: [],
      existingPrivateSubnetIds: [],
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      existingVpcId: fc.constant("vpc-0a"),
      existingPublicSubnetIds: fc.constant(["subnet-1"]),
      existingPrivateSubnetIds: fc.constant(["subnet-2", "subnet-3"]),
    }),
  },
);

const between = (min: number, max: number) => fc.oneof(fc.constant(0), fc.integer({ min, max }));
const airflowSizes = fc.oneof(
  fc.record({
    mwaaClass: fc.constant("mw1.micro"),
    mwaaSchedulers: between(1, 1),
    mwaaMinWorkers: fc.constant(1),
    mwaaMaxWorkers: between(1, 1),
    mwaaMinWebservers: between(1, 1),
    mwaaMaxWebservers: between(1, 1),
  }),
  fc.record({
    mwaaClass: fc.constantFrom("mw1.small", "mw1.2xlarge"),
    mwaaSchedulers: between(2, 5),
    mwaaMinWorkers: fc.integer({ min: 1, max: 5 }),
    mwaaMaxWorkers: between(5, 25),
    mwaaMinWebservers: between(2, 2),
    mwaaMaxWebservers: between(2, 5),
  }),
);

const identity = fc
  .record({
    accountId: fc.constantFrom("", "210987654321", "000000000001"),
    region: fc.constantFrom(...Object.values<string>(aws.Region)),
    githubIds: fc.constantFrom("", "123456789"),
    bounded: fc.boolean(),
    encrypted: fc.boolean(),
  })
  .map(({ accountId, region, githubIds, bounded, encrypted }) => {
    const start = `arn:${partitionOf(region)}`;
    const owner = accountId || "210987654321";
    return {
      accountId,
      region,
      githubOwnerId: githubIds,
      githubRepositoryId: githubIds,
      permissionsBoundary: bounded ? `${start}:iam::${owner}:policy/developers` : "",
      kmsKeyArn: encrypted ? `${start}:kms:${region}:${owner}:key/0a` : "",
    };
  });

/** Settings that a rule holds together. */
const together = fc
  .tuple(
    network,
    existing,
    airflowSizes,
    identity,
    size.map(({ vcpus, memory }) => ({ jobVcpus: vcpus, jobMemory: memory })),
  )
  .map((groups): Values => Object.assign({}, ...groups) as Values);

/** Any value that the rule of each setting allows, by itself; some of the settings. */
const apart = fc.record(
  Object.fromEntries(
    Object.entries(settings).map(([key, rule]) => [
      key,
      (functions as Partial<Record<string, Arbitrary<unknown>>>)[key] ?? valuesOf(rule),
    ]),
  ),
  { requiredKeys: [] },
);

/** Settings that can be deployed. */
export const valid: Arbitrary<Values> = fc
  .tuple(apart, together)
  .map(([others, related]) => reconciled({ ...others, ...related }));

/** Without what contradicts another setting. */
function reconciled(values: Values): Values {
  const kept = keptDifferences((values["keepReference"] ?? []) as Settings["keepReference"]);
  const { default: first, ...otherJobs } = (values["jobs"] ?? {}) as Record<string, Values>;
  if (first && kept.includes("batch-logs")) delete first["logRetentionDays"];
  return {
    ...values,
    ...(first && { jobs: { ...otherJobs, default: first } }),
    ...(kept.includes("mwaa-logs") && { mwaaLogLevels: {} }),
    ...(values["natStrategy"] === "none" && {
      interfaceEndpoints: airflowEndpoints,
      keepReference: [],
    }),
    ...(values["mwaaWebserverAccess"] === "PUBLIC_AND_PRIVATE" && { airflowVersion: "3.2.0" }),
    ...(!(values["alarmEmails"] as string[] | undefined)?.length && { monthlyBudgetUsd: 0 }),
  };
}

/** What nobody means: of another type, empty, huge, of odd characters, nested, or the name of what objects have anyway. */
const junk: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom<unknown>("", null, " ", "\n", "\0", "null", "[]", "{}", -1, 0, 0.5, 1e300, true),
  fc.constantFrom("x".repeat(5000), "x/".repeat(3000), "9".repeat(400), [[[[]]]], [null], [""], {}),
  fc.constantFrom("constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"),
);

interface Change {
  readonly key: string;
  /** Which entry to go into, and which of that; the way ends early where there is none. */
  readonly way: readonly number[];
  /** An entry to add there, instead of changing what is there. */
  readonly added: string | undefined;
  readonly value: unknown;
}
const change: Arbitrary<Change> = fc.record({
  key: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...Object.keys(settings)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "toString",
        "ownr",
        "a\nb",
        "people[0]",
        "aws:region",
        "other:people",
      ),
    },
  ),
  way: fc.array(fc.nat(5), { maxLength: 3 }),
  added: fc.option(fc.string({ unit: "binary" }), { nil: undefined, freq: 4 }),
  value: junk,
});

function changed(old: unknown, { way: [turn, ...way], added, value, key }: Change): unknown {
  if (typeof old !== "object" || old === null || turn === undefined) return value;
  if (added !== undefined && !Array.isArray(old)) return { ...old, [added]: value };
  const entries = Object.entries(old);
  const [name, inner] = entries[turn % (entries.length || 1)] ?? [];
  if (name === undefined) return value;
  const next = changed(inner, { way, added, value, key });
  return Array.isArray(old) ? old.with(Number(name), next) : { ...old, [name]: next };
}

/** Valid settings of which up to four are spoilt, unknown ones among them. */
export const spoilt: Arbitrary<Values> = fc
  .tuple(valid, fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([values, changes]) =>
    changes.reduce((all, one) => ({ ...all, [one.key]: changed(all[one.key], one) }), values),
  );
