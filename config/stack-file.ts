import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import type { Problem } from "./relations.ts";

/** What a stack's file may hold. https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/ */
const stackFileKeys = [
  "config",
  "environment",
  "secretsprovider",
  "encryptedkey",
  "encryptionsalt",
];

/**
 * Settings that were not indented below `config`: the engine passes over them, and the stack would get the defaults. In
 * the file that the engine reads, which it may have written anew by now, and in the one beside this program.
 */
export function unreadKeys(): Problem[] {
  const name = `Pulumi.${pulumi.getStack()}.yaml`;
  const files = [pulumi.getRootDirectory(), join(import.meta.dirname, "..")].map((root) =>
    join(root, name),
  );
  const keys = new Set(files.filter((file) => existsSync(file)).flatMap(keysOf));
  return [...keys]
    .filter((key) => !stackFileKeys.includes(key))
    .map((key) => ({
      key,
      value: undefined,
      rule: `stands beside config in ${name}, where nothing reads it: indent it below config`,
    }));
}

function keysOf(file: string): string[] {
  const { contents } = parseDocument(readFileSync(file, "utf8"));
  return isMap(contents) ? contents.items.map(({ key }) => String(key)) : [];
}
