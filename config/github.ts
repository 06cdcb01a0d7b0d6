import type { Names } from "../components/lib/names.ts";
import { environmentOf, type Settings } from "./settings.ts";

/** What the roles of GitHub Actions are made of; undefined where no repository is named. */
export function githubOf(values: Settings, names: Names, tags: Readonly<Record<string, string>>) {
  if (!values.githubRepository) return undefined;
  return {
    repository: {
      name: values.githubRepository,
      ids: values.githubOwnerId
        ? { owner: values.githubOwnerId, repository: values.githubRepositoryId }
        : undefined,
    },
    environment: values.githubEnvironment || environmentOf(values),
    branch: values.githubBranch,
    createProvider: values.createGithubProvider,
    names: names.github,
    deployed: {
      projectBuckets: names.anyProject.buckets,
      projectPolicies: names.anyProject.policies,
      people: values.createPeople ? values.people : [],
      tags,
      keyArn: values.kmsKeyArn || undefined,
    },
    state: values.stateBucket
      ? { bucket: values.stateBucket, keyArn: values.stateKeyArn || undefined }
      : undefined,
  };
}
