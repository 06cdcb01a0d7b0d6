// doctor: whether this machine and this account have what a stack needs. It reads, and changes nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { Command } from "commander";
import { minimumVersion } from "../../engine/engine.mts";
import { isAtLeast } from "../../engine/version.mts";
import { awsFault, clientSettings } from "../lib/aws.mts";
import { exitCodes, messageOf } from "../lib/errors.mts";
import { print } from "../lib/progress.mts";
import { clone, pulumi } from "../lib/pulumi.mts";
import { openStack, type Stack } from "../lib/stack.mts";

interface Finding {
  readonly check: string;
  readonly result: "ok" | "warn" | "fail";
  readonly detail: string;
}

type Outcome = Omit<Finding, "check">;

const ok = (detail: string): Outcome => ({ result: "ok", detail });
const warn = (detail: string): Outcome => ({ result: "warn", detail });
const fail = (detail: string): Outcome => ({ result: "fail", detail });

const parsed = <T,>(stack: Stack, key: string, otherwise: T): T => {
  const text = stack.setting(key);
  return text ? (JSON.parse(text) as T) : otherwise;
};

function node(): Outcome {
  const { engines } = JSON.parse(readFileSync(join(clone, "package.json"), "utf8")) as {
    engines: { node: string };
  };
  const wanted = engines.node.replace(">=", "");
  const { node: version } = process.versions;
  return isAtLeast(version, wanted) ? ok(version) : fail(`${version}, ${wanted} is needed`);
}

async function cli(): Promise<Outcome> {
  try {
    const version = (await pulumi(["version"])).trim().replace(/^v/, "");
    return isAtLeast(version, minimumVersion)
      ? ok(version)
      : fail(
          `${version}, ${minimumVersion} is needed (https://www.pulumi.com/docs/iac/download-install)`,
        );
  } catch (error) {
    return fail(messageOf(error));
  }
}

function account(stack: Stack): Outcome {
  return stack.setting("accountId")
    ? ok(`${stack.account}, the stack's`)
    : warn(`${stack.account}; dse:accountId is not set, so that any account is taken`);
}

function region({ region: wanted }: Stack): Outcome {
  const shell = process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  return shell && shell !== wanted
    ? warn(`${wanted} (dse:region), but the shell's AWS_REGION is ${shell}: not used for the stack`)
    : ok(wanted);
}

/** "Fargate … vCPU resource count": https://docs.aws.amazon.com/general/latest/gr/ecs-service.html */
const quotas = { FARGATE: "L-3032A538", FARGATE_SPOT: "L-36FBB829" } as const;

async function quota(stack: Stack, capacity: keyof typeof quotas): Promise<Outcome> {
  const wanted = Number(stack.setting("batchMaxVcpus"));
  const client = new ServiceQuotasClient(clientSettings(stack.region));
  try {
    const asked = { ServiceCode: "fargate", QuotaCode: quotas[capacity] };
    const { Quota } = await client.send(new GetServiceQuotaCommand(asked));
    const value = Quota?.Value;
    if (value === undefined) return warn("AWS does not tell the quota");
    if (value >= wanted) return ok(`${value} vCPUs, ${wanted} are set (dse:batchMaxVcpus)`);
    return fail(
      `${value} vCPUs, and dse:batchMaxVcpus is ${wanted}: ask AWS for more (Service Quotas, ${asked.QuotaCode}), or set less`,
    );
  } catch (error) {
    return warn(`AWS does not tell the quota: ${awsFault(error)}`);
  } finally {
    client.destroy();
  }
}

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

async function secret(
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

async function deployed({ name }: Stack): Promise<Outcome> {
  const outputs = JSON.parse(
    await pulumi(["stack", "output", "--json", "--stack", name]),
  ) as object;
  return Object.keys(outputs).length > 0
    ? ok("deployed")
    : warn(`not deployed yet: platform up ${name}`);
}

async function examine(name: string): Promise<Finding[]> {
  const findings: Finding[] = [
    { check: "node", ...node() },
    { check: "pulumi", ...(await cli()) },
  ];
  let stack: Stack;
  try {
    stack = await openStack(name);
  } catch (error) {
    // Nothing further can be asked.
    return [...findings, { check: "access", ...fail(messageOf(error)) }];
  }
  findings.push({ check: "account", ...account(stack) }, { check: "region", ...region(stack) });
  for (const capacity of ["FARGATE", "FARGATE_SPOT"] as const)
    if (parsed<string[]>(stack, "batchCapacity", []).includes(capacity))
      findings.push({ check: `quota ${capacity}`, ...(await quota(stack, capacity)) });
  for (const [id, fields] of secretsOf(stack))
    findings.push({ check: `secret ${id}`, ...(await secret(stack, id, fields)) });
  return [...findings, { check: `stack ${name}`, ...(await deployed(stack)) }];
}

async function run(stack: string, { json }: { json?: true }): Promise<void> {
  const findings = await examine(stack);
  const lines = findings.map(
    ({ check, result, detail }) => `${result.padEnd(4)}  ${check}: ${detail}`,
  );
  print(json, { stack, findings }, lines);
  if (findings.some(({ result }) => result === "fail")) process.exitCode = exitCodes.failed;
}

export function doctor(): Command {
  return new Command("doctor")
    .description("Says whether this machine and this account have what a stack needs.")
    .argument("<stack>", "the stack, such as dev")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", "\nExample:\n  platform doctor dev")
    .action(run);
}
