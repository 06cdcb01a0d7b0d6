// Finds a Pulumi engine: the person's own, else Pulumi's download, else one built from Go modules.
//
//   node engine/engine.mts     prints where it is, and makes it first if need be
import { alreadyBuilt, build, builtVersion, type BuiltEngine } from "./built.mts";
import type { Say } from "./cache.mts";
import { downloadedEngine, downloadEngine, unreachable } from "./launcher.mts";
import { engineOnPath, type PathEngine } from "./path.mts";

export interface Engine {
  source: "path" | "launcher" | "built";
  version: string;
  /** Holds `pulumi` and `pulumi-language-nodejs`. */
  binDir: string;
  /** Built provider plugins by name and version ("aws-7.48.0"); empty where the engine downloads its own. */
  plugins: Record<string, string>;
}

/** Limits the search to one kind of engine: path, launcher or built. */
const choiceVariable = "DSE_ENGINE";

/** The oldest CLI that is used: the version that is built, since that is what the project is tested with. */
export const minimumVersion = builtVersion();

let found: Promise<Engine> | undefined;

/** Finds the engine, once per process; `say` hears about steps that take long. */
export function findEngine(say: Say): Promise<Engine> {
  found ??= search(say);
  return found;
}

async function search(say: Say): Promise<Engine> {
  const choice = process.env[choiceVariable] ?? "";
  const allowed = (source: Engine["source"]): boolean => choice === "" || choice === source;
  if (!["", "path", "launcher", "built"].includes(choice)) {
    throw new Error(`${choiceVariable} is ${choice}: it must be path, launcher or built.`);
  }

  const own = allowed("path") ? await engineOnPath(minimumVersion, say) : undefined;
  if (own) return downloading("path", own);
  const earlier = allowed("launcher") ? downloadedEngine() : undefined;
  if (earlier) return downloading("launcher", earlier);
  const ready = allowed("built") ? alreadyBuilt() : undefined;
  if (ready) return building(ready);

  const blocked = allowed("launcher") ? await tryDownload(say) : undefined;
  if (typeof blocked === "object") return blocked;
  if (allowed("built")) return building(await build(say));
  throw new Error(
    choice === "path"
      ? `There is no Pulumi CLI ${minimumVersion} or newer on the PATH: install it (https://www.pulumi.com/docs/iac/download-install).`
      : `The Pulumi CLI could not be downloaded (${blocked}): unset ${choiceVariable} to have it built instead.`,
  );
}

/** The downloaded engine, or why there is none. */
async function tryDownload(say: Say): Promise<Engine | string> {
  const why = await unreachable();
  if (why !== undefined) return why;
  try {
    return downloading("launcher", await downloadEngine(say));
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0] ?? "";
    say(`The Pulumi CLI could not be downloaded: ${reason}`);
    return reason;
  }
}

function downloading(source: "path" | "launcher", engine: PathEngine): Engine {
  return { source, ...engine, plugins: {} };
}

function building(engine: BuiltEngine): Engine {
  return { source: "built", ...engine };
}

if (import.meta.main) {
  try {
    const engine = await findEngine((line) => console.error(line));
    console.log(`${engine.binDir} (Pulumi ${engine.version}, ${engine.source})`);
    for (const [plugin, binary] of Object.entries(engine.plugins))
      console.log(`${binary} (${plugin})`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
