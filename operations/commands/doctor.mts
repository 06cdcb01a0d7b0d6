// doctor: whether this machine and this account have what a stack needs. It reads, and changes nothing.
import { Command } from "commander";
import { fail, type Finding, ok, type Outcome, warn } from "../doctor/finding.mts";
import { account, cli, node, region } from "../doctor/machine.mts";
import { quotas } from "../doctor/quotas.mts";
import { secrets } from "../doctor/secrets.mts";
import { waivers } from "../doctor/waivers.mts";
import { exitCodes, messageOf } from "../lib/errors.mts";
import { openForEngine, type Ready } from "../lib/preflight.mts";
import { print } from "../lib/progress.mts";

function deployed(name: string, resources: readonly unknown[]): Outcome {
  return resources.length > 0 ? ok("deployed") : warn(`not deployed yet: platform up ${name}`);
}

async function examine(name: string): Promise<Finding[]> {
  const findings: Finding[] = [
    { check: "node", ...node() },
    { check: "pulumi", ...(await cli()) },
  ];
  let stack: Ready;
  try {
    stack = await openForEngine(name, false);
  } catch (error) {
    // Nothing further can be asked.
    return [...findings, { check: "access", ...fail(messageOf(error)) }];
  }
  const [ofQuotas, ofSecrets] = await Promise.all([quotas(stack), secrets(stack)]);
  return [
    ...findings,
    { check: "account", ...account(stack) },
    { check: "region", ...region(stack) },
    ...ofQuotas,
    ...ofSecrets,
    ...waivers(
      name,
      stack.resources.map(({ urn }) => urn),
    ),
    { check: `stack ${name}`, ...deployed(name, stack.resources) },
  ];
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
