// Faults that calls meet, by rules in a file of the instance's folder, which its owner alone can write. Without the file
// there are none. Read anew when it changes.
import { appendFileSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { AwsError, type Protocol } from "./errors.mts";
import type { Route } from "./routing.mts";

/**
 * What becomes of a call. `hold` takes effect and is never answered, as for a caller that is killed while it waits. The
 * others take none: `throttle`, `error` (500) and `deny` are answered as the service does, `timeout` is not answered until
 * the connection is closed after {@link TIMEOUT}, `die` resets the connection.
 */
export type Effect = "hold" | "throttle" | "error" | "deny" | "timeout" | "die";

export interface Fault {
  /** A regular expression of the call, as {@link callName} names it. */
  readonly call: string;
  /** Which of the calls that match is the first. @default 1 */
  readonly nth?: number;
  /** How many meet it, from then on. @default 1 */
  readonly times?: number;
  readonly effect: Effect;
}

export const FAULTS = "faults.json";
/** The calls that met a fault, a line each. */
export const FAULTS_LOG = "faults.log";
/** Milliseconds. SDKs wait for an answer as long as they are let. */
export const TIMEOUT = 1_000;

/** `iam CreateRole` of services that name their actions, `s3 PUT /bucket?policy=` of those that have paths. */
export function callName(request: IncomingMessage, to: Route, body: Buffer): string {
  const target = String(request.headers["x-amz-target"] ?? "")
    .split(".")
    .at(-1);
  const action = isForm(request) ? new URLSearchParams(body.toString()).get("Action") : undefined;
  return `${to.scope?.service ?? ""} ${target || action || `${request.method} ${to.path}`}`;
}

const isForm = ({ headers }: IncomingMessage): boolean =>
  headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;

function protocolOf(request: IncomingMessage, service: string | undefined): Protocol {
  if (service === "ec2" || service === "s3") return service;
  if (isForm(request)) return "query";
  return request.headers["smithy-protocol"] === "rpc-v2-cbor" ? "cbor" : "json";
}

/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html, the others as in errors.mts. */
const errors: Record<
  "throttle" | "error" | "deny",
  Record<Protocol, [type: string, status: number]>
> = {
  throttle: {
    s3: ["SlowDown", 503],
    ec2: ["RequestLimitExceeded", 503],
    query: ["Throttling", 400],
    json: ["ThrottlingException", 400],
    cbor: ["ThrottlingException", 400],
  },
  error: {
    s3: ["InternalError", 500],
    ec2: ["InternalError", 500],
    query: ["InternalFailure", 500],
    json: ["InternalFailure", 500],
    cbor: ["InternalFailure", 500],
  },
  deny: {
    s3: ["AccessDenied", 403],
    ec2: ["UnauthorizedOperation", 403],
    query: ["AccessDenied", 403],
    json: ["AccessDeniedException", 400],
    cbor: ["AccessDeniedException", 400],
  },
};

/** Has a call that takes no effect end so; an error is thrown, to be answered with. */
export function strike(effect: Exclude<Effect, "hold">, request: IncomingMessage, to: Route): void {
  const { socket } = request;
  if (effect === "die") socket.resetAndDestroy();
  else if (effect === "timeout") setTimeout(() => socket.destroy(), TIMEOUT);
  else {
    const protocol = protocolOf(request, to.scope?.service);
    const [type, status] = errors[effect][protocol];
    throw new AwsError(type, `local AWS: ${FAULTS} asks for it`, status, protocol);
  }
}

export class Faults {
  readonly #file: string;
  readonly #log: string;
  #read: string | undefined;
  #rules: { call: RegExp; effect: Effect; before: number; left: number }[] = [];

  constructor(folder: string) {
    this.#file = join(folder, FAULTS);
    this.#log = join(folder, FAULTS_LOG);
  }

  /** Whether any call may meet a fault. */
  get set(): boolean {
    const file = statSync(this.#file, { throwIfNoEntry: false });
    // Two that follow each other at once have the same time.
    const version = file && `${file.mtimeMs} ${file.ino}`;
    if (version !== this.#read) {
      this.#read = version;
      const text = file ? readFileSync(this.#file, "utf8") : "[]";
      this.#rules = (JSON.parse(text) as Fault[]).map(({ call, effect, nth = 1, times = 1 }) => ({
        call: new RegExp(call),
        effect,
        before: nth - 1,
        left: times,
      }));
    }
    return this.#rules.length > 0;
  }

  /** What this call meets: of the rules that name it, the first whose turn it is. */
  met(call: string): Effect | undefined {
    const rule = this.#rules.find((each) => each.call.test(call) && each.before-- <= 0);
    if (!rule) return undefined;
    rule.left -= 1;
    this.#rules = this.#rules.filter(({ left }) => left > 0);
    return rule.effect;
  }

  record(call: string): void {
    appendFileSync(this.#log, `${call}\n`);
  }
}
