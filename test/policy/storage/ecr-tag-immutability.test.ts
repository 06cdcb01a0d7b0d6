import { ecr } from "../../../policy/lib/types.ts";
import { ecrTagImmutability } from "../../../policy/rules/storage/ecr-tag-immutability.ts";
import { repositoryStack } from "../fixtures.ts";
import { change, testRule, UNKNOWN } from "../support.ts";

const good = repositoryStack();
const tags = (imageTagMutability: unknown, ...filters: unknown[]) =>
  change(good, ecr.Repository, {
    imageTagMutability,
    imageTagMutabilityExclusionFilters: filters.map((filter) => ({
      filter,
      filterType: "WILDCARD",
    })),
  });

testRule(ecrTagImmutability, {
  good,
  bad: {
    MUTABLE: { stack: tags("MUTABLE"), finds: ["images"] },
    "mutable but for some": {
      stack: tags("MUTABLE_WITH_EXCLUSION", "v*"),
      finds: ["images"],
    },
    "a filter that excludes all": {
      stack: tags("IMMUTABLE_WITH_EXCLUSION", "latest", "*"),
      finds: ["images"],
    },
    "a filter that excludes all, of two wildcards": {
      stack: tags("IMMUTABLE_WITH_EXCLUSION", "**"),
      finds: ["images"],
    },
  },
  nearMiss: {
    "latest alone": tags("IMMUTABLE_WITH_EXCLUSION", "latest"),
    "tags by their start or end": tags("IMMUTABLE_WITH_EXCLUSION", "dev-*", "*-dev"),
  },
  unknown: {
    "the mutability": tags(UNKNOWN),
    "a filter": tags("IMMUTABLE_WITH_EXCLUSION", UNKNOWN),
  },
  missing: {
    "the mutability": {
      stack: change(good, ecr.Repository, { imageTagMutability: undefined }),
      finds: ["images"],
      says: /its tags are MUTABLE;/,
    },
  },
});
