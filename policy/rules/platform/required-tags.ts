import { z } from "zod";
import { parsed } from "../../lib/json.ts";
import type { Resource } from "../../lib/resource.ts";
import { resourceRule } from "../../lib/rule.ts";
import { taggable } from "../../lib/taggable.ts";
import type { Type } from "../../lib/types.ts";

type Tags = Record<string, string>;

export const requiredTags = resourceRule({
  name: "required-tags",
  description: "Everything that takes tags says whose it is, and of which environment.",
  severity: "medium",
  enforcementLevel: "mandatory",
  controls: { nist: ["CM-8"] },
  remediationSteps: "Add the tags to the resource, or to defaultTags of its provider.",
  url: "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
  settings: {
    keys: z
      .array(z.string())
      .default(["Owner", "Project", "Environment"])
      .describe("Tags that must be there, and not be empty."),
    environment: z
      .string()
      .default("")
      .describe("What the tag Environment must say; empty: the stack's name."),
    values: z
      .record(z.string(), z.string())
      .default({})
      .describe("What a missing tag is repaired with."),
  },
  types: taggable.map((token): Type<{ tags?: Tags }> => ({ token })),
  *check(resource, { settings }) {
    const environment = settings.environment || stackOf(resource);
    for (const key of settings.keys) {
      const value = tagOf(resource, key);
      if (!value)
        yield { wrong: `it has no tag ${key}`, write: `tags: { ${key}: … }`, detail: key };
      else if (key === "Environment" && value !== environment)
        yield {
          wrong: `its tag Environment says ${value}`,
          write: `tags: { Environment: "${environment}" }, or environment: "${value}" for required-tags in the stack's file of policy/config`,
          detail: key,
        };
    }
  },
  // A tag that says something else is somebody's decision: it is reported, not overwritten.
  remediate(resource, { settings }) {
    const { keys, values, environment } = settings;
    const right: Tags = { ...values, Environment: environment || stackOf(resource) };
    for (const key of keys) {
      const value = right[key];
      if (value && !tagOf(resource, key)) (resource.props.tags ??= {})[key] = value;
    }
  },
});

/** One by one, as another tag may be unknown yet. The provider may have put its default tags there, or puts them later. */
const tagOf = ({ props, provider }: Resource<{ tags?: Tags }>, key: string): string =>
  props.tags?.[key] ?? defaultTags(provider?.props["defaultTags"])[key] ?? "";

/** A provider keeps a setting that is no text as JSON. */
const defaultTags = (setting: unknown): Tags =>
  (parsed(setting) as { tags?: Tags } | undefined)?.tags ?? {};

/** `urn:pulumi:<stack>::…` */
const stackOf = ({ urn }: { urn: string }): string =>
  urn.replace("urn:pulumi:", "").replace(/:.*/, "");
