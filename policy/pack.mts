// The pack as the CLI is told of it, for whoever runs the CLI. The rules know nothing of this file.
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The stack's own config file, or production's where it has none. */
export function packConfig(stack: string): string {
  const file = (name: string) => join(import.meta.dirname, "config", `${name}.json`);
  return existsSync(file(stack)) ? file(stack) : file("prod");
}

/** Options of preview and up: the pack, with the config file of the stack unless another is named. */
export function packOptions(stack: string, config = packConfig(stack)): string[] {
  return [`--policy-pack=${import.meta.dirname}`, `--policy-pack-config=${config}`];
}
