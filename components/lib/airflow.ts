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
  const i = a.findIndex((part, at) => part !== b[at]);
  return i < 0 ? 0 : (a[i] ?? 0) - (b[i] ?? 0);
}
