// What the tests of the local AWS share: instances in temporary folders, and clones with a program of their own.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { variables } from "../../local/environment.mts";
import { stop, type Instance } from "../../local/instance.mts";

export const root = join(import.meta.dirname, "..", "..");

const made: string[] = [];

export function temporaryFolder(): string {
  // The real path: the wrapper compares paths.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "dse-local-")));
  made.push(folder);
  return folder;
}

/** Stops whatever a failed test has left, and removes the folders. */
export async function cleanUp(): Promise<void> {
  for (const folder of made.splice(0)) {
    for (const instance of [folder, join(folder, ".local", "aws")]) await stop(instance);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Settings of an AWS client for an instance. */
export function sdk(instance: Instance) {
  return {
    endpoint: instance.url,
    region: instance.region,
    credentials: { accessKeyId: instance.account, secretAccessKey: "test" },
    maxAttempts: 1,
    forcePathStyle: true,
    disableHostPrefix: true,
  };
}

/** The same, past the gateway: what the emulator itself answers. */
export function bare(instance: Instance, name: "moto" | "ministack") {
  const port = instance.processes.find((p) => p.name === name)?.port;
  return { ...sdk(instance), endpoint: `http://127.0.0.1:${port}` };
}

export interface Result {
  code: number | null;
  out: string;
}

export interface Running {
  pid: number;
  ended: Promise<Result>;
}

export interface Clone {
  folder: string;
  instance: string;
  /** Runs a command of local/main.mts and returns what it printed and how it ended. */
  local(...args: string[]): Result;
  /** The same in the background. */
  start(...args: string[]): Running;
  git(...args: string[]): string;
}

function environment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env))
    if (/^(AWS|PULUMI|DSE_LOCAL|MAKE)/.test(name)) delete env[name];
  return env;
}

/** A clone of this project with the fixture's program in place of the real one, all tracked by git. */
export function makeClone(): Clone {
  const folder = temporaryFolder();
  for (const part of ["local", "engine", "operations", "components/lib", "policy/lib"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  cpSync(join(root, "test", "local", "fixtures", "program"), folder, { recursive: true });
  cpSync(join(root, "policy/pack.mts"), join(folder, "policy/pack.mts"));
  mkdirSync(join(folder, ".local"));
  for (const file of ["package.json", "preload.cjs"]) cpSync(join(root, file), join(folder, file));
  for (const part of ["node_modules", ".local/bin", ".local/venv"])
    symlinkSync(join(root, part), join(folder, part));
  const env = environment();
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.org", ...args], {
      cwd: folder,
      encoding: "utf8",
    });
  git("init", "--quiet");
  git(
    "add",
    "local/bin",
    "local/main.mts",
    ...readdirSync(folder).filter((f) => /\.(yaml|ts|json|txt)$/.test(f)),
  );
  git("commit", "--quiet", "--message", "a clone");
  const command = (args: string[]): [string, ...string[]] => ["local/main.mts", ...args];
  return {
    folder,
    instance: join(folder, ".local", "aws"),
    local(...args) {
      const done = spawnSync(process.execPath, command(args), {
        cwd: folder,
        env,
        encoding: "utf8",
      });
      return { code: done.status, out: done.stdout + done.stderr };
    },
    start(...args) {
      const child = spawn(process.execPath, command(args), {
        cwd: folder,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const output = Promise.all([text(child.stdout), text(child.stderr)]);
      const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
      const ended = Promise.all([exited, output]).then(([code, [out, err]]) => ({
        code,
        out: out + err,
      }));
      return { pid: child.pid ?? 0, ended };
    },
    git,
  };
}

/** A shell with what `make env` prints for an instance. */
export function shellEnvironment(instance: Instance): NodeJS.ProcessEnv {
  return { ...environment(), ...variables(instance), DSE_LOCAL_DIR: instance.folder };
}

/** A raw request: any target, any method; SDKs would not send some of these. */
export function request(
  port: number,
  method: string,
  target: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; reason: string; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = http.request({
      host: "127.0.0.1",
      port,
      method,
      path: target,
      headers,
      agent: false,
    });
    const answered = (response: http.IncomingMessage, body: string) =>
      resolve({ status: response.statusCode ?? 0, reason: response.statusMessage ?? "", body });
    sent.on(
      "response",
      (response) => void text(response).then((body) => answered(response, body), reject),
    );
    sent.on("connect", (response, socket) => {
      socket.destroy();
      answered(response, "");
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** Addresses that processes listen on, as `address:port`. */
export function listeners(pids: number[]): string[] {
  if (process.platform !== "linux") {
    const lsof = spawnSync(
      "lsof",
      ["-nP", "-a", "-iTCP", "-sTCP:LISTEN", "-Fn", "-p", pids.join(",")],
      {
        encoding: "utf8",
      },
    );
    return lsof.stdout.split("\n").flatMap((line) => (line.startsWith("n") ? [line.slice(1)] : []));
  }
  const sockets = new Set(
    pids.flatMap((pid) =>
      readdirSync(`/proc/${pid}/fd`).map((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        } catch {
          return undefined; // closed meanwhile
        }
      }),
    ),
  );
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A" && sockets.has(fields[9]))
      .map((fields) => {
        const [address = "", port = ""] = (fields[1] ?? "").split(":");
        const bytes = address.match(/../g)?.map((byte) => parseInt(byte, 16)) ?? [];
        return `${table === "tcp" ? bytes.reverse().join(".") : address}:${parseInt(port, 16)}`;
      }),
  );
}
