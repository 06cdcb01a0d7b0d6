// Runs Go: pinned modules only, never a half binary or a child left behind, failures explained in one line.
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Say } from "./cache.mts";
import { isAtLeast } from "./version.mts";

/** The person's settings of proxies, caches and toolchain hold; those that would change what is built do not. */
export function goEnvironment(): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, ...rest } = process.env;
  return {
    ...rest,
    CGO_ENABLED: "0",
    GO111MODULE: "on",
    GOFLAGS: "-mod=readonly -buildvcs=false",
    // The AWS SDK's EC2 package takes 3.6 GiB to compile, and 2.7 GiB with this, for a fifth more time.
    GOGC: process.env["GOGC"] ?? "50",
    GOWORK: "off",
  };
}

/** The `go` line of a module. */
export function goVersionOf(module: string): string {
  const [, version] = /^go (\S+)$/m.exec(readFileSync(join(module, "go.mod"), "utf8")) ?? [];
  if (!version) throw new Error(`${module}/go.mod has no go line`);
  return version;
}

/** Checks that Go can build a module. Asked in the module's folder, Go brings a newer toolchain if it may. */
export async function checkGo(module: string): Promise<void> {
  const wanted = goVersionOf(module);
  const need = `Go ${wanted} or newer is needed to build the Pulumi engine`;
  const install = "install it (https://go.dev/dl)";
  let version: string;
  try {
    const env = goEnvironment();
    const go = await promisify(execFile)("go", ["env", "GOVERSION"], { cwd: module, env });
    version = go.stdout.trim().replace(/^go/, "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new Error(`${need}, and there is none: ${install}.`, { cause: error });
    }
    const said = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new Error(`${need}: ${install}. Go says: ${said.split("\n").at(-1)}`, { cause: error });
  }
  if (!isAtLeast(version, wanted)) throw new Error(`${need}, this is ${version}: ${install}.`);
}

/** Says once a minute that a build still runs. */
export class Progress {
  downloads = 0;
  readonly #beat: NodeJS.Timeout;

  constructor(say: Say) {
    let minutes = 0;
    this.#beat = setInterval(() => {
      const modules = this.downloads > 0 ? `, ${this.downloads} modules downloaded` : "";
      say(`  ... ${++minutes} min${modules}`);
    }, 60_000);
  }

  end(): void {
    clearInterval(this.#beat);
  }
}

/** Runs `go ARGS` in a folder and returns what it prints. */
export async function go(cwd: string, args: string[], progress: Progress): Promise<string> {
  // Before there is what it stops: a signal in between would end this process alone.
  const asked = onSignal(() => child.pid && killGroup(child.pid));
  // A process group of its own, so that the compilers end with it.
  const child = spawn("go", args, {
    cwd,
    env: goEnvironment(),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });

  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const errors: string[] = [];
  createInterface(child.stderr).on("line", (line) => {
    if (line.startsWith("go: downloading ")) progress.downloads++;
    else errors.push(line);
  });

  try {
    const code = await ended;
    if (asked.signal()) throw new Error(`interrupted (${asked.signal()})`);
    if (code !== 0) throw new Error(explain(`${errors.join("\n")}\n${printed}`, args));
    return printed;
  } finally {
    asked.release();
  }
}

/** One line for a person from what a failed `go` printed. */
export function explain(output: string, args: string[]): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  for (const line of lines) {
    // go: golang.org/x/mod@v0.33.0: Get "https://...": dial tcp: ... | "Error": "..." of `go mod download -json`
    const [, module, cause] = /([\w.\-~/]+@v[\w.\-+]+)(?:\/go\.mod)?: (.+?)[",]*$/.exec(line) ?? [];
    if (!module || !cause) continue;
    if (/checksum mismatch|SECURITY ERROR|missing go\.sum/.test(output)) {
      return (
        `The Go module ${module} is not the one that go.sum pins: ${cause}. ` +
        "Nothing was built; ask whoever runs the module proxy why its content differs."
      );
    }
    const proxy = process.env["GOPROXY"];
    return (
      `The Go module ${module} could not be downloaded: ${redact(cause)}. Set GOPROXY to a proxy that has it` +
      (proxy ? ` (now ${redact(proxy)})` : "") +
      ", or ask your registry's administrators to let it through; " +
      "or install the Pulumi CLI (https://www.pulumi.com/docs/iac/download-install)."
    );
  }
  const tail = lines.slice(-20).join("\n  ");
  return `go ${args[0]} failed, see engine/README.md:\n  ${tail}`;
}

function redact(url: string): string {
  return url.replace(/\/\/[^/@\s]*@/g, "//***@");
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // already gone
  }
}

/** Calls `stop` when this process is asked to end; `release` lets the signal go on to end it. */
function onSignal(stop: () => void): {
  signal: () => NodeJS.Signals | undefined;
  release: () => void;
} {
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  let heard: NodeJS.Signals | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    heard = signal;
    stop();
  };
  for (const signal of signals) process.on(signal, listener);
  process.once("exit", stop);
  return {
    signal: () => heard,
    release: () => {
      process.removeListener("exit", stop);
      for (const signal of signals) process.removeListener(signal, listener);
      // Others that listen decide what happens; without them the process ends, as it would have.
      if (heard && process.listenerCount(heard) === 0) process.exit(130);
    },
  };
}
