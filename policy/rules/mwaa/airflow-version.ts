import { z } from "zod";
import { resourceRule } from "../../lib/rule.ts";
import { mwaa } from "../../lib/types.ts";

export const airflowVersion = resourceRule({
  name: "mwaa-airflow-version",
  description: "Airflow is of a version that AWS still offers, and says which.",
  severity: "low",
  enforcementLevel: "advisory",
  controls: { nist: ["SA-22", "SI-2"] },
  remediationSteps:
    "Name a supported version, and upgrade the environment to it: test its DAGs on a copy first.",
  url: "https://docs.aws.amazon.com/mwaa/latest/userguide/airflow-versions.html",
  settings: {
    supported: z
      .array(z.string().min(1))
      // The service's API model of 2026-11.
      .default(["2.7.2", "2.8.1", "2.9.2", "2.10.1", "2.10.3", "2.11.0", "3.0.6"])
      .describe("Versions that AWS offers."),
  },
  types: [mwaa.Environment],
  *check({ props: { airflowVersion: version } }, { settings }) {
    if (!version || !settings.supported.includes(version))
      yield {
        wrong: version
          ? `Airflow ${version} is not among the supported versions`
          : "it names no version: whoever makes it anew gets the newest",
        write: `airflowVersion, one of ${settings.supported.join(", ")}`,
      };
  },
});
