// Puts the Pulumi CLI of the project's lock file on the PATH of a job's further steps: `node operations/github/engine.mts`.
import { appendFileSync } from "node:fs";
import { findEngine } from "../../engine/engine.mts";
import { required, script } from "./api.mts";

await script(async () => {
  const path = required(process.env, "GITHUB_PATH");
  const { binDir, version, source } = await findEngine((line) => {
    console.log(line);
  });
  // The one that is built serves emulators alone.
  if (source === "built") throw new Error("Pulumi's downloads cannot be reached: run it again");
  appendFileSync(path, `${binDir}\n`);
  console.log(`Pulumi ${version} (${source})`);
});
