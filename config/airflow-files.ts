import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AirflowFiles } from "../components/lib/airflow.ts";

const root = join(import.meta.dirname, "..");
const requirements = "requirements.txt";
const startupScript = "startup.sh";
const plugins = "plugins";

/** Left behind by programs, and different on every machine: they would change plugins.zip without a change. */
const leftover = /(^|\/)(\.[^/]*|__pycache__)(\/|$)/;

/** What is wrong with `airflowFiles`; undefined where nothing is. */
export function airflowFilesProblem(folder: string): string | undefined {
  if (!folder) return undefined;
  const path = join(root, folder);
  if (!isFolder(path)) return "must be a folder of this project";
  const others = readdirSync(path).filter(
    (name) =>
      ![requirements, startupScript, plugins].includes(name) &&
      !name.startsWith(".") &&
      !name.endsWith(".md"),
  );
  if (others.length)
    return `has ${others.join(", ")}, which would not be uploaded; what is: ${requirements}, ${startupScript} and the folder ${plugins}`;
  if (existsSync(join(path, plugins)) && !isFolder(join(path, plugins)))
    return `must have ${plugins} as a folder, of which plugins.zip is made`;
  return undefined;
}

/** What `airflowFiles` holds for the environment; nothing where it is empty. */
export function readAirflowFiles(folder: string): AirflowFiles {
  if (!folder) return {};
  const path = join(root, folder);
  const inPlugins = filesUnder(join(path, plugins));
  return {
    requirements: textOf(join(path, requirements)),
    startupScript: textOf(join(path, startupScript)),
    plugins: inPlugins.length
      ? Object.fromEntries(inPlugins.map((file) => [file, join(path, plugins, file)]))
      : undefined,
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Also what no system takes as a path.
    return false;
  }
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Paths below a folder, sorted, with `/` between their parts. */
function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !leftover.test(path))
    .sort();
}
