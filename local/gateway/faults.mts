// Faults that calls meet, by rules in a file of the instance's folder, which its owner alone can write. Without the file
// there are none. Read anew when it changes.
import { appendFileSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Route } from "./routing.mts";

export interface Fault {
  /** A regular expression of the call, as {@link callName} names it. */
  readonly call: string;
  /** Which of the calls that match. @default 1 */
  readonly nth?: number;
  /** `hold`: the call takes effect, and is never answered, as for a caller that is killed while it waits. */
  readonly effect: "hold";
}

export const FAULTS = "faults.json";
/** The calls that met a fault, a line each. */
export const FAULTS_LOG = "faults.log";

/** `iam CreateRole` of services that name their actions, `s3 PUT /bucket?policy=` of those that have paths. */
export function callName(request: IncomingMessage, to: Route, body: Buffer): string {
  const target = String(request.headers["x-amz-target"] ?? "")
    .split(".")
    .at(-1);
  const form = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const action = form ? new URLSearchParams(body.toString()).get("Action") : undefined;
  return `${to.scope?.service ?? ""} ${target || action || `${request.method} ${to.path}`}`;
}

export class Faults {
  readonly #file: string;
  readonly #log: string;
  #written: number | undefined;
  #waiting: { call: RegExp; left: number }[] = [];

  constructor(folder: string) {
    this.#file = join(folder, FAULTS);
    this.#log = join(folder, FAULTS_LOG);
  }

  /** Whether any call may meet a fault. */
  get set(): boolean {
    const written = statSync(this.#file, { throwIfNoEntry: false })?.mtimeMs;
    if (written !== this.#written) {
      this.#written = written;
      const text = written === undefined ? "[]" : readFileSync(this.#file, "utf8");
      const faults = JSON.parse(text) as Fault[];
      this.#waiting = faults.map(({ call, nth = 1 }) => ({ call: new RegExp(call), left: nth }));
    }
    return this.#waiting.length > 0;
  }

  /** Whether this call is to be held. A fault is met once. */
  holds(call: string): boolean {
    const met = this.#waiting.find((fault) => fault.call.test(call) && --fault.left === 0);
    this.#waiting = this.#waiting.filter((fault) => fault !== met);
    return met !== undefined;
  }

  record(call: string): void {
    appendFileSync(this.#log, `${call}\n`);
  }
}
