// MWAA's calls: guarded, then answered by MiniStack, completed from memory.
import type { ClientConfig } from "./clients.mts";
import type { Scope } from "./routing.mts";
import type { AirflowCli, CliEnvironment } from "./airflow-cli.mts";
import { AwsError } from "./errors.mts";
import { updateError } from "./mwaa-failure.mts";
import { checkEnvironment, type EnvironmentRequest } from "./mwaa-guard.mts";
import type { MwaaMemory } from "./mwaa-memory.mts";

type Fields = Record<string, unknown>;

export interface Answer {
  status: number;
  body: Fields;
}

export interface MwaaCall {
  method: string;
  path: string;
  body: Buffer;
  scope: Scope;
}

export class Mwaa {
  readonly #memory: MwaaMemory;
  readonly #cli: AirflowCli;
  readonly #account: string;
  readonly #config: (scope: Scope) => ClientConfig;
  readonly #ministack: (call: MwaaCall) => Promise<Answer>;

  constructor(
    memory: MwaaMemory,
    cli: AirflowCli,
    account: string,
    config: (scope: Scope) => ClientConfig,
    ministack: (call: MwaaCall) => Promise<Answer>,
  ) {
    this.#memory = memory;
    this.#cli = cli;
    this.#account = account;
    this.#config = config;
    this.#ministack = ministack;
  }

  /** The answer to a call, or undefined where MiniStack's own will do. */
  async answer(call: MwaaCall): Promise<Answer | undefined> {
    const [path = "", query = ""] = call.path.split("?");
    const name = /^\/environments\/([^/]+)$/.exec(path)?.[1];
    if (name) return this.#environment(call, decodeURIComponent(name));
    const asked = /^\/clitoken\/([^/]+)$/.exec(path)?.[1];
    if (asked) return this.#token(call, asked);
    const arn = /^\/tags\/(.+)$/.exec(path)?.[1];
    if (arn) return this.#tags(call, decodeURIComponent(arn), new URLSearchParams(query));
    return undefined;
  }

  async #environment(call: MwaaCall, name: string): Promise<Answer | undefined> {
    // MiniStack takes an access key of 12 digits for the account.
    const account = /^\d{12}$/.test(call.scope.accessKey) ? call.scope.accessKey : this.#account;
    const arn = `arn:aws:airflow:${call.scope.region}:${account}:environment/${name}`;
    const sent = () => JSON.parse(call.body.toString() || "{}") as EnvironmentRequest & Fields;
    switch (call.method) {
      case "GET": {
        const answer = await this.#ministack(call);
        if (answer.status !== 200) return answer;
        const environment = this.#memory.complete(answer.body["Environment"] as Fields);
        return { status: 200, body: { Environment: environment } };
      }
      case "PUT": {
        await checkEnvironment(this.#config(call.scope), sent());
        const answer = await this.#ministack(call);
        if (answer.status === 200) this.#memory.create(arn, sent());
        return answer;
      }
      case "PATCH": {
        const get = { ...call, method: "GET", body: Buffer.alloc(0) };
        const now = await this.#ministack(get);
        if (now.status === 200) {
          const current = this.#memory.complete(now.body["Environment"] as Fields);
          await checkEnvironment(this.#config(call.scope), sent(), current);
        }
        const answer = await this.#ministack(call);
        if (answer.status === 200) {
          const bucket = this.#memory.sourceBucket(arn);
          const error = await updateError(this.#config(call.scope), bucket, sent());
          this.#memory.update(arn, sent(), error);
        }
        return answer;
      }
      case "DELETE": {
        const answer = await this.#ministack(call);
        if (answer.status === 200) this.#memory.delete(arn);
        return answer;
      }
      default:
        return undefined;
    }
  }

  async #token(call: MwaaCall, name: string): Promise<Answer> {
    const get = { method: "GET", path: `/environments/${name}`, body: Buffer.alloc(0) };
    const found = await this.#environment({ ...call, ...get }, decodeURIComponent(name));
    if (found?.status !== 200) return found ?? { status: 404, body: {} };
    const environment = found.body["Environment"] as CliEnvironment;
    const CliToken = this.#cli.token(environment, this.#config(call.scope));
    // Its web server is the gateway, at the same port as all of this AWS.
    return { status: 200, body: { CliToken, WebServerHostname: "127.0.0.1" } };
  }

  #tags(call: MwaaCall, arn: string, query: URLSearchParams): Answer {
    const tags = this.#memory.tags(arn);
    if (!tags) throw new AwsError("ResourceNotFoundException", `${arn} does not exist`, 404);
    switch (call.method) {
      case "GET":
        return { status: 200, body: { Tags: tags } };
      case "POST": {
        const { Tags } = JSON.parse(call.body.toString()) as { Tags: Record<string, string> };
        this.#memory.tag(arn, (before) => ({ ...before, ...Tags }));
        return { status: 200, body: {} };
      }
      default: {
        const gone = new Set(query.getAll("tagKeys"));
        const stays = ([key]: [string, string]) => !gone.has(key);
        this.#memory.tag(arn, (before) => Object.fromEntries(Object.entries(before).filter(stays)));
        return { status: 200, body: {} };
      }
    }
  }
}
