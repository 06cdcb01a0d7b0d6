// What doctor checks of the secrets that jobs receive. No value is shown.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { awsFault, clientSettings } from "../lib/aws.mts";
import type { Stack } from "../lib/stack.mts";
import { fail, type Finding, ok, type Outcome, parsed, warn } from "./finding.mts";

/** What jobs ask of a secret, by its name or ARN. */
function secretsOf(stack: Stack): Map<string, Set<string>> {
  interface Job {
    readonly secret?: string;
    readonly secretFields?: string[];
  }
  const { default: first = {}, ...others } = parsed<Record<string, Job>>(stack, "jobs", {});
  const own = {
    secret: stack.setting("jobSecret") ?? "",
    secretFields: parsed<string[]>(stack, "jobSecretFields", []),
  };
  const secrets = new Map<string, Set<string>>();
  for (const job of [own, ...Object.values(others).map((job) => ({ ...own, ...first, ...job }))]) {
    if (!job.secret) continue;
    const fields = secrets.get(job.secret) ?? [];
    secrets.set(job.secret, new Set([...fields, ...job.secretFields]));
  }
  return secrets;
}

function fieldsIn(text: string | undefined): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return value instanceof Object ? Object.keys(value) : undefined;
  } catch {
    return undefined;
  }
}

async function examine(
  { region }: Stack,
  SecretId: string,
  wanted: ReadonlySet<string>,
): Promise<Outcome> {
  const client = new SecretsManagerClient(clientSettings(region));
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    const fields = fieldsIn(SecretString);
    if (!fields) return fail("not a JSON object, so that jobs cannot be given its fields");
    const missing = [...wanted].filter((field) => !fields.includes(field));
    return missing.length > 0
      ? fail(`lacks ${missing.join(", ")}: jobs that receive them do not start`)
      : ok(`has its ${wanted.size} fields`);
  } catch (error) {
    const { name } = error as { name?: string };
    if (name === "ResourceNotFoundException")
      return fail(`is not there in ${region}: jobs that receive it do not start (dse:jobSecret)`);
    if (name === "AccessDeniedException") return warn("may not be read with these credentials");
    return fail(awsFault(error));
  } finally {
    client.destroy();
  }
}

export function secrets(stack: Stack): Promise<Finding[]> {
  const all = [...secretsOf(stack)].map(async ([id, fields]) => ({
    check: `secret ${id}`,
    ...(await examine(stack, id, fields)),
  }));
  return Promise.all(all);
}
