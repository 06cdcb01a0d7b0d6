// A stack as commands see it: its settings, the account it belongs to, and its outputs.
import { readdirSync } from "node:fs";
import { currentAccount } from "./aws.mts";
import { CommandError, refused } from "./errors.mts";
import { clone, pulumi } from "./pulumi.mts";
import { inFile } from "./scratch-file.mts";

export interface Stack {
  readonly name: string;
  readonly region: string;
  /** The account of the credentials, which is the stack's. */
  readonly account: string;
  /** A setting of the stack, as Pulumi keeps it: text, or JSON for all but strings. */
  setting(key: string): string | undefined;
  /** Keys of all settings that it has, defaults included. */
  readonly settings: readonly string[];
}

type Config = Readonly<Record<string, { readonly value?: string }>>;

/** Most likely a slip of the pen, unless it has settings. */
function unknown(stack: string): string {
  const known = readdirSync(clone).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return known.includes(stack)
    ? `there is no stack ${stack} in this state backend: make it with the lines of \`platform bootstrap\`, or check \`pulumi whoami -v\``
    : `there is no stack ${stack}: ${known.join(", ")} have settings here (Pulumi.<stack>.yaml)`;
}

async function configOf(stack: string): Promise<Config> {
  try {
    return JSON.parse(await pulumi(["config", "--json", "--stack", stack])) as Config;
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof CommandError)
      throw refused(
        /no stack named/.test(message)
          ? unknown(stack)
          : `the settings of ${stack} cannot be read: ${message}`,
        error,
      );
    throw error;
  }
}

/** The stack, refused where the credentials are of another account than its `dse:accountId`. */
export async function openStack(name: string): Promise<Stack> {
  const config = await configOf(name);
  const setting = (key: string) => config[`dse:${key}`]?.value;
  const region = setting("region") ?? "us-west-2";
  const account = await currentAccount(region);
  const wanted = setting("accountId");
  if (wanted && wanted !== account)
    throw refused(
      `the credentials are of account ${account}, and ${name} belongs to ${wanted} (dse:accountId): change AWS_PROFILE`,
    );
  const settings = Object.keys(config).flatMap((key) => /^dse:(.+)/.exec(key)?.[1] ?? []);
  return { name, region, account, setting, settings };
}

/** Puts this state in the place of the stack's. */
export async function importState(stack: string, state: unknown): Promise<void> {
  await inFile(state, (file) => pulumi(["stack", "import", "--stack", stack, "--file", file]));
}

/** `urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME` as people call it. */
export function nameOf(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  return `${types.split("$").at(-1) ?? ""} ${name.join("::")}`;
}

export type Outputs = Readonly<Record<string, unknown>>;

/** What the stack tells others (outputs.ts); refused where it is not deployed. */
export async function stackOutputs(stack: string): Promise<Outputs> {
  const outputs = JSON.parse(
    await pulumi(["stack", "output", "--json", "--stack", stack]),
  ) as Outputs;
  if (Object.keys(outputs).length === 0)
    throw refused(`${stack} is not deployed: run \`platform up ${stack}\` first`);
  return outputs;
}

/** One output that is text. */
export function output(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (typeof value === "string" && value !== "") return value;
  throw refused(
    `the stack has no output ${name}: it was deployed by an older version; deploy it again`,
  );
}
