// Pulumi's own download, by the launcher that Pulumi publishes on npm. Kept in the cache, not in the person's ~/.pulumi.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cached, cachedOrMade, type Say } from "./cache.mts";
import { isExecutable, type PathEngine } from "./path.mts";

const run = promisify(execFile);
const manifest = join(import.meta.dirname, "launcher", "package.json");

/** Where the launcher's install script comes from; its host serves the CLI too. */
const downloads = "https://get.pulumi.com/install.sh";

function launcherVersion(): string {
  const { dependencies } = JSON.parse(readFileSync(manifest, "utf8")) as {
    dependencies: { pulumi: string };
  };
  return dependencies.pulumi;
}

const folderName = (version: string): string =>
  `launcher-${version}-${process.platform}-${process.arch}`;

/** The CLI of an earlier download. */
export function downloadedEngine(): PathEngine | undefined {
  const version = launcherVersion();
  const folder = cached(folderName(version));
  return folder ? { version, binDir: binDir(folder, version) } : undefined;
}

function binDir(home: string, version: string): string {
  return join(home, "versions", version, "bin");
}

/** Why Pulumi's downloads cannot be reached, if so. */
export async function unreachable(url = downloads): Promise<string | undefined> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(4_000) });
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return (cause as { code?: string } | undefined)?.code ?? message;
  }
}

/** Downloads the CLI. */
export async function downloadEngine(say: Say): Promise<PathEngine> {
  const version = launcherVersion();
  const home = await cachedOrMade(folderName(version), say, async (scratch) => {
    say(`Downloading the Pulumi CLI ${version} (about 100 MB) ...`);
    const [launcher, kept] = [join(scratch, "launcher"), join(scratch, "home")];
    mkdirSync(kept);
    cpSync(join(import.meta.dirname, "launcher"), launcher, { recursive: true });
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["ci", ...quiet], { cwd: launcher });
    const { PULUMI_VERSION: _another, ...rest } = process.env;
    const env = { ...rest, PULUMI_HOME: kept, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const script = join(launcher, "node_modules", "pulumi", "run.js");
    await run(process.execPath, [script, "version"], { env, maxBuffer: 1 << 26 });
    if (!isExecutable(join(binDir(kept, version), "pulumi"))) throw new Error("no pulumi in it");
    return kept;
  });
  return { version, binDir: binDir(home, version) };
}
