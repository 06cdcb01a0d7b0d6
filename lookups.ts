import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Arns } from "./components/lib/arn.ts";
import type { PlatformConfig } from "./config.ts";

/** The account, partition and region that the provider works in, from which ARNs are built. */
export async function lookUpArns(
  { region, iamPath }: Pick<PlatformConfig, "region" | "iamPath">,
  opts: pulumi.InvokeOptions,
): Promise<Arns> {
  const [{ accountId }, { partition, dnsSuffix }] = await Promise.all([
    aws.getCallerIdentity({}, opts),
    aws.getPartition({}, opts),
  ]);
  return new Arns({ accountId, partition, dnsSuffix, region, iamPath });
}

/** The first `count` availability zones of the region, local and wavelength zones left out. */
export async function lookUpZones(count: number, opts: pulumi.InvokeOptions): Promise<string[]> {
  const { names } = await aws.getAvailabilityZones(
    {
      state: "available",
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
    },
    opts,
  );
  if (names.length < count)
    throw new pulumi.RunError(
      `dse:publicSubnetCidrs asks for ${String(count)} availability zones, the region has ${String(names.length)}: ${names.join(", ")}`,
    );
  return names.slice(0, count);
}

/** The ARNs of the secrets that jobs receive, by what the settings say: an ARN as it is, a name looked up. */
export async function lookUpSecrets(
  { jobs, region }: Pick<PlatformConfig, "jobs" | "region">,
  opts: pulumi.InvokeOptions,
): Promise<ReadonlyMap<string, string>> {
  const secrets = new Map(
    Object.values(jobs).flatMap((job) => (job.secret ? [[job.secret.name, job.secret]] : [])),
  );
  const arns = [...secrets.values()].map(async ({ name, fields }) => {
    if (name.startsWith("arn:")) return [name, name] as const;
    return [name, await secretArn(name, fields, region, opts)] as const;
  });
  return new Map(await Promise.all(arns));
}

async function secretArn(
  name: string,
  fields: readonly string[],
  region: string,
  opts: pulumi.InvokeOptions,
): Promise<string> {
  try {
    return (await aws.secretsmanager.getSecret({ name }, opts)).arn;
  } catch (error) {
    if (!(error instanceof Error) || !/couldn't find resource|not found/i.test(error.message))
      throw error;
    throw new pulumi.RunError(
      `jobs receive the secret "${name}" (dse:jobSecret), which this account lacks in ${region}. Write its fields (${fields.join(", ")}) as a JSON object to a file and create it, or set dse:jobSecret to "":\n` +
        `  aws secretsmanager create-secret --region ${region} --name ${name} --secret-string file://secret.json`,
    );
  }
}
