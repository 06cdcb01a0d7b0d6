// Keeps what the present program deploys as the state of a release, for the upgrade tests of later ones:
// `make up`, `make up STACK=qa`, then `node test/upgrade/keep.mts v0.1.0`.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [version = ""] = process.argv.slice(2);
if (!/^v\d+\.\d+\.\d+$/.test(version)) {
  console.error("usage: node test/upgrade/keep.mts v<version>");
  process.exit(2);
}

interface State {
  deployment: { resources: { sourcePosition?: string; stackTrace?: unknown }[] };
}

const folder = join(import.meta.dirname, version);
const pulumi = join(import.meta.dirname, "..", "..", "local", "bin", "pulumi");
mkdirSync(folder, { recursive: true });
for (const stack of ["dev", "qa"]) {
  const exported = execFileSync(pulumi, ["stack", "export", "-s", stack], { encoding: "utf8" });
  const state = JSON.parse(exported) as State;
  for (const resource of state.deployment.resources) {
    // Where in which file a line stood is of no use later.
    delete resource.sourcePosition;
    delete resource.stackTrace;
  }
  writeFileSync(join(folder, `${stack}.json`), `${JSON.stringify(state, undefined, 1)}\n`);
}
