import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  type EnforcementLevel,
  type Policies,
  type PolicyPackConfig,
  type PolicyResource,
  type PolicyResourceOptions,
  type ResourceValidationArgs,
  unknownCheckingProxy,
} from "@pulumi/policy";
import { toPolicies } from "../../policy/lib/pack.ts";
import type { Rule } from "../../policy/lib/rule.ts";
import type { Type } from "../../policy/lib/types.ts";
import { isUnknownValue } from "../../policy/lib/unknown.ts";
import type { Waiver } from "../../policy/lib/waivers.ts";
import type { Recorded } from "../support/mocks.ts";
import { UNKNOWN } from "../support/wire.ts";

export { UNKNOWN } from "../support/wire.ts";

type Values = Record<string, unknown>;

/** A resource as the engine hands it to a pack. An {@link UNKNOWN} in it is known only after a deployment. */
export interface Fixture {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Values;
  readonly opts: Partial<PolicyResourceOptions>;
  readonly provider?: Values;
  /** URNs that each property comes from. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

interface FixtureOptions {
  readonly opts?: Partial<PolicyResourceOptions>;
  /** Properties of the provider. */
  readonly provider?: Values;
  /** Fixtures that a property refers to; its value is then their id, unknown. */
  readonly refs?: Readonly<Record<string, Fixture | readonly Fixture[]>>;
}

export const urnOf = (type: string, name: string): string =>
  `urn:pulumi:dev::dse::${type}::${name}`;

/** A resource of a test. Properties are those of the type, but may be left out, unknown or wrong. */
export function fixture<Args>(
  { token }: Type<Args>,
  name: string,
  props: { readonly [K in keyof Args]?: unknown } & {
    readonly id?: unknown;
    readonly arn?: unknown;
  },
  { opts = {}, provider, refs = {} }: FixtureOptions = {},
): Fixture {
  const referred = Object.entries(refs).map(([key, to]) => [key, [to].flat()] as const);
  return {
    type: token,
    name,
    urn: urnOf(token, name),
    props: { ...Object.fromEntries(referred.map(([key]) => [key, UNKNOWN])), ...props },
    opts,
    ...(provider && { provider }),
    dependencies: Object.fromEntries(
      referred.map(([key, to]) => [key, to.map((one: Fixture) => one.urn)]),
    ),
  };
}

/** The stack with other properties of one resource; undefined leaves one out. */
export function change<Args>(
  stack: readonly Fixture[],
  type: Type<Args>,
  props: { readonly [K in keyof Args]?: unknown },
  name?: string,
): Fixture[] {
  const changed = stack.filter((one) => one.type === type.token && (!name || one.name === name));
  assert.equal(changed.length, 1, `${String(changed.length)} resources of ${type.token} to change`);
  return stack.map((one) =>
    changed.includes(one)
      ? {
          ...one,
          props: Object.fromEntries(
            Object.entries({ ...one.props, ...props }).filter(([, value]) => value !== undefined),
          ),
        }
      : one,
  );
}

/** The stack without the resources of a type. */
export function without(stack: readonly Fixture[], type: Type<unknown>): Fixture[] {
  const rest = stack.filter((one) => one.type !== type.token);
  assert.ok(rest.length < stack.length, `no resource of ${type.token} to leave out`);
  return rest;
}

/** What the program recorded, as the engine hands it to a pack: inputs before a resource is made, outputs after. */
export const recordedFixtures = (
  resources: readonly Recorded[],
): { readonly inputs: Fixture[]; readonly outputs: Fixture[] } => {
  const providers = new Map(resources.map(({ urn, inputs }) => [urn, inputs]));
  const convert = (recorded: Recorded, props: Values): Fixture => {
    const provider = recorded.provider && providers.get(recorded.provider);
    return {
      type: recorded.type,
      name: recorded.name,
      urn: recorded.urn,
      props,
      opts: { protect: recorded.options.protect ?? false },
      ...(provider && { provider }),
      dependencies: recorded.propertyDependencies,
    };
  };
  return {
    inputs: resources.map((one) => convert(one, one.inputs)),
    outputs: resources.map((one) =>
      convert(one, { ...one.outputs, ...(one.id && { id: one.id }) }),
    ),
  };
};

/** What a pack says. */
export interface Report {
  readonly rule: string;
  readonly level: EnforcementLevel;
  /** Name of the resource; empty where a stack rule could not run. */
  readonly resource: string;
  /** URN of the resource; undefined where a rule could not run. */
  readonly urn: string | undefined;
  readonly message: string;
  /** Whether the rule met a value that it needs and that is not known yet. */
  readonly blind: boolean;
}

export interface Analysis {
  readonly reports: readonly Report[];
  /** Rules and URNs that have nothing to do with each other, as `rule urn`; a stack rule has no URN. */
  readonly notApplicable: readonly string[];
  /** The stack, repaired. */
  readonly resources: readonly Fixture[];
}

/**
 * Runs a pack as its server does: each resource repaired and looked at, then the whole stack. `outputs` are the
 * resources as stack rules see them, where they differ.
 */
export async function analyze(
  policies: Policies,
  stack: readonly Fixture[],
  config: PolicyPackConfig = {},
  outputs?: readonly Fixture[],
): Promise<Analysis> {
  const reports: Report[] = [];
  const notApplicable: string[] = [];
  const resources: Fixture[] = [];
  const levelOf = (policy: Policies[number]) => {
    const given = config[policy.name];
    const level = typeof given === "string" ? given : given?.enforcementLevel;
    return level ?? policy.enforcementLevel ?? "advisory";
  };
  const settingsOf = ({ name }: Policies[number]) => {
    const given = config[name];
    if (given === undefined || typeof given === "string") return {};
    const { enforcementLevel: _, ...settings } = given;
    return settings;
  };
  const run = async (
    policy: Policies[number],
    urn: string,
    resource: string,
    body: (policy: Policies[number]) => unknown,
  ) => {
    try {
      return await body(policy);
    } catch (error) {
      if (error instanceof NotApplicable) notApplicable.push(`${policy.name} ${urn}`.trim());
      else if (isUnknownValue(error))
        reports.push({
          rule: policy.name,
          level: "advisory",
          resource,
          urn: undefined,
          message: error.message,
          blind: true,
        });
      else throw error;
      return undefined;
    }
  };
  const reporter =
    (policy: Policies[number], resource: string) => (message: string, urn?: string) =>
      reports.push({
        rule: policy.name,
        level: levelOf(policy) === "remediate" ? "mandatory" : levelOf(policy),
        resource: urn?.split("::").at(-1) ?? resource,
        urn,
        message,
        blind: false,
      });
  for (const given of stack) {
    let resource = given;
    for (const policy of policies)
      if ("remediateResource" in policy && levelOf(policy) === "remediate") {
        const args = bag(resource, settingsOf(policy));
        const repaired = await run(policy, given.urn, given.name, () =>
          policy.remediateResource?.(args),
        );
        if (repaired) resource = { ...resource, props: unwrapped(repaired as Values) };
      }
    resources.push(resource);
    for (const policy of policies)
      if ("validateResource" in policy && levelOf(policy) !== "disabled")
        for (const validate of [policy.validateResource ?? []].flat()) {
          const args = bag(resource, settingsOf(policy));
          await run(policy, given.urn, given.name, () =>
            validate(args, reporter(policy, given.name)),
          );
        }
  }
  for (const policy of policies)
    if ("validateStack" in policy && levelOf(policy) !== "disabled")
      await run(policy, "", "", () =>
        policy.validateStack(
          {
            resources: wired(outputs ?? resources),
            stackTags: new Map(),
            getConfig: () => settingsOf(policy) as never,
            notApplicable: refuse,
          },
          reporter(policy, ""),
        ),
      );
  return { reports, notApplicable, resources };
}

class NotApplicable extends Error {}

const refuse = (reason?: string): never => {
  throw new NotApplicable(reason);
};

const noOptions: PolicyResourceOptions = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
};

/** What a resource is to the SDK, unknowns included: they throw when they are read. */
function common({ type, name, urn, props, opts, provider }: Fixture) {
  return {
    type,
    name,
    urn,
    props: proxied(props),
    opts: { ...noOptions, ...opts },
    ...(provider && {
      provider: {
        type: "pulumi:providers:aws",
        name: "aws",
        urn: urnOf("pulumi:providers:aws", "aws"),
        props: proxied(provider),
      },
    }),
    isType: () => assert.fail("a rule tells types by their token: isOf"),
    asType: () => assert.fail("a rule tells types by their token: isOf"),
  };
}

/** The SDK's sentinel of an unknown text; it takes any unknown for one. */
const SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const checked = unknownCheckingProxy as (props: Values) => Values;

const proxied = (props: Values): Values => checked(replaced(props, UNKNOWN, SENTINEL) as Values);

/** What a repair returned, without the proxy that throws at what is unknown. */
const unwrapped = (props: Values): Values =>
  replaced(props["__getSpecialProxyTarget"], SENTINEL, UNKNOWN) as Values;

/** A copy, as the wire makes one: without what is undefined. Assets and archives stay what they are. */
function replaced(value: unknown, from: unknown, to: unknown): unknown {
  if (value === from) return to;
  if (Array.isArray(value)) return value.map((item) => replaced(item, from, to));
  if (typeof value !== "object" || value === null || isPulumiAsset(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, replaced(item, from, to)]),
  );
}

const isPulumiAsset = (value: object) =>
  pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value);

const bag = (resource: Fixture, settings: Values): ResourceValidationArgs => ({
  ...common(resource),
  stackTags: new Map(),
  getConfig: () => settings as never,
  notApplicable: refuse,
});

function wired(stack: readonly Fixture[]): PolicyResource[] {
  const resources = stack.map((one): PolicyResource => ({
    ...common(one),
    dependencies: [],
    propertyDependencies: {},
  }));
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const found = (urns: readonly string[]) => urns.flatMap((urn) => byUrn.get(urn) ?? []);
  stack.forEach(({ dependencies }, i) => {
    const resource = resources[i];
    if (!resource) return;
    resource.dependencies = found(Object.values(dependencies).flat());
    resource.propertyDependencies = Object.fromEntries(
      Object.entries(dependencies).map(([key, urns]) => [key, found(urns)]),
    );
  });
  return resources;
}

/** A stack, and the names of the resources of which the rule finds something; one name for each finding. */
interface Case {
  readonly stack: readonly Fixture[];
  readonly finds: readonly string[];
  /** What one of the messages says. @default anything */
  readonly says?: RegExp;
  /** What the rule is set to. @default its defaults, production's */
  readonly settings?: Values;
  /** Whether the rule's repair leaves something to find. @default false */
  readonly beyondRepair?: true;
}

interface Cases {
  /** A stack that complies. */
  readonly good: readonly Fixture[];
  /** Stacks that do not. */
  readonly bad: Readonly<Record<string, Case>>;
  /** Stacks that comply although they look as if they did not. */
  readonly nearMiss: Readonly<Record<string, readonly Fixture[]>>;
  /** Stacks of which a value is unknown that the rule needs: it says so, and finds nothing. */
  readonly unknown: Readonly<Record<string, readonly Fixture[]>>;
  /** Stacks that leave an optional property out. */
  readonly missing: Readonly<Record<string, Case>>;
  /** Stacks under other settings. Needed where the rule has any. */
  readonly config?: Readonly<Record<string, Case & { readonly settings: Values }>>;
}

/** What is tested of which rule, by the files that were loaded. */
export const tested: { readonly rule: Rule; readonly cases: Cases }[] = [];

const TODAY = "2026-01-15";
const unrelated: Fixture = {
  type: "random:index/randomId:RandomId",
  name: "unrelated",
  urn: urnOf("random:index/randomId:RandomId", "unrelated"),
  props: { byteLength: 3 },
  opts: {},
  dependencies: {},
};

/** The tests that every rule has. */
export function testRule(rule: Rule, cases: Cases): void {
  tested.push({ rule, cases });
  const { good, bad, nearMiss, unknown, missing, config = {} } = cases;
  const judge = (stack: readonly Fixture[], settings: Values = {}) =>
    analyze(toPolicies({ test: [rule] }, TODAY), stack, { [rule.name]: settings });
  const finds = async ({ stack, finds: expected, settings, says }: Case) => {
    const { reports } = await judge(stack, settings);
    assert.deepEqual(
      reports.map(({ resource, blind }) => (blind ? `blind ${resource}` : resource)).sort(),
      [...expected].sort(),
      reports.map(({ message }) => message).join("\n"),
    );
    if (says)
      assert.ok(
        reports.some(({ message }) => says.test(message)),
        reports[0]?.message,
      );
    for (const { message, resource } of reports) {
      assert.ok(message.startsWith(`${resource}: `), message);
      assert.match(message, /: .+; write .+\.$/s);
      assert.doesNotMatch(message, /undefined|\[object | {2}|; write \./);
    }
  };
  const [first] = Object.values(bad);
  if (!first) throw new Error(`${rule.name} has no bad case`);
  const waived = (waiver: Partial<Waiver>) => ({
    ...first.settings,
    waivers: first.finds.map((name) => ({
      finding: `*::${name}`,
      reason: "It is about to be replaced.",
      owner: "platform",
      expires: "2026-06-30",
      ...waiver,
    })),
  });

  describe(rule.name, () => {
    it("finds nothing in a stack that complies", async () => {
      await finds({ stack: good, finds: [] });
      const { notApplicable } = await judge(good);
      assert.ok(notApplicable.length < (rule.scope === "stack" ? 1 : good.length));
    });

    it("tells findings of a resource apart, by a word that a waiver can name", async () => {
      for (const { stack, settings } of [bad, missing, config].flatMap(Object.values<Case>)) {
        const findings: string[] = [];
        const check: Rule["check"] = function* (resource, context) {
          for (const finding of rule.check(resource, context)) {
            assert.notEqual(finding.detail?.trim(), "");
            findings.push(`${resource.urn}#${finding.detail ?? ""}`);
            yield finding;
          }
        };
        const policies = toPolicies({ test: [{ ...rule, check }] }, TODAY);
        await analyze(policies, stack, { [rule.name]: settings ?? {} });
        assert.deepEqual(findings, [...new Set(findings)]);
      }
    });

    for (const [what, found] of Object.entries(bad)) {
      it(`finds: ${what}`, () => {
        assert.notEqual(found.finds.length, 0);
        return finds(found);
      });
      for (const [form, stack] of forms(found.stack))
        it(`finds: ${what}, ${form}`, () => finds({ ...found, stack }));
    }

    for (const [what, stack] of Object.entries(nearMiss)) {
      it(`does not mind: ${what}`, () => finds({ stack, finds: [] }));
      for (const [form, formed] of forms(stack))
        it(`does not mind: ${what}, ${form}`, () => finds({ stack: formed, finds: [] }));
    }

    for (const [what, stack] of Object.entries(unknown))
      it(`says that it cannot know: ${what}`, async () => {
        const { reports } = await judge(stack);
        assert.notEqual(reports.length, 0);
        for (const { blind, message } of reports) assert.ok(blind, message);
      });

    for (const [what, found] of Object.entries(missing)) it(`without ${what}`, () => finds(found));

    for (const [what, found] of Object.entries(config)) it(`set: ${what}`, () => finds(found));

    it("has a test of its settings, where it has any", () => {
      const { waivers: _, ...settings } = rule.config.shape;
      assert.equal(Object.keys(config).length > 0, Object.keys(settings).length > 0);
      const set = Object.values(config).flatMap((one) => Object.keys(one.settings));
      for (const name of Object.keys(settings)) assert.ok(set.includes(name), `${name} is not set`);
    });

    it("has nothing to say of other types", async () => {
      const { reports, notApplicable } = await judge([unrelated]);
      assert.deepEqual(reports, []);
      const of = rule.scope === "stack" ? rule.name : `${rule.name} ${unrelated.urn}`;
      assert.deepEqual(notApplicable, [of]);
    });

    if (rule.config.shape["waivers"]) {
      it("honours a waiver", () => finds({ stack: first.stack, settings: waived({}), finds: [] }));

      it("honours no waiver of another resource", () =>
        finds({ ...first, settings: waived({ finding: "*::another" }) }));

      it("honours no waiver that has expired", async () => {
        const { reports } = await judge(first.stack, waived({ expires: "2026-01-14" }));
        assert.equal(reports.length, first.finds.length);
        for (const { message } of reports)
          assert.ok(message.endsWith(" The waiver ended on 2026-01-14."), message);
      });
    }

    if (rule.remediate)
      it("repairs nothing that is waived", async () => {
        const { resources } = await judge(first.stack, {
          ...waived({}),
          enforcementLevel: "remediate",
        });
        assert.deepEqual(resources, first.stack);
      });

    if (rule.remediate)
      for (const [what, found] of Object.entries(bad))
        it(`repairs once and for all: ${what}`, async () => {
          const level = { ...found.settings, enforcementLevel: "remediate" };
          const once = await judge(found.stack, level);
          assert.equal(once.reports.length > 0, found.beyondRepair ?? false);
          if (!found.beyondRepair) assert.notDeepEqual(once.resources, found.stack);
          const twice = await judge(once.resources, level);
          assert.deepEqual(twice.resources, once.resources);
        });
  });
}

/** The other ways to write the policy documents of a stack: as JSON, one item without a list, each item in a list. */
function forms(stack: readonly Fixture[]): [string, Fixture[]][] {
  const rewritten = (write: (document: Values) => unknown) =>
    stack.map((one) => ({
      ...one,
      props: Object.fromEntries(
        Object.entries(one.props).map(([key, value]) => [
          key,
          isDocument(value) ? write(value) : value,
        ]),
      ),
    }));
  if (!stack.some(({ props }) => Object.values(props).some(isDocument))) return [];
  const json = (document: unknown) => JSON.stringify(document);
  return [
    ["as JSON", rewritten(json)],
    ["as JSON without lists of one", rewritten((document) => json(unlisted(document)))],
    ["as JSON with lists alone", rewritten((document) => json(listed(document)))],
  ];
}

const isDocument = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && "Statement" in value;

function unlisted(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? unlisted(value[0]) : value.map(unlisted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unlisted(item)]));
}

/** Effect, Sid and Version take no list, and neither does the bare Principal "*". */
const single = ["Effect", "Sid", "Version", "Id", "Principal", "NotPrincipal"];

function listed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(listed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (typeof item === "object")
        return [key, key === "Statement" ? [item].flat().map(listed) : listed(item)];
      return [key, single.includes(key) ? item : [item]];
    }),
  );
}
