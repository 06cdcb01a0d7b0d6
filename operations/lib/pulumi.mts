// The Pulumi CLI of the PATH. On the local AWS that is local/bin/pulumi.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CommandError, exitCodes, refused } from "./errors.mts";
import { faultIn } from "./faults.mts";
import { holdInterrupts } from "./interrupts.mts";

/** The project's folder. */
export const clone = join(import.meta.dirname, "..", "..");

/** The name of the platform's Pulumi project. */
export const project = "dse";

/** For the policy pack, whose runner takes no arguments for Node. https://nodejs.org/api/cli.html#node_optionsoptions */
const preload = `--require ${JSON.stringify(join(clone, "preload.cjs"))}`;

/** Else the engine compares one resource at a time: https://github.com/pulumi/pulumi/pull/18872 */
export const parallelDiff = { PULUMI_PARALLEL_DIFF: "true" };

export interface PulumiOptions {
  /** Folder of the Pulumi project. @default the platform's */
  readonly cwd?: string;
  /** Variables besides those of the process. */
  readonly env?: Readonly<Record<string, string>>;
}

const missing = () =>
  refused(
    "there is no pulumi on the PATH: install it (https://www.pulumi.com/docs/iac/download-install)",
  );

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

function settings({ cwd = clone, env }: PulumiOptions) {
  const options = [process.env["NODE_OPTIONS"], preload].filter(Boolean).join(" ");
  const ours = { PULUMI_SKIP_UPDATE_CHECK: "true", NODE_OPTIONS: options };
  return { cwd, env: { ...parallelDiff, ...process.env, ...ours, ...env } };
}

/** What a command says on stderr when it fails, in one line. */
function reason(stderr: string): string {
  const known = faultIn(stderr);
  if (known) return known;
  const lines = stderr.split("\n").map((line) => line.trim());
  return (lines.find((line) => line.startsWith("error: ")) ?? lines.find(Boolean) ?? "").replace(
    /^error: /,
    "",
  );
}

/** Runs a short command and resolves to its output. Its failure is one line. */
export async function pulumi(args: readonly string[], options: PulumiOptions = {}) {
  try {
    const run = { ...settings(options), maxBuffer: 256 << 20 };
    const all = [...args, "--non-interactive", "--color=never"];
    return (await promisify(execFile)("pulumi", all, run)).stdout;
  } catch (error) {
    if (isMissing(error)) throw missing();
    const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
    throw new CommandError(reason(`${stderr}\n${stdout}`), exitCodes.failed, error);
  }
}

/**
 * The state backend in a folder. Its files have no attributes beside them: the engine does not write those in one go, so
 * that a kill at the wrong moment would leave a state that is not read ("failed to load checkpoint: EOF").
 * https://pkg.go.dev/gocloud.dev/blob/fileblob
 */
export const folderBackend = (folder: string): string => `file://${folder}?metadata=skip`;

let backend: Promise<string> | undefined;

/** Where the states are: `file://…`, `s3://…` or another. The engine is asked once, for 0.1 s. */
export function backendUrl(): Promise<string> {
  backend ??= pulumi(["whoami", "--json"]).then(
    (text) => (JSON.parse(text) as { url: string }).url,
  );
  return backend;
}

/**
 * Runs a command in the foreground, its input and output untouched, and resolves to its exit code. Where the command
 * line's own result is wanted on stdout, the output goes to stderr.
 */
export async function pulumiInForeground(
  args: readonly string[],
  { output = 1, ...options }: PulumiOptions & { readonly output?: 1 | 2 } = {},
): Promise<number> {
  const child = spawn("pulumi", args, { ...settings(options), stdio: ["inherit", output, 2] });
  // From a terminal the engine has its own interrupt, and takes a second one for "stop at once".
  const handler = (signal: NodeJS.Signals) => {
    if (signal === "SIGTERM" || !process.stdin.isTTY) child.kill("SIGINT");
    interrupted = true;
  };
  let interrupted = false;
  return holdInterrupts(handler, async () => {
    try {
      const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
      if (interrupted) return exitCodes.interrupted;
      return code ?? 128 + constants.signals[signal ?? "SIGKILL"];
    } catch (error) {
      if (isMissing(error)) throw missing();
      throw error;
    }
  });
}
