import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAULTS, FAULTS_LOG, type Fault } from "../../local/gateway/faults.mts";

/** Has calls to the instance in a folder meet these faults from now on; those met before are forgotten. */
export function setFaults(folder: string, faults: readonly Fault[]): void {
  rmSync(join(folder, FAULTS_LOG), { force: true });
  // The gateway reads them at any time.
  const file = join(folder, "faults.new");
  writeFileSync(file, JSON.stringify(faults));
  renameSync(file, join(folder, FAULTS));
}

export function endFaults(folder: string): void {
  rmSync(join(folder, FAULTS), { force: true });
}

/** The calls that met one, in their order. */
export function faultsMet(folder: string): string[] {
  const file = join(folder, FAULTS_LOG);
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}
