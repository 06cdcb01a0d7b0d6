import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  RegisterResourceResponse,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import {
  MockMonitor,
  type MockCallArgs,
  type MockCallResult,
  type MockResourceArgs,
  type MockResourceResult,
  type Mocks,
} from "@pulumi/pulumi/runtime/mocks.js";
import { parse } from "yaml";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { create, lookups, REGION, type Lookup } from "./aws.ts";
import { decode, type Values } from "./wire.ts";

export { ACCOUNT_ID, REGION, secretArn } from "./aws.ts";
export { UNKNOWN } from "./wire.ts";

// The SDK keeps a stack trace for each of its promises, and mocha lifts the limit of their length: without this
// a run of the program takes four times as long.
Error.stackTraceLimit = 10;

/** The project of Pulumi.yaml: the namespace of the settings. */
const NAMESPACE = "dse";
const ROOT = resolve(import.meta.dirname, "../..");

/** One resource, as the engine would have been asked to register it. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** Undefined for a component, and in a preview. */
  readonly id: string | undefined;
  /** Whether a provider makes it; false for a component. */
  readonly custom: boolean;
  /** Plain values: secrets unwrapped, an unknown as {@link UNKNOWN}, a resource as its URN. */
  readonly inputs: Values;
  /** Paths of the inputs that are secret, as `environment.password`. */
  readonly secretInputs: readonly string[];
  /** What the provider answered, inputs included. */
  readonly outputs: Values;
  readonly secretOutputs: readonly string[];
  /** URN of the parent; undefined for the stack. */
  readonly parent: string | undefined;
  /** URN of the explicit provider. */
  readonly provider: string | undefined;
  /** URNs that it waits for: dependsOn, and whatever its inputs come from. */
  readonly dependencies: readonly string[];
  /** URNs that each input comes from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly options: RecordedOptions;
}

export interface RecordedOptions {
  readonly protect: boolean | undefined;
  readonly retainOnDelete: boolean | undefined;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly aliases: readonly {
    readonly urn?: string;
    readonly name?: string;
    readonly type?: string;
    /** URN of the parent, where it is another. */
    readonly parent?: string;
  }[];
  readonly import: string | undefined;
  readonly timeouts: {
    readonly create?: string;
    readonly update?: string;
    readonly delete?: string;
  };
}

/** A call of a provider's function. */
export interface RecordedCall {
  readonly token: string;
  readonly inputs: Values;
  readonly provider: string | undefined;
}

// The SDK has it, and leaves it out of its types.
const { getStore } = state as unknown as {
  getStore: () => { settings: { options: { rootDirectory?: string } } };
};

export interface RunOptions {
  /** Folder of Pulumi.<stack>.yaml. Default this project's. */
  readonly root?: string;
  /** Name of the stack. Default `test`. */
  readonly stack?: string;
  /**
   * Settings by key, `people` for `dse:people`; a list or an object is passed on as the engine does.
   * They are put over those of Pulumi.<stack>.yaml, where that file exists. Undefined removes a setting.
   */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Keys of {@link config} that are secret. */
  readonly secretConfig?: readonly string[];
  /** Run as `pulumi preview` of an empty stack does: what a provider will make up is unknown. */
  readonly preview?: boolean;
  /** Names or ARNs of the secrets that the account does not have. */
  readonly missingSecrets?: readonly string[];
  /** The variables of AWS_, PULUMI_ and DSE_ that the program sees; those of the shell are hidden from it. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Provider functions besides those of support/aws.ts, by token. */
  readonly calls?: Readonly<Record<string, Lookup>>;
  /** What an earlier deployment left in resources, by logical name; what they ignore changes of, stays. */
  readonly earlier?: Readonly<Record<string, Values>>;
}

/** What a program did. */
export class Recording {
  /** In the order of their registration, the stack first. */
  readonly resources: readonly Recorded[];
  readonly calls: readonly RecordedCall[];
  /** Outputs of the stack. */
  readonly outputs: Values;
  readonly secretOutputs: readonly string[];
  /** What the program told the user by pulumi.log: `warning: …`, `info: …`, `error: …`. */
  readonly logs: readonly string[];

  constructor(
    resources: readonly Recorded[],
    calls: readonly RecordedCall[],
    logs: readonly string[],
  ) {
    this.resources = resources;
    this.calls = calls;
    this.logs = logs;
    const stack = this.find(pulumi.runtime.rootPulumiStackTypeName);
    this.outputs = stack.outputs;
    this.secretOutputs = stack.secretOutputs;
  }

  /** The URNs, sorted. */
  urns(): string[] {
    return this.resources.map((resource) => resource.urn).sort();
  }

  byUrn(urn: string): Recorded {
    const found = this.resources.find((resource) => resource.urn === urn);
    if (found === undefined)
      throw new Error(`no resource ${urn} among\n  ${this.urns().join("\n  ")}`);
    return found;
  }

  findAll(type: string): Recorded[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resource of that type and logical name; the name may be left out where there is one only. */
  find(type: string, name?: string): Recorded {
    const candidates = this.findAll(type);
    const found = name === undefined ? candidates : candidates.filter((r) => r.name === name);
    const [first] = found;
    if (first !== undefined && found.length === 1) return first;
    const wanted = name === undefined ? type : `${type} named ${name}`;
    const names =
      candidates.length > 0
        ? `the program has ${candidates.map((r) => r.name).join(", ")}`
        : `the program has the types ${[...new Set(this.resources.map((r) => r.type))].sort().join(", ")}`;
    throw new Error(`${found.length > 1 ? "more than one" : "no"} ${wanted}; ${names}`);
  }

  children(parent: Recorded): Recorded[] {
    return this.resources.filter((resource) => resource.parent === parent.urn);
  }

  /**
   * Whether `first` stands before `second` is made, and is deleted after it: through dependencies, parents and
   * providers, as the engine orders them.
   */
  standsBefore(first: Recorded, second: Recorded): boolean {
    const byUrn = new Map(this.resources.map((resource) => [resource.urn, resource]));
    const seen = new Set<string>();
    const reaches = (resource: Recorded): boolean =>
      [...resource.dependencies, resource.parent, resource.provider].some((urn) => {
        if (urn === undefined || seen.has(urn)) return false;
        if (urn === first.urn) return true;
        seen.add(urn);
        const next = byUrn.get(urn);
        return next !== undefined && reaches(next);
      });
    return reaches(second);
  }
}

let running = false;
const OURS = /^(AWS|PULUMI|DSE)_/;

/**
 * Runs a program the way the engine does, inside a stack of its own, with a mocked provider, and records all it does.
 * It waits until every resource is registered, those made in an `apply` included. Any error fails it: of the
 * program, of a registration, of a call that nobody mocked, or a rejection that nobody handles.
 */
export async function runProgram(
  program: () => unknown,
  options: RunOptions = {},
): Promise<Recording> {
  // The SDK keeps its state per process.
  if (running) throw new Error("runProgram: await the program that runs before you start another");
  running = true;
  const stack = options.stack ?? "test";
  const monitor = new RecordingMonitor(options);
  const { values, secrets } = settings(stack, options);
  const world = new Surroundings(options.environment ?? {});
  try {
    pulumi.runtime.setMockOptions(
      monitor,
      NAMESPACE,
      stack,
      options.preview ?? false,
      "organization",
    );
    getStore().settings.options.rootDirectory = options.root ?? ROOT;
    pulumi.runtime.setAllConfig(values, secrets);
    await Promise.race([
      world.failed,
      pulumi.runtime.runInPulumiStack(() => Promise.resolve().then(program)),
    ]);
    await Promise.race([world.failed, monitor.settle()]);
    return new Recording(monitor.recorded, monitor.called, world.logs);
  } catch (error) {
    // What the failure drags along must not end up in another test.
    await Promise.race([monitor.settle().catch(() => undefined), sleep(100)]);
    throw error;
  } finally {
    await new Promise(setImmediate);
    // Forgets promises that a failed program left behind: the SDK reports them when the process ends.
    pulumi.runtime.setMockOptions(undefined, NAMESPACE, stack);
    world.restore();
    running = false;
  }
}

/** What a run changes of its process, and takes back. */
class Surroundings {
  readonly logs: string[] = [];
  /** Rejects with the first error that the program did not handle. */
  readonly failed: Promise<never>;
  readonly #listeners = process.rawListeners("unhandledRejection");
  readonly #environment = new Map<string, string>();
  readonly #console = { log: console.log, warn: console.warn, error: console.error };

  constructor(environment: Readonly<Record<string, string>>) {
    let fail: (error: unknown) => void;
    this.failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    this.failed.catch(() => undefined);
    // As the language host: a rejection that nobody handles fails the program.
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (error) => {
      fail(error);
    });
    // The SDK reads settings of the provider from there; the developer's shell must not show in the result.
    for (const [key, value] of Object.entries(process.env)) {
      if (!OURS.test(key) || value === undefined) continue;
      this.#environment.set(key, value);
      delete process.env[key];
    }
    Object.assign(process.env, environment);
    // Without an engine, pulumi.log writes `warning: [runtime] …` to the console.
    for (const method of ["log", "warn", "error"] as const) {
      console[method] = (...args: unknown[]) => {
        const [line] = args;
        const match = typeof line === "string" ? /^(\w+): \[runtime\] (.*)$/s.exec(line) : null;
        if (match === null) this.#console[method](...args);
        else this.logs.push(`${String(match[1])}: ${String(match[2])}`);
      };
    }
  }

  restore(): void {
    process.removeAllListeners("unhandledRejection");
    for (const listener of this.#listeners)
      process.on("unhandledRejection", listener as (...args: unknown[]) => void);
    for (const key of Object.keys(process.env)) if (OURS.test(key)) delete process.env[key];
    for (const [key, value] of this.#environment) process.env[key] = value;
    Object.assign(console, this.#console);
  }
}

/** The mocked provider. The monitor sets `request` before each resource, which the SDK's interface does not hand on. */
class Provider implements Mocks {
  request: RegisterResourceRequest | undefined;
  region: (provider: string | undefined) => string = () => REGION;
  readonly called: RecordedCall[] = [];
  readonly #preview: boolean;
  readonly #lookups: Record<string, Lookup>;
  readonly #earlier: Readonly<Record<string, Values>>;

  constructor(options: RunOptions) {
    this.#preview = options.preview ?? false;
    this.#earlier = options.earlier ?? {};
    this.#lookups = { ...lookups(options.missingSecrets ?? []), ...options.calls };
  }

  newResource(args: MockResourceArgs): MockResourceResult {
    const inputs = args.inputs as Values;
    if (this.#preview && args.custom === true) return { id: undefined, state: inputs };
    if (args.custom !== true && this.request?.getRemote() !== true)
      return { id: undefined, state: inputs };
    const { id, state } = create({
      type: args.type,
      name: args.name,
      inputs: decode(inputs).values,
      region: typeof inputs["region"] === "string" ? inputs["region"] : this.region(args.provider),
    });
    for (const key of this.request?.getAdditionalsecretoutputsList() ?? [])
      if (key in state) state[key] = pulumi.secret(state[key]);
    const earlier = this.#earlier[args.name] ?? {};
    for (const key of this.request?.getIgnorechangesList() ?? [])
      if (key in earlier) state[key] = earlier[key];
    return { id: args.id || id, state: { ...inputs, ...state } };
  }

  call({ token, inputs, provider }: MockCallArgs): MockCallResult {
    const plain = decode(inputs as Values).values;
    this.called.push({ token, inputs: plain, provider: providerUrn(provider ?? "") });
    const lookup = this.#lookups[token];
    if (lookup === undefined)
      throw new Error(
        `${token} is not mocked: add it to test/support/aws.ts, or to the test's calls`,
      );
    const region = typeof plain["region"] === "string" ? plain["region"] : this.region(provider);
    return lookup(plain, region);
  }
}

type Callback<T> = (error: Error | null | undefined, response: T) => void;

/** The SDK's mock monitor, with the engine's URNs and a record of the whole request. */
class RecordingMonitor extends MockMonitor {
  readonly recorded: Recorded[] = [];
  readonly #provider: Provider;

  constructor(options: RunOptions) {
    const provider = new Provider(options);
    super(provider);
    this.#provider = provider;
    provider.region = (reference) => {
      const region = this.recorded.find(({ urn }) => urn === providerUrn(reference ?? ""))?.inputs[
        "region"
      ];
      return typeof region === "string" ? region : REGION;
    };
  }

  get called(): readonly RecordedCall[] {
    return this.#provider.called;
  }

  /** Waits until nothing is under way, and nothing more comes of what has ended. */
  async settle(): Promise<void> {
    let before = -1;
    while (before !== this.recorded.length) {
      before = this.recorded.length;
      // What has ended may begin something at once; the SDK waits for that, once it has begun.
      await new Promise(setImmediate);
      await pulumi.runtime.disconnect();
    }
    await new Promise(setImmediate);
  }

  override invoke(request: ResourceInvokeRequest, callback: Callback<unknown>): Promise<void> {
    return super.invoke(request, (error: Error | null, response: unknown) => {
      // The engine's words, where the SDK looks for them.
      const details = `invocation of ${request.getTok()} returned an error: ${error?.message ?? ""}`;
      callback(error === null ? null : Object.assign(error, { details }), response);
    });
  }

  override async registerResource(
    request: RegisterResourceRequest,
    callback: Callback<RegisterResourceResponse>,
  ): Promise<void> {
    // The base class asks the provider before it yields for the first time.
    this.#provider.request = request;
    await super.registerResource(
      request,
      (error: Error | null, response: RegisterResourceResponse) => {
        if (error !== null) {
          callback(error, response);
          return;
        }
        const urn = urnOf(request);
        if (this.recorded.some((resource) => resource.urn === urn)) {
          callback(
            new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`),
            response,
          );
          return;
        }
        response.setUrn(urn);
        const state = (response.getObject()?.toJavaScript() ?? {}) as Values;
        // Where the SDK looks a resource up that it meets as a reference.
        this.resources.set(urn, { urn, id: response.getId() || null, state });
        this.recorded.push(record(request, response, state));
        callback(null, response);
      },
    );
  }

  override registerResourceOutputs(
    request: RegisterResourceOutputsRequest,
    callback: Callback<unknown>,
  ): void {
    const index = this.recorded.findIndex(({ urn }) => urn === request.getUrn());
    const resource = this.recorded[index];
    if (resource === undefined) {
      callback(new Error(`outputs of an unknown resource ${request.getUrn()}`), undefined);
      return;
    }
    const { values, secrets } = decode(request.getOutputs()?.toJavaScript() ?? {});
    this.recorded[index] = { ...resource, outputs: values, secretOutputs: secrets };
    callback(null, {});
  }

  override readResource(
    request: { getName(): string; getType(): string },
    callback: Callback<undefined>,
  ): Promise<void> {
    callback(
      new Error(`${request.getType()} ${request.getName()} is read, not made: not mocked`),
      undefined,
    );
    return Promise.resolve();
  }
}

function record(
  request: RegisterResourceRequest,
  response: RegisterResourceResponse,
  state: Values,
): Recorded {
  const inputs = decode(request.getObject()?.toJavaScript() ?? {});
  const outputs = decode(state);
  const timeouts = request.getCustomtimeouts();
  return {
    urn: response.getUrn(),
    type: request.getType(),
    name: request.getName(),
    id: response.getId() || undefined,
    custom: request.getCustom(),
    inputs: inputs.values,
    secretInputs: inputs.secrets,
    outputs: outputs.values,
    secretOutputs: outputs.secrets,
    parent: request.getParent() || undefined,
    provider: providerUrn(request.getProvider()),
    dependencies: [...request.getDependenciesList()].sort(),
    propertyDependencies: propertyDependencies(request),
    options: {
      protect: request.hasProtect() ? request.getProtect() : undefined,
      retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
      deleteBeforeReplace: request.getDeletebeforereplacedefined()
        ? request.getDeletebeforereplace()
        : undefined,
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      aliases: request.getAliasesList().map((alias) => {
        const spec = alias.getSpec();
        return {
          ...(alias.getUrn() && { urn: alias.getUrn() }),
          ...(spec?.getName() && { name: spec.getName() }),
          ...(spec?.getType() && { type: spec.getType() }),
          ...(spec &&
            spec.getParenturn() !== request.getParent() && { parent: spec.getParenturn() }),
        };
      }),
      import: request.getImportid() || undefined,
      timeouts: {
        ...(timeouts?.getCreate() && { create: timeouts.getCreate() }),
        ...(timeouts?.getUpdate() && { update: timeouts.getUpdate() }),
        ...(timeouts?.getDelete() && { delete: timeouts.getDelete() }),
      },
    },
  };
}

function propertyDependencies(request: RegisterResourceRequest): Record<string, string[]> {
  const urns: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, property) => {
    urns[property] = dependencies.getUrnsList();
  });
  return urns;
}

/** The engine's URN: the types of all parents but the stack; the SDK's mock keeps the last of them only. */
function urnOf(request: RegisterResourceRequest): string {
  const parents = request.getParent().split("::")[2] ?? "";
  const root = parents === "" || parents === pulumi.runtime.rootPulumiStackTypeName;
  const type = root ? request.getType() : `${parents}$${request.getType()}`;
  return ["urn:pulumi:" + pulumi.getStack(), pulumi.getProject(), type, request.getName()].join(
    "::",
  );
}

/** A provider is referred to as `<urn>::<id>`. */
const providerUrn = (reference: string): string | undefined =>
  reference === "" ? undefined : reference.split("::").slice(0, 4).join("::");

/** The settings as the engine hands them over: text, or JSON of anything else. */
function settings(
  stack: string,
  { root = ROOT, config = {}, secretConfig = [] }: RunOptions,
): { values: Record<string, string>; secrets: string[] } {
  const keyOf = (key: string): string => (key.includes(":") ? key : `${NAMESPACE}:${key}`);
  const secrets = secretConfig.map(keyOf);
  const merged = new Map<string, unknown>();
  for (const [name, value] of Object.entries(stackFile(root, stack))) {
    const key = keyOf(name);
    const encrypted = typeof value === "object" && value !== null && "secure" in value;
    if (encrypted) secrets.push(key);
    merged.set(key, encrypted ? `plain text of ${key}` : value);
  }
  for (const [key, value] of Object.entries(config)) merged.set(keyOf(key), value);
  const values: Record<string, string> = {};
  for (const [key, value] of merged) if (value !== undefined) values[key] = textOf(value);
  return { values, secrets };
}

/** Nothing is an empty text to the engine, but where it is in a list or an object. */
function textOf(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function stackFile(root: string, stack: string): Values {
  let text;
  try {
    text = readFileSync(resolve(root, `Pulumi.${stack}.yaml`), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  return (parse(text) as { config?: Values } | null)?.config ?? {};
}
