// The environment variables that lead the Pulumi CLI, the AWS CLI and SDKs to an instance.
import { join } from "node:path";
import { folderBackend } from "../operations/lib/pulumi.mts";
import type { Instance } from "./instance.mts";
import { stateFolder } from "./state.mts";

/** Without PATH and without a proxy: what any program may have in its environment. */
export function variables(instance: Instance): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: instance.url,
    AWS_REGION: instance.region,
    AWS_DEFAULT_REGION: instance.region,
    // MiniStack takes the account from an access key of 12 digits.
    AWS_ACCESS_KEY_ID: instance.account,
    AWS_SECRET_ACCESS_KEY: "test",
    // Lets jobs that are submitted with it run their command on this machine.
    ...(instance.jobToken && { AWS_SESSION_TOKEN: instance.jobToken }),
    // Nothing here is worth keeping: protection is lifted, and destroy empties buckets.
    DSE_LOCAL_DATA_ON_DESTROY: "empty",
    // The person's own profiles, roles and endpoints are never read.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    // Else a stopped gateway is tried 25 times, for minutes.
    AWS_MAX_ATTEMPTS: "3",
    // The AWS CLI then asks for MWAA without the host prefix that does not resolve.
    AWS_DISABLE_HOST_PREFIX_INJECTION: "true",
    PULUMI_HOME: join(instance.folder, "pulumi"),
    PULUMI_BACKEND_URL: folderBackend(stateFolder(instance.folder)),
    // Of stacks that were made without a secrets provider. Their secrets are the emulator's: it keeps nothing from anyone.
    PULUMI_CONFIG_PASSPHRASE: "local",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

/** Variables of the person's own accounts that must not be seen beside ours. */
export function foreign(environment: NodeJS.ProcessEnv, ours: Record<string, string>): string[] {
  return Object.keys(environment).filter((name) => /^(AWS|PULUMI)_/.test(name) && !(name in ours));
}

const quoted = (value: string) => `'${value.replaceAll("'", String.raw`'\''`)}'`;

export function shellExports(ours: Record<string, string>, unset: string[]): string {
  const lines = Object.entries(ours).map(([name, value]) => `export ${name}=${quoted(value)}`);
  if (unset.length > 0) lines.unshift(`unset ${unset.join(" ")}`);
  return `${lines.join("\n")}\n`;
}

export function pathExport(folders: string[]): string {
  return `export PATH=${folders.map(quoted).join(":")}:"$PATH"\n`;
}
