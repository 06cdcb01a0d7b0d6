// Prowler and parliament: a Python environment of their own, and runs of both.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { foreign, variables } from "../local/environment.mts";
import { clone, type Instance, type Say } from "../local/instance.mts";
import { installPackages } from "../local/python.mts";
import { type Finding, type ProwlerResult, readParliament, readProwler } from "./findings.mts";

/** What the audit keeps: its Python environment, and the last scan. */
export const auditFolder = join(clone, ".local", "audit");
const venv = join(auditFolder, "venv");
const python = join(venv, "bin", "python");
const lock = join(import.meta.dirname, "requirements.txt");

/** The end of what a failed program said. */
const lastLines = (text: string) => text.trim().split("\n").slice(-5).join("\n  ");

/** Runs a program to its end; on an interrupt it is ended. */
async function run(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; signal: AbortSignal; input?: string },
): Promise<string> {
  const { input, ...rest } = options;
  const running = promisify(execFile)(command, args, { ...rest, maxBuffer: 256 << 20 });
  running.child.stdin?.end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    options.signal.throwIfAborted();
    const { stdout = "", stderr = "", message } = error as Error & Record<string, string>;
    const said = lastLines(stderr || stdout || message);
    throw new Error(`${args.slice(0, 3).join(" ")} failed:\n  ${said}`, { cause: error });
  }
}

/** Installs the scanners. What their lock file leaves out, Prowler declares but does not load for AWS. */
export const installScanners = (say: Say, signal: AbortSignal): Promise<void> =>
  installPackages(
    { venv, lock, signal },
    say,
    "Installing Prowler and parliament (about 1 minute, 450 MB) …",
  );

/** The environment of a program that may reach the instance and nothing else. */
function environment(instance: Instance): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of foreign(env, {})) delete env[name];
  for (const name of Object.keys(env)) if (/_proxy$/i.test(name)) delete env[name];
  return {
    ...env,
    ...variables(instance),
    // The gateway refuses calls to other hosts, and finds those whose name has the account in front.
    HTTP_PROXY: instance.url,
    HTTPS_PROXY: instance.url,
    // Prowler looks for settings there.
    HOME: auditFolder,
  };
}

const services = "s3 iam ec2 vpc ecr ecs cloudwatch secretsmanager kms batch".split(" ");
/** The first two are about snapshots that moto comes with, the third asks a service on the internet. */
const excluded = [
  "ec2_ebs_snapshots_encrypted",
  "ec2_ebs_public_snapshot",
  "ec2_elastic_ip_shodan",
];

export async function runProwler(instance: Instance, signal: AbortSignal): Promise<ProwlerResult> {
  const output = join(auditFolder, "prowler");
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const args = [
    join(venv, "bin", "prowler"),
    "aws",
    ...["--service", ...services],
    ...["--excluded-check", ...excluded],
    ...["--region", instance.region],
    ...["--output-formats", "json-ocsf", "--output-directory", output, "--output-filename", "scan"],
    ...["--log-level", "ERROR", "--log-file", join(output, "errors.log")],
    "--ignore-exit-code-3",
    "--no-banner",
    "--no-color",
  ];
  await run(python, args, { env: environment(instance), signal });
  const report = join(output, "scan.ocsf.json");
  if (!existsSync(report)) throw new Error(`Prowler wrote no report: see ${output}/errors.log`);
  return readProwler(readFileSync(report, "utf8"));
}

export interface Policy {
  readonly arn: string;
  readonly document: unknown;
}

export async function runParliament(policies: Policy[], signal: AbortSignal): Promise<Finding[]> {
  const scan = join(import.meta.dirname, "parliament_scan.py");
  return readParliament(await run(python, [scan], { signal, input: JSON.stringify(policies) }));
}
