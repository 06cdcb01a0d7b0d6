// The person's own Pulumi CLI, on the PATH.
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { delimiter, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { cacheRoot, type Say } from "./cache.mts";
import { isAtLeast } from "./version.mts";

export interface PathEngine {
  version: string;
  binDir: string;
}

/** The first `pulumi` on the PATH that is not ours, if it is new enough and can run Node.js programs. */
export async function engineOnPath(minimum: string, say: Say): Promise<PathEngine | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const binDir = folders.find((folder) => isExecutable(join(folder, "pulumi")) && !isOurs(folder));
  if (!binDir) return undefined;
  const version = await versionOf(join(binDir, "pulumi"));
  if (!version) {
    say(`${join(binDir, "pulumi")} does not tell its version: not used.`);
  } else if (!isAtLeast(version, minimum)) {
    say(`${join(binDir, "pulumi")} is ${version}, and ${minimum} or newer is needed: not used.`);
  } else if (![binDir, ...folders].some((f) => isExecutable(join(f, "pulumi-language-nodejs")))) {
    say(`${join(binDir, "pulumi")} has no pulumi-language-nodejs beside it: not used.`);
  } else {
    return { version, binDir };
  }
  return undefined;
}

export async function versionOf(pulumi: string): Promise<string | undefined> {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { stdout } = await promisify(execFile)(pulumi, ["version"], { env, timeout: 20_000 });
    return /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a folder is this or another clone's wrapper, or holds an engine that we built. */
function isOurs(folder: string): boolean {
  const clones = [resolve(folder, "..", ".."), resolve(folder, "..")];
  if (clones.some((clone) => existsSync(join(clone, "engine", "engine.mts")))) return true;
  const real = realpathSync(folder);
  return existsSync(cacheRoot()) && (real + sep).startsWith(realpathSync(cacheRoot()) + sep);
}
