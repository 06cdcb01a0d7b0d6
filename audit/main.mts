// Deploys dev to a local AWS of its own, scans the account with Prowler and parliament, and says what is found
// beyond the waivers. With --reference it deploys the reference's posture and compares with what is known of that:
// the proof that the scans see what they should.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { up } from "../local/deploy.mts";
import { clone, type Instance, start, stop } from "../local/instance.mts";
import { takeLock } from "../local/lock.mts";
import { engineOf, prepareEngine, pulumi } from "../local/pulumi.mts";
import { readPolicies, standing } from "./account.mts";
import { type Finding, ownerOf } from "./findings.mts";
import { referenceSize } from "./reference-size.mts";
import { countByCheck, isClean, lines } from "./report.mts";
import { auditFolder, installScanners, runParliament, runProwler } from "./scanners.mts";
import { judge, readWaivers } from "./waivers.mts";

const say = (line: string) => console.log(line);
const folder = join(clone, ".local", "audit-aws");
const stack = "dev";
const beside = (name: string) => join(import.meta.dirname, name);

interface Scan {
  findings: Finding[];
  account: Record<string, number>;
  emulator: Record<string, number>;
  passes: number;
}

/** What Prowler has checks for whatever the state of the thing: had it not looked, its silence would mean nothing. */
const looked =
  /^aws:(s3\/bucket:Bucket|iam\/(user:User|role:Role)|ec2\/vpc:Vpc|ecr\/repository:Repository)$/;

async function deployedArns(instance: Instance): Promise<string[]> {
  const state = JSON.parse(await pulumi(instance, ["stack", "export", "--stack", stack])) as {
    deployment: { resources: { type: string; outputs?: { arn?: string } }[] };
  };
  return state.deployment.resources
    .filter(({ type }) => looked.test(type))
    .map(({ outputs }) => outputs?.arn ?? "");
}

async function deploy(reference: boolean, signal: AbortSignal): Promise<[Instance, Set<string>]> {
  const engine = await engineOf(say);
  const instance = await start({ folder, say });
  await prepareEngine(engine, instance, say);
  const before = await standing(instance);
  await pulumi(instance, ["stack", "init", stack]);
  const settings = { ...referenceSize, ...(reference && { "keepReference[0]": "all" }) };
  for (const [key, value] of Object.entries(settings))
    await pulumi(instance, ["config", "set", "--path", `dse:${key}`, value, "--stack", stack]);
  say(`Deploying ${stack}${reference ? " with the reference's posture" : ""} …`);
  signal.throwIfAborted();
  const code = await up(folder, stack, () => undefined, !reference);
  signal.throwIfAborted();
  const log = relative(process.cwd(), join(folder, "logs", `pulumi-up-${stack}.log`));
  if (code !== 0) throw new Error(`${stack} was not deployed: see ${log}`);
  return [instance, before];
}

async function scan(reference: boolean, signal: AbortSignal): Promise<Scan> {
  const [instance, before] = await deploy(reference, signal);
  say("Scanning the account (about half a minute) …");
  const [prowler, parliament, arns] = await Promise.all([
    runProwler(instance, signal),
    readPolicies(instance).then((policies) => runParliament(policies, signal)),
    deployedArns(instance),
  ]);
  const unseen = arns.filter((arn) => !prowler.seen.has(arn));
  if (arns.length === 0 || unseen.length > 0)
    throw new Error(`Prowler did not look at ${unseen.join(", ") || "anything"}`);
  const account = { id: instance.account, before };
  const of = (owner: ReturnType<typeof ownerOf>) =>
    prowler.findings.filter((finding) => ownerOf(finding, account) === owner);
  return {
    findings: [...of("deployed"), ...parliament],
    account: countByCheck(of("account")),
    emulator: countByCheck(of("emulator")),
    passes: prowler.passes,
  };
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);

/** Whether the scans find in the reference's posture what they are known to find. */
function reportReference(findings: readonly Finding[]): boolean {
  const known = JSON.parse(readFileSync(beside("reference.json"), "utf8")) as object;
  const found = countByCheck(findings);
  if (isDeepStrictEqual(found, known)) {
    say(`The scans find in the reference what is known: ${findings.length} findings.`);
    return true;
  }
  const names = new Set([...Object.keys(known), ...Object.keys(found)]);
  const counts = new Map(Object.entries(known) as [string, number][]);
  for (const name of [...names].sort())
    if (counts.get(name) !== found[name])
      say(`  ${name}: ${found[name] ?? 0} found, ${counts.get(name) ?? 0} known`);
  say("The scans do not find in the reference what is known (audit/reference.json).");
  return false;
}

async function audit(reference: boolean, signal: AbortSignal): Promise<boolean> {
  const waivers = readWaivers(readFileSync(beside("waivers.json"), "utf8"));
  await installScanners(say, signal);
  const { findings, ...others } = await scan(reference, signal);
  const judgement = judge(findings, reference ? [] : waivers);
  const summary = { stack, reference, checks: countByCheck(findings), ...others, ...judgement };
  const file = join(auditFolder, reference ? "reference.json" : "summary.json");
  writeFileSync(file, `${JSON.stringify(summary, undefined, 2)}\n`);
  if (reference) return reportReference(findings);
  for (const line of lines(judgement)) say(line);
  say(
    `Not the stack's: ${sum(others.account)} of the account as such, ${sum(others.emulator)} of what the emulators come with.`,
  );
  return isClean(judgement);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { reference: { type: "boolean" } },
  });
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => interrupted.abort(new Error("interrupted")));
  const lock = await takeLock(
    join(clone, ".local", "audit.lock"),
    "audit",
    ({ pid }) => `another \`make audit\` runs (process ${pid}): wait for it, or interrupt it`,
  );
  try {
    // What a killed audit left.
    await stop(folder);
    rmSync(folder, { recursive: true, force: true });
    return (await audit(values.reference === true, interrupted.signal)) ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    say("Interrupted.");
    return 130;
  } finally {
    await stop(folder);
    lock.release();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
