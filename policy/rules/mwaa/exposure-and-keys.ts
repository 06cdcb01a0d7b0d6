import { z } from "zod";
import { type Finding, stackRule } from "../../lib/rule.ts";
import { secretIn } from "../../lib/secrets.ts";
import { mwaa, s3 } from "../../lib/types.ts";
import { isGiven, known } from "../../lib/unknown.ts";

export const exposureAndKeys = stackRule({
  name: "mwaa-exposure-and-keys",
  description:
    "Airflow's web server is private, its data has a key of the team, its bucket keeps versions, and no option is a secret.",
  severity: "high",
  enforcementLevel: "mandatory",
  controls: { nist: ["AC-3", "IA-5(7)", "SC-28(1)"], checkov: ["CKV2_AWS_66"] },
  remediationSteps:
    "Set webserverAccessMode to PRIVATE_ONLY and kmsKey to a key of the account, give the bucket versioning, and keep secrets in Airflow's secrets backend.",
  url: "https://docs.aws.amazon.com/mwaa/latest/userguide/configuring-networking.html",
  settings: {
    allowPublicWebserver: z
      .boolean()
      .default(false)
      .describe("The web server may be reached from the internet, where IAM lets people in."),
    requireKmsKey: z
      .boolean()
      .default(true)
      .describe("The environment needs a key of the account; AWS's own is not enough."),
  },
  types: [mwaa.Environment],
  *check(environment, { stack, settings }) {
    const { props } = environment;
    // Left out it is AWS's to say, and unknown before the environment is made: it says PRIVATE_ONLY.
    const access = known(() => props.webserverAccessMode) ?? "PRIVATE_ONLY";
    if (!settings.allowPublicWebserver && access !== "PRIVATE_ONLY")
      yield {
        wrong: `its web server is ${access}`,
        write: 'webserverAccessMode "PRIVATE_ONLY"',
        detail: "webserverAccessMode",
      };
    if (settings.requireKmsKey && !isGiven(() => props.kmsKey))
      yield { wrong: "it is encrypted by AWS's own key", write: "kmsKey", detail: "kmsKey" };
    for (const bucket of stack.targets(environment, "sourceBucketArn", s3.Bucket))
      if (
        !stack
          .companions(bucket, s3.BucketVersioning, "bucket")
          .some((versioning) => versioning.props.versioningConfiguration.status === "Enabled")
      )
        yield {
          wrong: `its bucket ${bucket.name} keeps no versions`,
          write: 'an aws.s3.BucketVersioning of it with status "Enabled"',
          detail: "versioning",
        };
    for (const name of Object.keys(props.airflowConfigurationOptions ?? {}))
      // One that is unknown yet is a name of something that is made, and no literal.
      yield* secretsIn(name, known(() => props.airflowConfigurationOptions?.[name]) ?? "");
  },
});

/** In the option, or in what it holds as JSON: a connection's arguments. */
function* secretsIn(option: string, value: string): Iterable<Finding> {
  const inner = Object.entries(objectOf(value)).map(([key, item]) =>
    typeof item === "string" ? secretIn(key, item) : undefined,
  );
  const secret = [secretIn(option, value), ...inner].find((one) => one !== undefined);
  if (secret)
    yield {
      wrong: `its option ${option} holds ${secret}`,
      write: "it in Airflow's secrets backend",
      detail: option,
    };
}

function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
