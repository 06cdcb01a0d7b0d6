import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { JobSecret } from "./components/batch";
import { Arns } from "./components/lib/arn";
import type { PlatformConfig } from "./config";

/** The account, partition and region that the provider works in, from which ARNs are built. */
export async function lookUpArns(region: string, opts: pulumi.InvokeOptions): Promise<Arns> {
  const [{ accountId }, { partition, dnsSuffix }] = await Promise.all([
    aws.getCallerIdentity({}, opts),
    aws.getPartition({}, opts),
  ]);
  return new Arns({ accountId, partition, dnsSuffix, region });
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

/** The secret that jobs receive: by ARN as it is, by name looked up, so that its ARN is known. */
export async function lookUpJobSecret(
  { jobSecret, region }: Pick<PlatformConfig, "jobSecret" | "region">,
  opts: pulumi.InvokeOptions,
): Promise<JobSecret | undefined> {
  if (!jobSecret) return undefined;
  const { secret: name, prefix, fields } = jobSecret;
  if (name.startsWith("arn:")) return { arn: name, prefix, fields };
  try {
    const { arn } = await aws.secretsmanager.getSecret({ name }, opts);
    return { arn, prefix, fields };
  } catch (error) {
    if (
      !(error instanceof Error) ||
      !/couldn't find resource|empty result|not found/i.test(error.message)
    )
      throw error;
    throw new pulumi.RunError(
      `dse:jobSecret "${name}" is no secret of this account in ${region}. Write its fields (${fields.join(", ")}) as a JSON object to a file and create it, or set dse:jobSecret to "":\n` +
        `  aws secretsmanager create-secret --region ${region} --name ${name} --secret-string file://secret.json`,
    );
  }
}
