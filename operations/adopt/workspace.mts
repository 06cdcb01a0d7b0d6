// A stack of the program in a folder that nobody else knows: what is tried there touches no stack, and reads AWS alone.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { packOptions } from "../../policy/pack.mts";
import { failed } from "../lib/errors.mts";
import { clone, pulumi, type PulumiOptions } from "../lib/pulumi.mts";
import { inFile } from "../lib/scratch-file.mts";
import {
  type Exported,
  isReal,
  parseDeployment,
  type Resource,
  resourcesOf,
  withResources,
} from "./deployment.mts";
import { asConfig, type Settings } from "./settings.mts";
import type { Finding } from "./waivers.mts";

/** What a deployment would do to a resource. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly old?: Pick<Resource, "custom" | "inputs"> | null;
  readonly new?: Pick<Resource, "custom" | "inputs"> | null;
  /** What a replacement is for. */
  readonly keys?: readonly string[] | null;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

export interface Preview {
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
}

/** A line of what `pulumi` prints of an operation with `--json`. */
interface Event {
  readonly resourcePreEvent?: { readonly metadata: Step };
  readonly policyEvent?: {
    readonly resourceUrn?: string;
    readonly policyName: string;
    readonly message: string;
  };
  readonly diagnosticEvent?: Diagnostic;
}

interface Diagnostic {
  readonly urn?: string;
  readonly message: string;
  readonly severity: string;
}

export interface Refreshed {
  /** Without what the account has not. */
  readonly state: Exported;
  /** What could not be read, by URN, and why. */
  readonly unread: ReadonlyMap<string, string>;
}

/** The provider's words for a bucket without lifecycle rules, which it should say nothing of. */
const absent = /Missing Resource Identity After Read/;

export class Workspace {
  readonly #stack: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "dse-adopt-"));

  constructor(stack: string) {
    this.#stack = stack;
    const project = parse(readFileSync(join(clone, "Pulumi.yaml"), "utf8")) as object;
    mkdirSync(join(this.#folder, "state"));
    writeFileSync(join(this.#folder, "Pulumi.yaml"), stringify({ ...project, main: clone }));
    // Also of an interrupted command.
    process.once("exit", this.#remove);
  }

  async start(): Promise<void> {
    await pulumi(["stack", "init", this.#stack], this.#options());
  }

  /** Gives the stack these settings of the program, and no others. */
  configure(settings: Settings): void {
    const file = join(this.#folder, `Pulumi.${this.#stack}.yaml`);
    const { encryptionsalt } = parse(readFileSync(file, "utf8")) as { encryptionsalt?: string };
    writeFileSync(file, stringify({ encryptionsalt, config: asConfig(settings) }));
  }

  /** All that the program makes, of a stack without resources. */
  async wanted(): Promise<Resource[]> {
    const { printed, failure } = await this.#printed(["preview", "--json"], this.#options());
    const { steps = [], diagnostics = [] } = JSON.parse(printed || "{}") as {
      steps?: readonly { newState: Resource }[];
      diagnostics?: readonly Diagnostic[];
    };
    if (failure) {
      const error = diagnostics.find(({ severity }) => severity === "error");
      throw error ? failed(error.message.trim().replace(/^error: /, "")) : failure;
    }
    return steps.map(({ newState }) => newState);
  }

  /** What a deployment would change, and what the policy pack with this configuration says to it. */
  async preview(packConfig: string): Promise<Preview> {
    const file = join(this.#folder, "pack.json");
    writeFileSync(file, packConfig);
    const { events, failure } = await this.#events("preview", ...packOptions(this.#stack, file));
    const steps = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
    const findings = events.flatMap(({ policyEvent: event }): Finding[] =>
      event?.resourceUrn
        ? [{ rule: event.policyName, urn: event.resourceUrn, message: event.message }]
        : [],
    );
    // It also fails by findings alone.
    const [error] = errorsIn(events).values();
    if (failure && (findings.length === 0 || error)) throw error ? failed(error) : failure;
    return { steps, findings };
  }

  /** Reads all of the account that the state names. What cannot be read keeps nothing else from it. */
  async refresh(): Promise<Refreshed> {
    const { events, failure } = await this.#events("refresh", "--yes", "--skip-preview");
    const errors = errorsIn(events);
    const state = await this.export();
    const resources = resourcesOf(state).filter(({ urn }) => !errors.has(urn));
    // Credentials, the network or the program: nothing of a single resource.
    if (failure && !resources.some(isReal)) throw failure;
    const unread = [...errors].filter(([, message]) => !absent.test(message));
    return { state: withResources(state, resources), unread: new Map(unread) };
  }

  async #events(...args: string[]) {
    const { printed, failure } = await this.#printed([...args, "--json"], this.#options(true));
    const lines = printed.split("\n").filter((line) => line.startsWith("{"));
    return { events: lines.map((line) => JSON.parse(line) as Event), failure };
  }

  /** What a command prints, also where it fails. */
  async #printed(args: readonly string[], options: PulumiOptions) {
    try {
      return { printed: await pulumi([...args, "--stack", this.#stack], options) };
    } catch (error) {
      const { stdout = "" } = ((error as Error).cause ?? {}) as { stdout?: string };
      return { printed: stdout, failure: error as Error };
    }
  }

  async export(): Promise<Exported> {
    return parseDeployment(await this.#run("stack", "export", "--show-secrets"));
  }

  async import(state: Exported): Promise<void> {
    await inFile(state, (file) => this.#run("stack", "import", "--file", file));
  }

  remove(): void {
    this.#remove();
    process.off("exit", this.#remove);
  }

  readonly #remove = () => {
    rmSync(this.#folder, { recursive: true, force: true });
  };

  #run(...args: string[]): Promise<string> {
    return pulumi([...args, "--stack", this.#stack], this.#options());
  }

  #options(streamed = false) {
    const env = {
      PULUMI_BACKEND_URL: `file://${join(this.#folder, "state")}`,
      // It is gone when the command ends.
      PULUMI_CONFIG_PASSPHRASE: "adopt",
      PULUMI_CONFIG_PASSPHRASE_FILE: "",
      // https://www.pulumi.com/docs/iac/cli/environment-variables/
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: String(streamed),
    };
    return { cwd: this.#folder, env };
  }
}

/** What went wrong, by the URN of the resource; of the stack, that anything did. */
function errorsIn(events: readonly Event[]): ReadonlyMap<string, string> {
  return new Map(
    events.flatMap(({ diagnosticEvent: event }) =>
      event?.urn && event.severity === "error" && !/::pulumi:pulumi:Stack::/.test(event.urn)
        ? [[event.urn, event.message.trim()] as const]
        : [],
    ),
  );
}
