// Two stacks as `pulumi stack export` writes them: one that every rule is content with, and one that breaks each rule
// in the first way that its test knows. Run with a folder, it writes them there, each with its config and with what the
// pack says of it without an engine.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { PolicyPackConfig } from "@pulumi/policy";
import { toPolicies } from "../../policy/lib/pack.ts";
import { Stack } from "../../policy/lib/types.ts";
import { topics } from "../../policy/rules.ts";
import { analyze, type Fixture, fixture, tested, UNKNOWN } from "./support.ts";
import { stacks } from "./workloads.ts";

/** The day on which both are judged. */
const TODAY = "2026-06-01";

interface Judged {
  readonly stack: readonly Fixture[];
  readonly config: PolicyPackConfig;
  /** Findings that there are in any case, as `rule resource`. */
  readonly sure: readonly string[];
}

function good(): Judged {
  const stack = Object.entries(stacks).flatMap(([name, one]) => apart(name, one()));
  // Three stacks with a network stand in for one.
  return { stack, config: { "cost-ceiling": { natGateways: 6 } }, sure: [] };
}

function bad(): Judged {
  // The files of tests hand their cases to mocha, of which there is none here.
  Object.assign(globalThis, { describe: () => undefined });
  const files = Object.keys(topics).flatMap((topic) =>
    readdirSync(join(import.meta.dirname, topic)).map((file) => join(import.meta.dirname, topic, file)),
  );
  const load = createRequire(import.meta.filename);
  for (const file of files) load(file);
  const cases = tested.map(({ rule, cases: { bad } }) => {
    const [first] = Object.values(bad);
    if (!first) throw new Error(`${rule.name} has no bad case`);
    return { rule, ...first };
  });
  const waiver = (finding: string, expires: string) => ({
    finding,
    reason: "The test of waivers needs it.",
    owner: "platform",
    expires,
  });
  const settings = Object.fromEntries(
    cases.flatMap(({ rule, settings }) => (settings ? [[rule.name, settings]] : [])),
  );
  return {
    stack: [
      fixture(Stack, "dse-dev", {}),
      ...cases.flatMap(({ rule, stack }) => apart(rule.name, stack)),
    ],
    config: {
      ...settings,
      "iam-no-access-key": {
        waivers: [
          waiver("*::iam-no-access-key-nobody", "2026-12-31"),
          waiver("*::iam-no-user-attachment-*", "2026-06-15"),
        ],
      },
    },
    sure: [
      ...cases.flatMap(({ rule, finds }) =>
        finds.map((name) => `${rule.name} ${rule.name}-${name}`),
      ),
      "waiver-in-force dse-dev",
      "waiver-renewal dse-dev",
    ],
  };
}

/** The resources under names, ids and references of their own. */
function apart(prefix: string, stack: readonly Fixture[]): Fixture[] {
  const named = (urn: string) => urn.replace(/[^:]+$/, (name) => `${prefix}-${name}`);
  return stack.map((one) => ({
    ...one,
    name: `${prefix}-${one.name}`,
    urn: named(one.urn),
    props: known(one, (urn) => idOf(named(urn))),
    dependencies: Object.fromEntries(
      Object.entries(one.dependencies).map(([key, urns]) => [key, urns.map(named)]),
    ),
  }));
}

const idOf = (urn: string) => urn.split("::").slice(-2).join("/");

/** The properties after a deployment: a reference is the id of what it refers to. */
function known({ urn, props, dependencies }: Fixture, id: (urn: string) => string) {
  const made = Object.entries(props).map(([key, value]) => {
    const [first, ...more] = (dependencies[key] ?? []).map(id);
    return [key, value === UNKNOWN && first ? (more.length > 0 ? [first, ...more] : first) : value];
  });
  return { id: id(urn), ...Object.fromEntries(made) } as Record<string, unknown>;
}

const PROVIDER = "urn:pulumi:dev::dse::pulumi:providers:aws::aws";
const provider = { urn: PROVIDER, type: "pulumi:providers:aws", custom: true, id: "0c9b" };

const exported = (stack: readonly Fixture[]) => ({
  version: 3,
  deployment: {
    manifest: { time: `${TODAY}T12:00:00Z`, magic: "", version: "" },
    resources: [
      { ...provider, inputs: { region: "us-west-2" }, outputs: { region: "us-west-2" } },
      ...stack.map(({ urn, type, props, opts, dependencies }) => ({
        urn,
        type,
        custom: type.startsWith("aws:"),
        ...(type.startsWith("aws:") && { id: idOf(urn), provider: `${PROVIDER}::${provider.id}` }),
        inputs: props,
        outputs: props,
        protect: opts.protect ?? false,
        dependencies: Object.values(dependencies).flat(),
        propertyDependencies: dependencies,
      })),
    ],
  },
});

async function write(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, { stack, config, sure }] of Object.entries({
    good: good(),
    bad: bad(),
  })) {
    const withProvider = stack.map((one) => ({ ...one, provider: { region: "us-west-2" } }));
    const { reports } = await analyze(toPolicies(topics, TODAY), withProvider, config);
    const says = reports.map(({ rule, level, urn = "", message }) => ({
      rule,
      level,
      urn,
      message,
    }));
    const files = { state: exported(stack), config, says, sure, today: TODAY };
    for (const [what, content] of Object.entries(files))
      writeFileSync(join(folder, `${name}.${what}.json`), JSON.stringify(content, undefined, 2));
  }
}

const [, script, folder] = process.argv;
if (script === import.meta.filename && folder) void write(folder);
