/**
 * The version a new environment gets, the newest in the service's published API model.
 * https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
 */
export const defaultAirflowVersion = "3.0.6";

/** The version of the reference, which AWS creates no more. */
export const referenceAirflowVersion = "2.4.3";

/** Versions in the API model of 2026-11 (botocore 1.44.5). AWS adds some before the model names them. */
const creatable = ["2.7.2", "2.8.1", "2.9.2", "2.10.1", "2.10.3", "2.11.0", "3.0.6"];

/** Versions that AWS offered and withdrew: what runs them goes on, nothing new can. */
const withdrawn = ["1.10.12", "2.0.2", "2.2.2", "2.4.3", "2.5.1", "2.6.3"];

/** What a person should know of an Airflow version that is not plainly fine; undefined where it is. */
export function airflowVersionWarning(version: string): string | undefined {
  if (creatable.includes(version)) return undefined;
  return withdrawn.includes(version)
    ? `AWS creates no environment of Airflow ${version} any more; one that exists can be kept and upgraded.`
    : `Airflow ${version} is not among the versions known here (${creatable.join(", ")}); AWS decides.`;
}

/** Whether no MWAA environment can ever have had this version: 1.10.12 was the first. */
export function isAirflowVersion(version: string): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (!match) return false;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  return compare([major, minor, patch], [1, 10, 12]) >= 0;
}

/** Whether `version` is at least `minimum`, both as `1.2.3`. */
export function atLeast(version: string, minimum: string): boolean {
  return compare(version.split(".").map(Number), minimum.split(".").map(Number)) >= 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((part, at) => part - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/**
 * The logs that MWAA keeps, by the last part of their log group's name.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/monitoring-airflow.html
 */
export const airflowLogs = ["DAGProcessing", "Scheduler", "Task", "WebServer", "Worker"] as const;
export type AirflowLog = (typeof airflowLogs)[number];

/** https://docs.aws.amazon.com/mwaa/latest/API/API_ModuleLoggingConfigurationInput.html */
export const airflowLogLevels = ["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG", "OFF"] as const;
export type AirflowLogLevel = (typeof airflowLogLevels)[number];

/** The options by which DAGs find the rest of the platform, as in the reference. */
export const platformOptions = {
  bucket: "custom.scratch_bucket",
  queue: "custom.default_job_queue",
  definition: "custom.default_job_definition",
} as const;

/** What an environment takes from its bucket besides DAGs, each only where it is given. */
export interface AirflowFiles {
  /** Contents of requirements.txt. */
  readonly requirements?: string | undefined;
  /** Contents of startup.sh. */
  readonly startupScript?: string | undefined;
  /** Files of plugins.zip, by their path in it; each the path of a file on this machine. */
  readonly plugins?: Readonly<Record<string, string>> | undefined;
}

/** Constraints that the Airflow project publishes; the version is the first group. */
const publishedConstraints =
  /^https:\/\/(?:raw\.githubusercontent|github)\.com\/apache\/airflow\/(?:.+\/)?constraints-([^/]+)\/constraints-[^/]+\.txt/;

/** What requirements.txt names by `--constraint`, and whether it names anything to install. */
export function readRequirements(text: string): { constraints: string[]; installs: boolean } {
  const lines = text
    .replace(/\\\r?\n/g, "")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*/, "").trim())
    .filter((line) => line);
  const constraints = lines.flatMap(
    (line) => /^(?:-c|--constraint)(?:\s+|=)(["']?)(.+)\1/.exec(line)?.[2] ?? [],
  );
  return { constraints, installs: lines.length > constraints.length };
}

/** Whether these constraints are downloaded from the Airflow project. */
export function isPublished(constraint: string): boolean {
  return publishedConstraints.test(constraint);
}

/**
 * What is wrong with the constraints of requirements.txt in this version; undefined where nothing is. From
 * 2.7.2 on there must be some, and MWAA fails half an hour later where packages contradict Airflow's own.
 * https://docs.aws.amazon.com/mwaa/latest/userguide/connections-packages.html
 */
export function requirementsProblem(text: string, version: string): string | undefined {
  if (!atLeast(version, "2.7.2")) return undefined;
  const { constraints, installs } = readRequirements(text);
  if (installs && constraints.length === 0)
    return `requirements.txt must have a --constraint line from Airflow 2.7.2 on, such as --constraint "https://raw.githubusercontent.com/apache/airflow/constraints-${version}/constraints-3.12.txt"`;
  const other = constraints
    .flatMap((constraint) => publishedConstraints.exec(constraint)?.[1] ?? [])
    .find((named) => named !== version);
  return other && `requirements.txt has the constraints of Airflow ${other}, this is ${version}`;
}
