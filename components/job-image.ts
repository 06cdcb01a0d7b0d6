import type * as pulumi from "@pulumi/pulumi";
import type { Registry } from "./ecr.ts";

export interface JobImageArgs {
  readonly registry: Registry;
  /** Tag that jobs run where no image is built. */
  readonly tag: string;
  /** Folder of the Dockerfile to build. @default none is built */
  readonly context: string | undefined;
}

/**
 * The address of the image that jobs run: the tag in the registry or, with a build context, by digest
 * what is built there for linux/amd64 and pushed. Only then @pulumi/awsx is loaded, which needs Docker.
 * https://www.pulumi.com/registry/packages/awsx/api-docs/ecr/image/
 */
export async function jobImage(
  name: string,
  { registry, tag, context }: JobImageArgs,
  opts: pulumi.ComponentResourceOptions,
): Promise<pulumi.Input<string>> {
  if (!context) return `${registry.url}:${tag}`;
  const awsx = await import("@pulumi/awsx");
  const repositoryUrl = registry.repository.repositoryUrl;
  return new awsx.ecr.Image(name, { repositoryUrl, context, platform: "linux/amd64" }, opts)
    .imageUri;
}
