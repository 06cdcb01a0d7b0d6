import type * as pulumi from "@pulumi/pulumi";
import type { JobArgs } from "../components/job-definitions.ts";
import type { Registry } from "../components/ecr.ts";
import type { Settings } from "./settings.ts";

/** A job as the settings have it: its image and its secret still to be looked up. */
export interface JobSettings extends Omit<JobArgs, "image" | "secret"> {
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
  readonly secret: { name: string; prefix: string; fields: readonly string[] } | undefined;
}

type Entry = Settings["jobs"][string];

/** The settings that jobs are made of. */
const keysOfJobs = [
  "jobs",
  "jobCommand",
  "jobVcpus",
  "jobMemory",
  "jobSecret",
  "jobSecretPrefix",
  "jobSecretFields",
] as const satisfies (keyof Settings)[];
export type OfJobs = Pick<Settings, (typeof keysOfJobs)[number]>;

/** Whether there are all that jobs are made of. */
export function hasJobs(values: Partial<Settings>): values is Partial<Settings> & OfJobs {
  return keysOfJobs.every((key) => values[key] !== undefined);
}

/** What the default job has a setting of its own for, and `jobs.default` therefore does not say again. */
export const defaultJobKeys = {
  imageTag: "jobImageTag",
  command: "jobCommand",
  vcpus: "jobVcpus",
  memory: "jobMemory",
  secret: "jobSecret",
  secretPrefix: "jobSecretPrefix",
  secretFields: "jobSecretFields",
} as const satisfies Partial<Record<keyof Entry, keyof Settings>>;

/** A job of the settings, with what `jobs.default` says where it does not say it itself. */
export function completeJob({ default: inherited = {} }: Settings["jobs"], job: Entry): Entry {
  // A group of its own has only the job that asks for one.
  const { logRetentionDays: _, imageDigest, ...rest } = inherited;
  return {
    ...rest,
    ...(!job.imageTag && { imageDigest }),
    ...job,
    environment: { ...inherited.environment, ...job.environment },
  };
}

/** The default job, and the others with the default's settings where they have none of their own. */
export function jobsOf(values: OfJobs) {
  const { default: first = {}, ...others } = values.jobs;
  const settingsOf = (job: Entry): JobSettings => {
    const { imageTag, imageDigest, secret, secretPrefix, secretFields, ...rest } = job;
    const name = secret ?? values.jobSecret;
    return {
      ...rest,
      tag: imageTag,
      digest: imageDigest,
      command: rest.command ?? values.jobCommand,
      vcpus: rest.vcpus ?? values.jobVcpus,
      memory: rest.memory ?? values.jobMemory,
      secret: name
        ? {
            name,
            prefix: secretPrefix ?? values.jobSecretPrefix,
            fields: secretFields ?? values.jobSecretFields,
          }
        : undefined,
    };
  };
  const complete = Object.entries(others).map(
    ([name, job]) => [name, settingsOf(completeJob(values.jobs, job))] as const,
  );
  return { ...Object.fromEntries(complete), default: settingsOf(first) };
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
