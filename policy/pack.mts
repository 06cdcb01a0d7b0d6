// The pack as the CLI is told of it, for whoever runs the CLI. The rules know nothing of this file.
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Options of preview and up: the pack with the stack's own config file, or production's where it has none. */
export function packOptions(stack: string): string[] {
  const [own, production] = [stack, "prod"].map((name) =>
    join(import.meta.dirname, "config", `${name}.json`),
  );
  const config = own && existsSync(own) ? own : production;
  return [`--policy-pack=${import.meta.dirname}`, `--policy-pack-config=${config}`];
}
