import { resourceRule } from "../../lib/rule.ts";
import { mwaa } from "../../lib/types.ts";
import { isGiven } from "../../lib/unknown.ts";

const objects = [
  ["requirementsS3Path", "requirementsS3ObjectVersion"],
  ["pluginsS3Path", "pluginsS3ObjectVersion"],
  ["startupScriptS3Path", "startupScriptS3ObjectVersion"],
] as const;

export const objectVersions = resourceRule({
  name: "mwaa-object-versions",
  description:
    "Airflow is told which version of its requirements, plugins and startup script it installs.",
  severity: "low",
  enforcementLevel: "mandatory",
  controls: { nist: ["CM-2", "CM-3"] },
  remediationSteps: "Give the version id of the uploaded object beside its path.",
  url: "https://docs.aws.amazon.com/mwaa/latest/userguide/working-dags-dependencies.html",
  types: [mwaa.Environment],
  *check({ props }) {
    for (const [path, version] of objects)
      if (isGiven(() => props[path]) && !isGiven(() => props[version]))
        yield {
          wrong: `it has ${path} without a version, so that what it installs is not in the preview`,
          write: version,
          detail: path,
        };
  },
});
