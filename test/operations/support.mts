// `platform`, run as a person does, with commands of the test's own on the PATH.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { folder, remove, start, type Result, type Running } from "../engine/support.mts";

export const root = join(import.meta.dirname, "..", "..");

const made: string[] = [];

/** A folder for the PATH with what the launcher needs, and these scripts. */
export function commandsFolder(scripts: Record<string, string> = {}): string {
  const needed = ["dirname", "ps", "readlink", "sleep"].map(
    (name) => [name, `#!/bin/sh\nPATH=/usr/bin:/bin exec ${name} "$@"\n`] as const,
  );
  const path = folder({ ...Object.fromEntries(needed), ...scripts });
  made.push(path);
  return path;
}

export function removeFolders(): void {
  made.splice(0).forEach(remove);
}

/** Without the person's AWS and Pulumi. */
function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|PULUMI|DSE)_/.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    ...more,
  };
}

/** Starts `platform` in a clone. */
export function startPlatform(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  clone: string = root,
): Running {
  const launcher = join(clone, "operations", "bin", "platform");
  return start(launcher, args, { cwd: clone, env: environment(env) });
}

export const platform = (...all: Parameters<typeof startPlatform>): Promise<Result> =>
  startPlatform(...all).ended;

interface FakeState {
  /** Resources of the state. */
  readonly resources?: readonly object[];
  /** The whole state. @default one of the resources */
  readonly state?: object;
  /** URL of the backend. */
  readonly backend?: string;
}

/** The `pulumi` of a stack with these settings and state; for all but reading them it is `script`. */
export function fakePulumi(
  settings: Record<string, string>,
  script = "exit 1",
  {
    resources = [{}],
    state = { deployment: { resources } },
    backend = "https://api.pulumi.com",
  }: FakeState = {},
): string {
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`dse:${key}`, { value, secret: false }]),
  );
  const answers = {
    "config --json": config,
    "stack export": state,
    "whoami --json": { url: backend },
  };
  const cases = Object.entries(answers).map(
    ([command, answer]) => `"${command}") echo '${JSON.stringify(answer)}'; exit ;;\n`,
  );
  return `#!/bin/sh\ncase "$1 $2" in\n${cases.join("")}esac\n${script}\n`;
}

/** An AWS that says which account one is in, and nothing else. */
export async function accountServer(
  account: string,
): Promise<{ server: Server; env: NodeJS.ProcessEnv }> {
  const answer = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  return { server, env };
}
