// An instance of the local AWS: two emulators and their gateway, in a folder.
import { randomInt, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { takeLock } from "./lock.mts";
import { end, isRunning, spawnDetached, type ProcessId } from "./processes.mts";
import { deployedStacks, setStatesAside } from "./state.mts";

export const clone = join(import.meta.dirname, "..");

export type Say = (line: string) => void;

export interface LocalProcess extends ProcessId {
  name: "moto" | "ministack" | "gateway";
  port: number;
}

export interface Instance {
  /** The three processes belong together: all of one generation, or the instance is lost. */
  generation: string;
  folder: string;
  account: string;
  region: string;
  url: string;
  /** Who has it may run a job's command on this machine; none does with DSE_LOCAL_JOBS=off. */
  jobToken?: string;
  /** The KMS key of its stacks' secrets; one that an older version has started has none. */
  secretsKey?: string;
  processes: LocalProcess[];
}

export type Status =
  | { state: "running"; instance: Instance }
  | { state: "lost"; instance: Instance }
  | { state: "stopped" };

export const region = "us-west-2";
const seededSecret = "airflow/connections/snowflake_raw";

/**
 * The KMS key of the local stacks' secrets, the same in each account. It keeps nothing from anyone: the secrets are the
 * emulator's. A passphrase instead would cost each command of the engine 0.4 s.
 */
const secretsKey = "00000000-0000-4000-8000-000000000000";

/** The folder of the instance that this clone's commands use. */
export function instanceFolder(): string {
  const set = process.env["DSE_LOCAL_DIR"] || join(".local", "aws");
  return isAbsolute(set) ? set : join(clone, set);
}

const recordFile = (folder: string) => join(folder, "processes.json");

function writeRecord(instance: Instance): void {
  const file = recordFile(instance.folder);
  rmSync(`${file}.new`, { force: true });
  const record = `${JSON.stringify(instance, undefined, 2)}\n`;
  // Others on this machine must not read the token.
  writeFileSync(`${file}.new`, record, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function status(folder: string): Status {
  const file = recordFile(folder);
  if (!existsSync(file)) return { state: "stopped" };
  const instance = JSON.parse(readFileSync(file, "utf8")) as Instance;
  // A record is written before its processes are started one by one.
  const whole = instance.processes.length === 3 && instance.processes.every(isRunning);
  return { state: whole ? "running" : "lost", instance };
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  const result = await free;
  server.close();
  return result;
}

/** Free ports below those that systems give to outgoing connections, one of which could take it in the meantime. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** The gateway's port: as set, else the one it had before (shells may know it), else any free one. */
async function gatewayPort(folder: string, asked: number | undefined): Promise<number> {
  if (asked !== undefined) {
    if (await isFree(asked)) return asked;
    throw new Error(
      `port ${asked} (DSE_LOCAL_PORT) is taken by another program: free it, set another, or unset DSE_LOCAL_PORT to have a free one chosen`,
    );
  }
  const file = join(folder, "port");
  const before = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (before > 0 && (await isFree(before))) return before;
  const [port = 0] = await freePorts(1);
  return port;
}

function portFromEnvironment(): number | undefined {
  const set = process.env["DSE_LOCAL_PORT"];
  if (!set) return undefined;
  const port = Number(set);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Error(`DSE_LOCAL_PORT is ${set}: set a port number from 1 to 65535, or unset it`);
  return port;
}

function tail(file: string, lines = 5): string {
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return text.split("\n").slice(-lines).join("\n  ");
}

/** Waits for an answer that holds `proof`: another program may have taken the port meanwhile. */
async function waitUntilReady(
  running: LocalProcess,
  [path, proof]: readonly [string, string],
  log: string,
  patience = 30_000,
): Promise<void> {
  const url = `http://127.0.0.1:${running.port}${path}`;
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.text(),
      () => "",
    );
    const gone = !isRunning(running);
    if (!gone && answer.includes(proof)) return;
    if (gone || Date.now() > deadline) {
      const what = gone ? "ended at once" : `did not answer within ${patience / 1000} s`;
      throw new Error(
        `the local AWS did not start: ${running.name} ${what} (${log}):\n  ${tail(log)}`,
      );
    }
    await sleep(25);
  }
}

async function seed(instance: Instance): Promise<void> {
  const { CreateSecretCommand, SecretsManagerClient } =
    await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    endpoint: instance.url,
    region: instance.region,
    credentials: { accessKeyId: instance.account, secretAccessKey: "local" },
  });
  const fields = "account user database warehouse role private_key private_key_passphrase".split(
    " ",
  );
  await client.send(
    new CreateSecretCommand({
      Name: seededSecret,
      Description: "Made up by the local AWS, so that jobs find their secret",
      SecretString: JSON.stringify(Object.fromEntries(fields.map((f) => [f, `not-a-real-${f}`]))),
    }),
  );
}

export interface StartOptions {
  folder: string;
  /** Of the gateway; DSE_LOCAL_PORT by default, else a free one. */
  port?: number;
  account?: string;
  say?: Say;
  /** For tests: mends of moto to leave out. */
  withoutMends?: string[];
}

const startLock = (folder: string) => join(folder, "start.lock");
const takeStartLock = (folder: string, what: string) =>
  takeLock(
    startLock(folder),
    what,
    (holder) => `process ${holder.pid} has been ${holder.what} the local AWS since ${holder.since}`,
    60_000,
  );

/** Starts the instance, or finds it running. */
export async function start(options: StartOptions): Promise<Instance> {
  const { folder, say = () => undefined } = options;
  mkdirSync(folder, { recursive: true });
  const lock = await takeStartLock(folder, "starting");
  try {
    const now = status(folder);
    if (now.state === "running") return now.instance;
    if (now.state === "lost") {
      const gone = now.instance.processes.filter((p) => !isRunning(p)).map((p) => p.name);
      say(
        `The local AWS was lost (${gone.join(", ") || "never fully started"}): starting an empty one.`,
      );
      await end(now.instance.processes);
      rmSync(recordFile(folder));
    }
    // The emulators keep the account in memory: what was deployed is gone with them.
    setStatesAside(folder, say);
    return await launch(options);
  } finally {
    lock.release();
  }
}

async function launch({
  folder,
  port: asked,
  account = "123456789012",
  withoutMends = [],
}: StartOptions): Promise<Instance> {
  const python = join(clone, ".local", "venv", "bin", "python");
  if (!existsSync(python))
    throw new Error(`the emulators are not installed (no ${python}): run engine/setup`);
  const port = await gatewayPort(folder, asked ?? portFromEnvironment());
  const [moto = 0, ministack = 0] = await freePorts(2);
  for (const made of ["logs", "tmp", "ministack"])
    mkdirSync(join(folder, made), { recursive: true });
  rmSync(join(folder, "mwaa.json"), { force: true });

  const instance: Instance = {
    generation: randomUUID(),
    folder,
    account,
    region,
    url: `http://127.0.0.1:${port}`,
    ...(process.env["DSE_LOCAL_JOBS"] !== "off" && { jobToken: randomUUID() }),
    secretsKey,
    processes: [],
  };
  const log = (name: string) => join(folder, "logs", `${name}.log`);
  // Nothing of the person's AWS or proxy settings reaches the emulators.
  const env = {
    PATH: process.env["PATH"],
    HOME: join(folder, "tmp"),
    TMPDIR: join(folder, "tmp"),
    PYTHONUNBUFFERED: "1",
    // Without Docker on every machine: MiniStack would start real Airflow containers, on all interfaces.
    DOCKER_HOST: "unix:///nonexistent/docker.sock",
  };
  const run = (
    name: LocalProcess["name"],
    at: number,
    command: string,
    args: string[],
    more: NodeJS.ProcessEnv,
  ) => {
    // Each generation's log starts anew; the one before is kept.
    if (statSync(log(name), { throwIfNoEntry: false })) renameSync(log(name), `${log(name)}.1`);
    const id = spawnDetached(command, args, { ...env, ...more }, log(name));
    instance.processes.push({ name, port: at, ...id });
    writeRecord(instance);
  };

  try {
    const emulator = join(import.meta.dirname, "emulators", "moto_local.py");
    const without = withoutMends.map((mend) => `--without=${mend}`);
    const key = `arn:aws:kms:${region}:${account}:key/${secretsKey}`;
    const options = ["--host=127.0.0.1", `--port=${moto}`, `--key=${key}`];
    run("moto", moto, python, [emulator, ...options, ...without], {
      MOTO_ACCOUNT_ID: account,
      MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
      // Web pages must not read the account.
      MOTO_DISABLE_GLOBAL_CORS: "true",
      DSE_LOCAL_ENDPOINT: instance.url,
      DSE_LOCAL_JOB_TOKEN: instance.jobToken,
    });
    run("ministack", ministack, python, ["-m", "ministack"], {
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(ministack),
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      SERVICES: "airflow",
      S3_DATA_DIR: join(folder, "ministack", "s3"),
      STATE_DIR: join(folder, "ministack", "state"),
      // These would open ports of their own.
      IOT_MTLS_ENABLED: "0",
      SFTP_ENABLED: "0",
    });
    const gateway = join(import.meta.dirname, "gateway", "main.mts");
    const values = { port, moto, ministack, account, generation: instance.generation, folder };
    const args = Object.entries(values).flatMap(([key, value]) => [`--${key}`, String(value)]);
    run(
      "gateway",
      port,
      process.execPath,
      ["--disable-warning=ExperimentalWarning", gateway, ...args],
      {},
    );

    const probes = {
      moto: ["/moto-api/", "Moto"],
      ministack: ["/_ministack/ready", "completed"],
      gateway: ["/_local/ready", instance.generation],
    } as const;
    await Promise.all(
      instance.processes.map((p) => waitUntilReady(p, probes[p.name], log(p.name))),
    );
    await seed(instance);
  } catch (error) {
    await end(instance.processes);
    rmSync(recordFile(folder), { force: true });
    throw error;
  }
  writeFileSync(join(folder, "port"), String(port));
  return instance;
}

/** Ends the instance's processes. The account is gone with them, so that stacks' states are set aside. */
export async function stop(folder: string, say: Say = () => undefined): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const lock = await takeStartLock(folder, "stopping");
  try {
    const now = status(folder);
    if (now.state === "stopped") return false;
    await end(now.instance.processes);
    rmSync(recordFile(folder));
    setStatesAside(folder, say);
    return true;
  } finally {
    lock.release();
  }
}

/** Ends the instance unless a stack is deployed to it or being deployed. */
export async function stopIfUnused(folder: string, inUse: () => boolean): Promise<boolean> {
  const lock = await takeStartLock(folder, "stopping");
  try {
    const now = status(folder);
    if (now.state === "stopped" || inUse() || deployedStacks(folder).length > 0) return false;
    await end(now.instance.processes);
    rmSync(recordFile(folder));
    return true;
  } finally {
    lock.release();
  }
}
