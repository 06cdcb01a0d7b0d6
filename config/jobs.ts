import type * as pulumi from "@pulumi/pulumi";
import type { JobArgs } from "../components/batch";
import type { Registry } from "../components/ecr";
import type { Settings } from "./settings";

/** A job as the settings have it: its image and its secret still to be looked up. */
export interface JobSettings extends Omit<JobArgs, "image" | "secret"> {
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
  readonly secret: { name: string; prefix: string; fields: readonly string[] } | undefined;
}

/** The default job, and the others with the default's settings where they have none of their own. */
export function jobsOf(values: Settings) {
  const secret = (name: string, prefix: string, fields: readonly string[]) =>
    name ? { name, prefix, fields } : undefined;
  const others = Object.entries(values.jobs).map(([name, job]) => [
    name,
    {
      tag: job.imageTag,
      digest: job.imageDigest,
      command: job.command ?? values.jobCommand,
      vcpus: job.vcpus ?? values.jobVcpus,
      memory: job.memory ?? values.jobMemory,
      environment: job.environment,
      secret: secret(
        job.secret ?? values.jobSecret,
        job.secretPrefix ?? values.jobSecretPrefix,
        job.secretFields ?? values.jobSecretFields,
      ),
      timeout: job.timeout,
      attempts: job.attempts,
      architecture: job.architecture,
    },
  ]);
  return {
    default: {
      command: values.jobCommand,
      vcpus: values.jobVcpus,
      memory: values.jobMemory,
      secret: secret(values.jobSecret, values.jobSecretPrefix, values.jobSecretFields),
    },
    ...(Object.fromEntries(others) as Record<string, JobSettings>),
  };
}

/** The jobs as Batch takes them; `image` is the default's, `secrets` has the ARNs by what the settings say. */
export function toJobArgs<T extends Record<string, JobSettings>>(
  jobs: T,
  image: pulumi.Input<string>,
  registry: Registry,
  secrets: ReadonlyMap<string, string>,
): { [K in keyof T]: JobArgs } {
  const imageOf = ({ tag, digest }: JobSettings) => {
    if (digest) return `${registry.url}@${digest}`;
    return tag ? `${registry.url}:${tag}` : image;
  };
  const entries = Object.entries(jobs).map(([name, { tag, digest, secret, ...job }]) => [
    name,
    {
      ...job,
      image: imageOf({ ...job, tag, digest, secret }),
      secret: secret && { ...secret, arn: secrets.get(secret.name) ?? secret.name },
    },
  ]);
  return Object.fromEntries(entries) as { [K in keyof T]: JobArgs };
}
