// A state in a folder has its attributes in a file beside it. That one is not written in one go: a kill at the wrong moment
// leaves it empty, and then no state is read ("failed to load checkpoint: EOF"). Without it, all is well.
// https://github.com/google/go-cloud/blob/master/blob/fileblob/attrs.go
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { backendUrl, project } from "../lib/pulumi.mts";
import { folderOf } from "../lib/backend.mts";

/** Removes the attributes that a killed update left empty. Only while none is under way. */
export async function removeEmptyAttributes(stack: string): Promise<void> {
  const folder = folderOf(await backendUrl());
  const states = join(folder ?? "", ".pulumi", "stacks", project);
  if (folder === undefined || !existsSync(states)) return;
  for (const file of readdirSync(states).filter((name) => name.startsWith(`${stack}.json`)))
    if (file.endsWith(".attrs") && statSync(join(states, file)).size === 0)
      rmSync(join(states, file));
}
