import { z } from "zod";
import { covers } from "../../lib/document.ts";
import { resourceRule } from "../../lib/rule.ts";
import { tasksOf } from "../../lib/tasks.ts";
import { batch } from "../../lib/types.ts";

/**
 * A private registry of ECR, of either address family.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
const ecr = /^(\d{12})\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws)$/;

export const imagePinned = resourceRule({
  name: "batch-image-pinned",
  description: "Jobs run images of the account's own registry, by a digest or a tag that stays.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["CM-2", "SR-11"] },
  remediationSteps:
    "Name the image by its digest, or by a tag that the repository keeps immutable; copy a foreign image into the account's registry.",
  url: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
  settings: {
    movingTags: z
      .array(z.string().min(1))
      .default(["latest"])
      .describe("Tags that move; `*` in them stands for any characters: [*] asks for digests."),
    registries: z
      .array(z.string().min(1))
      .default([])
      .describe("Registries besides the account's own, as `public.ecr.aws`."),
  },
  types: [batch.JobDefinition],
  *check(definition, { settings }) {
    for (const { executionRole, containers } of tasksOf(definition)) {
      const account = executionRole?.split(":")[4];
      for (const { image } of containers) {
        const { registry, tag, digest } = partsOf(image);
        if (!digest && settings.movingTags.some((pattern) => covers(pattern, tag ?? "latest")))
          yield {
            wrong: tag
              ? `its image's tag ${tag} moves`
              : "its image has no tag, and so is the latest",
            write: "the image's digest, or a tag that stays",
            detail: "tag",
          };
        const owner = ecr.exec(registry)?.[1];
        const own = owner !== undefined && (account === undefined || owner === account);
        if (!own && !settings.registries.includes(registry))
          yield {
            wrong: `its image comes from ${registry}`,
            write: "an image of the account's own registry",
            detail: registry,
          };
      }
    }
  },
});

/** https://docs.docker.com/reference/cli/docker/image/tag/#description */
function partsOf(image: string) {
  const [reference = "", digest] = image.split("@");
  const [first = "", ...rest] = reference.split("/");
  const named = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const [, tag] = (rest.at(-1) ?? first).split(":");
  return { registry: named ? first : "docker.io", tag, digest };
}
