// One AWS endpoint for two emulators: MWAA goes to MiniStack, the rest to moto. Also an HTTP proxy for
// the host names that SDKs derive from the endpoint and that do not resolve (api.127.0.0.1 for MWAA,
// <account>.127.0.0.1 for S3 Control). A call to any other host is refused and recorded: nothing reaches
// the real AWS.
//
//   node gateway/main.mts --port N --moto N --ministack N --account ID --generation ID --folder DIR
import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { AirflowCli, CLI_PATH } from "./airflow-cli.mts";
import { batchGuard } from "./batch.mts";
import { clientConfig } from "./clients.mts";
import { answerError, AwsError } from "./errors.mts";
import { callName, Faults, strike } from "./faults.mts";
import { iamGuard } from "./iam.mts";
import { MwaaMemory } from "./mwaa-memory.mts";
import { Mwaa, type MwaaCall } from "./mwaa.mts";
import { recordRefusal, refusalMessage, REFUSALS } from "./refusals.mts";
import { route, splitHost, type Route, type Scope } from "./routing.mts";

const required = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    port: required,
    moto: required,
    ministack: required,
    account: required,
    generation: required,
    folder: required,
  },
});
const port = Number(values.port);
const account = values.account ?? "";
const folder = values.folder ?? ".";
const ports = { moto: Number(values.moto), ministack: Number(values.ministack) };
const refusals = join(folder, REFUSALS);

/** Connections are kept for less time than moto keeps them; MiniStack closes its own as it likes. */
const agents = { moto: new http.Agent({ keepAlive: true, timeout: 60_000 }), ministack: false };

/** Sends a request on to its emulator. */
async function forward(
  to: Route,
  method: string | undefined,
  headers: http.IncomingHttpHeaders,
  body: IncomingMessage | Buffer,
): Promise<IncomingMessage> {
  const sent: http.OutgoingHttpHeaders = { ...headers };
  // These are about the connection to the gateway.
  for (const hop of ["proxy-connection", "connection", "expect"]) delete sent[hop];
  // MiniStack takes any other host name for a bucket's.
  if (to.emulator === "ministack") sent["host"] = `localhost:${ports.ministack}`;
  const request = http.request({
    host: "127.0.0.1",
    port: ports[to.emulator],
    method,
    path: to.path,
    headers: sent,
    agent: agents[to.emulator],
  });
  const answered = once(request, "response") as Promise<[IncomingMessage]>;
  if (Buffer.isBuffer(body)) request.end(body);
  else pipeline(body, request).catch(() => request.destroy());
  return (await answered)[0];
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const to = route(request, port);
  if (!to.local) {
    recordRefusal(refusals, request.method ?? "", to.host);
    answerJson(response, 403, { __type: "RefusedLocally", message: refusalMessage(to.host) });
    return;
  }
  if (to.path === "/_local/ready") {
    answerJson(response, 200, { generation: values.generation });
    return;
  }
  if (to.path === CLI_PATH && request.method === "POST") {
    const answered = await cli.answer(request.headers.authorization, request);
    answerJson(response, answered.status, answered.body);
    return;
  }

  const config = (scope: Scope) => clientConfig(`http://127.0.0.1:${ports.moto}`, scope);
  let body: IncomingMessage | Buffer = request;
  const whole = async () => (body = Buffer.isBuffer(body) ? body : await buffer(request));
  const call = faults.set ? callName(request, to, await whole()) : "";
  const effect = faults.met(call);
  if (effect !== undefined && effect !== "hold") {
    faults.record(call);
    strike(effect, request, to);
    return;
  }
  const held = effect === "hold";
  if (to.emulator === "ministack" && to.scope) {
    const ministack = async (call: MwaaCall) => {
      const headers = { ...request.headers, "content-length": String(call.body.length) };
      const answered = await forward({ ...to, path: call.path }, call.method, headers, call.body);
      const text = (await buffer(answered)).toString();
      return {
        status: answered.statusCode ?? 502,
        body: JSON.parse(text || "{}") as Record<string, unknown>,
      };
    };
    const mwaa = new Mwaa(memory, cli, account, config, ministack);
    const asked = { method: request.method ?? "GET", path: to.path, scope: to.scope };
    const answered = await mwaa.answer({ ...asked, body: await whole() });
    if (answered) {
      if (held) faults.record(call);
      else answerJson(response, answered.status, answered.body);
      return;
    }
  }
  const guard = to.scope?.service === "batch" ? batchGuard(to.path) : undefined;
  if (guard && to.scope) {
    const asked = JSON.parse((await whole()).toString()) as Record<string, unknown>;
    await guard(config(to.scope), asked);
  }
  const pass = () => forward(to, request.method, request.headers, body);
  let answered: IncomingMessage;
  if (to.scope?.service === "iam") answered = await iamGuard(config(to.scope), await whole(), pass);
  else answered = await pass();
  if (held) {
    // By then the emulator has done it.
    answered.destroy();
    faults.record(call);
    return;
  }
  // This is about the connection to the emulator.
  const { connection: _, "keep-alive": __, ...headers } = answered.headers;
  response.writeHead(answered.statusCode ?? 502, headers);
  await pipeline(answered, response);
}

const faults = new Faults(folder);
const memory = new MwaaMemory(join(folder, "mwaa.json"));
const cli = new AirflowCli();
const server = http.createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    if (!(error instanceof AwsError)) console.error(request.method, request.url, error);
    if (response.headersSent) response.destroy();
    else if (error instanceof AwsError) answerError(response, error);
    else
      answerError(
        response,
        new AwsError("InternalFailure", `local gateway: ${String(error)}`, 500),
      );
  });
});
server.on("connect", (request: IncomingMessage, socket: import("node:net").Socket) => {
  const { host } = splitHost(request.url ?? "");
  recordRefusal(refusals, "CONNECT", host);
  // Go's HTTP client shows the reason phrase as the error.
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 403 ${refusalMessage(host)}\r\nContent-Length: 0\r\n\r\n`);
});
// SDKs keep connections open; one that the gateway closes at the wrong moment is an error to them.
server.keepAliveTimeout = 300_000;
server.on("error", (error: Error) => {
  console.error(`gateway: ${error.message}`);
  process.exit(1);
});
server.listen(port, "127.0.0.1", () => console.log(`gateway on 127.0.0.1:${port}`));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
