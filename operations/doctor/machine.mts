// What doctor checks of this machine and the shell.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { minimumVersion } from "../../engine/engine.mts";
import { isAtLeast } from "../../engine/version.mts";
import { messageOf } from "../lib/errors.mts";
import { clone, pulumi } from "../lib/pulumi.mts";
import type { Stack } from "../lib/stack.mts";
import { fail, ok, type Outcome, warn } from "./finding.mts";

export function node(): Outcome {
  const { engines } = JSON.parse(readFileSync(join(clone, "package.json"), "utf8")) as {
    engines: { node: string };
  };
  const wanted = engines.node.replace(">=", "");
  const { node: version } = process.versions;
  return isAtLeast(version, wanted) ? ok(version) : fail(`${version}, ${wanted} is needed`);
}

export async function cli(): Promise<Outcome> {
  try {
    const version = (await pulumi(["version"])).trim().replace(/^v/, "");
    return isAtLeast(version, minimumVersion)
      ? ok(version)
      : fail(
          `${version}, ${minimumVersion} is needed (https://www.pulumi.com/docs/iac/download-install)`,
        );
  } catch (error) {
    return fail(messageOf(error));
  }
}

export function account(stack: Stack): Outcome {
  return stack.setting("accountId")
    ? ok(`${stack.account}, the stack's`)
    : warn(`${stack.account}; dse:accountId is not set, so that any account is taken`);
}

export function region({ region: wanted }: Stack): Outcome {
  const shell = process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  return shell && shell !== wanted
    ? warn(`${wanted} (dse:region), but the shell's AWS_REGION is ${shell}: not used for the stack`)
    : ok(wanted);
}
