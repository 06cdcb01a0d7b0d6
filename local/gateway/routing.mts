// Which emulator a request is for, and whether it may be answered here at all.
import type { IncomingMessage } from "node:http";

export interface Scope {
  accessKey: string;
  region: string;
  service: string;
}

export interface Route {
  /** Host name as asked for, without port. */
  host: string;
  path: string;
  /** False when the request means a host that is not this local AWS. */
  local: boolean;
  emulator: "moto" | "ministack";
  scope: Scope | undefined;
}

/** The credential scope of a signed request, from its header or (presigned) its query. */
export function signingScope(authorization: string | undefined, path: string): Scope | undefined {
  const query = new URLSearchParams(path.split("?")[1] ?? "").get("X-Amz-Credential");
  const credential = /Credential=([^,\s]+)/.exec(authorization ?? "")?.[1] ?? query ?? "";
  const [accessKey, , region, service] = credential.split("/");
  return accessKey && region && service ? { accessKey, region, service } : undefined;
}

/** Loopback names, and those that SDKs derive from them: api.127.0.0.1, 123456789012.localhost. */
export function isLoopback(host: string): boolean {
  return /^(.+\.)?(localhost|127\.0\.0\.1)$/.test(host) || host === "[::1]";
}

/** Splits `host:port`. Not by URL: that takes 123456789012.127.0.0.1 for a malformed IP address. */
export function splitHost(authority: string): { host: string; port: string } {
  const [, host = "", port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  return { host: host.toLowerCase(), port };
}

export function route(request: IncomingMessage, port: number): Route {
  const target = request.url ?? "/";
  const [origin, proxied] = /^[a-z]+:\/\/(?:[^/?@]*@)?([^/?]*)/i.exec(target) ?? [];
  const to = splitHost(proxied ?? request.headers.host ?? "localhost");
  const path = origin === undefined ? target : target.slice(origin.length) || "/";
  const scope = signingScope(request.headers.authorization, path);
  return {
    host: to.host,
    path,
    local: isLoopback(to.host) && (proxied === undefined || to.port === String(port)),
    // By signing scope, not by path: a bucket may be called "environments".
    emulator: scope?.service === "airflow" ? "ministack" : "moto",
    scope,
  };
}
