// A copy of a stack's state in a folder of its own, in which the engine's providers read what AWS has. The stack itself
// is not touched meanwhile.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { project, pulumi } from "../lib/pulumi.mts";
import type { State } from "./deployment.mts";

/** How the stack's secrets are kept, as its settings file says it. */
function secretsSettings({ deployment }: State): string {
  const { salt, url, encryptedkey } = deployment.secrets_providers?.state ?? {};
  const settings = { encryptionsalt: salt, secretsprovider: url, encryptedkey };
  return JSON.stringify(settings);
}

/** The state, in which the resources of these URNs are as AWS has them; those that it has not are gone. */
export async function readBack(
  stack: string,
  state: State,
  urns: readonly string[],
): Promise<State> {
  const cwd = mkdtempSync(join(tmpdir(), "platform-recover-"));
  const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
  const hasPassphrase = PULUMI_CONFIG_PASSPHRASE ?? PULUMI_CONFIG_PASSPHRASE_FILE;
  const env = {
    PULUMI_BACKEND_URL: `file://${join(cwd, "state")}`,
    ...(hasPassphrase === undefined && { PULUMI_CONFIG_PASSPHRASE: "" }),
  };
  const run = (...args: string[]) => pulumi([...args, "--stack", stack], { cwd, env });
  const file = join(cwd, "state.json");
  try {
    mkdirSync(join(cwd, "state"));
    writeFileSync(join(cwd, "Pulumi.yaml"), JSON.stringify({ name: project, runtime: "nodejs" }));
    await pulumi(["stack", "init", stack], { cwd, env });
    writeFileSync(join(cwd, `Pulumi.${stack}.yaml`), secretsSettings(state));
    writeFileSync(file, JSON.stringify(state));
    await run("stack", "import", "--file", file);
    const targets = urns.flatMap((urn) => ["--target", urn]);
    await run("refresh", "--yes", "--skip-preview", ...targets);
    return JSON.parse(await run("stack", "export")) as State;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
