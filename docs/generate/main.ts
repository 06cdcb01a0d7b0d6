// Writes the pages and pictures of docs/ that come from code and data: `make docs`. A test holds them to it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { componentsPage } from "./components.ts";
import { controlsPage } from "./controls.ts";
import { differencesPage } from "./differences.ts";
import { networkPicture } from "./network.ts";
import { outputsPage } from "./outputs.ts";
import { platformPicture } from "./platform.ts";
import { policyPage } from "./policy.ts";
import { recordedRuns, type Runs } from "./runs.ts";
import { settingsPage } from "./settings.ts";
import { terraformPage } from "./terraform.ts";

/** Name and content of every generated file. */
export async function pages(runs: Runs): Promise<Record<string, string>> {
  return {
    "components.md": componentsPage(runs),
    "controls.md": controlsPage(),
    "differences.md": differencesPage(),
    "network.svg": await networkPicture(runs),
    "outputs.md": outputsPage(runs),
    "platform.svg": await platformPicture(runs),
    "policy.md": policyPage(),
    "settings.md": settingsPage(),
    "terraform-resources.md": terraformPage(runs),
  };
}

if (import.meta.main)
  for (const [name, content] of Object.entries(await pages(await recordedRuns())))
    writeFileSync(join(import.meta.dirname, "..", name), content);
